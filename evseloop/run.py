"""`evseloop run`: the whole loop on one machine, for a first look and for app developers."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from evseloop.errors import CommandError
from evseloop.inputs import MOST_SPEED, folder

app = typer.Typer(add_completion=False)

CHARGERS = (
    ("evseloop-home", "--kind", "tethered", "--phases", "1", "--vehicle", "nissan-leaf-40"),
    ("evseloop-street", "--kind", "socket", "--phases", "3", "--vehicle", "renault-zoe-ze50"),
    ("evseloop-yard", "--kind", "plain", "--phases", "1", "--vehicle", "super-soco-tc-max"),
)
"""Id and options of `evseloop twin` for the three chargers: a house, a street, a yard."""

READY_WITHIN_S = 60


@dataclass(frozen=True)
class Credentials:
    """The administrator of the local central system."""

    email: str
    password: str


def load_credentials(state: Path) -> Credentials:
    """Return the administrator's credentials, made at the first call and kept in `state`.

    The file is readable by its owner alone.
    """
    path = state / "credentials.json"
    if not path.exists():
        made = {"email": "admin@evseloop.local", "password": secrets.token_urlsafe(15)}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file, indent=2)
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return Credentials(held["email"], held["password"])
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(
            f"{path} is not readable as credentials ({error}); mend it, or remove {state}/ "
            "to start afresh"
        ) from error


def _environment(state: Path, credentials: Credentials) -> dict[str, str]:
    # Open settings, and so bound to loopback only: nothing outside this machine gets here.
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{state.resolve()}/central.db",
        "ADMIN_EMAIL": credentials.email,
        "ADMIN_PASSWORD": credentials.password,
        "OCPP_UNKNOWN_CHARGERS": "accept",
        "OCPP_UNKNOWN_TAGS": "accept",
        "OCPP_MIN_SECURITY_PROFILE": "0",
        "CORS_ORIGINS": "http://localhost:3000",
    }


@contextlib.contextmanager
def _process(arguments: list[str], log: Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a command of ours, what it prints in a file, and end it with the block."""
    # A session of its own: Ctrl-C reaches this process alone, which then ends the others
    # in order (chargers first), so that nobody loses its peer in mid-sentence.
    with (
        log.open("a", encoding="utf-8") as file,
        subprocess.Popen(
            [sys.executable, "-m", "evseloop", *arguments],
            **{"stdout": file, **options},
            stderr=file,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                print(f"evseloop run: had to kill '{arguments[0]}'; see {log}", file=sys.stderr)


def _ready(process: subprocess.Popen[str], log: Path) -> dict[str, str]:
    """Wait for the central system's ready line and return its addresses."""
    watchdog = threading.Timer(READY_WITHIN_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ready "):
                addresses: dict[str, str] = json.loads(line.removeprefix("ready "))
                return addresses
    finally:
        watchdog.cancel()
    tail = log.read_text(encoding="utf-8").strip().splitlines()
    raise CommandError(
        f"the central system did not start; its last words: {tail[-1] if tail else 'none'} "
        f"(all of them in {log}). A busy port: choose others with --http-port and --ocpp-port"
    )


def _told_to_end() -> threading.Event:
    """Return what SIGINT or SIGTERM sets from now on."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    return told


@app.command()
def run(
    http_port: Annotated[
        int, typer.Option(help="REST and pages; 0 takes a free one", min=0, max=65535)
    ] = 8000,
    ocpp_port: Annotated[
        int, typer.Option(help="OCPP; 0 takes a free one", min=0, max=65535)
    ] = 9000,
    speed: Annotated[
        float, typer.Option(help="twin seconds per wall second", min=0.1, max=MOST_SPEED)
    ] = 20.0,
    state: Annotated[Path, typer.Option(help="where it keeps its state")] = Path(".evseloop"),
    once: Annotated[bool, typer.Option(help="end after the suite instead of staying up")] = False,
) -> None:
    """Start a central system and three chargers, run the charging suite, and stay up.

    Example: evseloop run --http-port 8080 --speed 60
    """
    folder("--state", state)
    credentials = load_credentials(state)
    # Whatever it is at, the processes that it has started go with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        central_log = state / "central.log"
        central = stack.enter_context(
            _process(
                [
                    "central",
                    "--http-port",
                    str(http_port),
                    "--ocpp-port",
                    str(ocpp_port),
                    "--clock",
                    f"x{speed:g}",
                ],
                central_log,
                stdout=subprocess.PIPE,
                env=_environment(state, credentials),
            )
        )
        address = _ready(central, central_log)
        for name, *options in CHARGERS:
            stack.enter_context(
                _process(
                    ["twin", "--id", name, "--central", address["ocpp"],
                     "--speed", str(speed), "--state", str(state), *options],
                    state / f"{name}.log",
                )
            )  # fmt: skip
        print(f"central system up at {address['http']}; charging suite on the twin:\n", flush=True)
        suite = subprocess.run(
            [sys.executable, "-m", "evseloop", "scenarios", "charging", "--target", "twin"],
            check=False,
        )
        # Before the page that says that Ctrl-C ends it.
        told_to_end = _told_to_end()
        print(_welcome(address, credentials, state), flush=True)
        if not once:
            told_to_end.wait()
            print("\nending", flush=True)
    raise typer.Exit(suite.returncode if once else 0)


def _welcome(address: dict[str, str], credentials: Credentials, state: Path) -> str:
    return f"""
  API docs      {address["http"]}/docs
  chargers      {address["http"]}/api/chargers
  OCPP 1.6J     {address["ocpp"]}/<charge point id>
  administrator {credentials.email}  {credentials.password}
  state, logs   {state}/

Ctrl-C ends it."""
