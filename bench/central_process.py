"""Server and load as processes: started, watched, ended."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.central_load import Job, Result

ADMIN_EMAIL = "bench@example.org"
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A server that is up.

    Attributes:
        ocpp: URL for chargers.
        http: URL of the REST API; empty for a server that has none.
        admin_password: of `ADMIN_EMAIL`.
    """

    process: subprocess.Popen[str]
    ocpp: str
    http: str = ""
    admin_password: str = ""

    def rss_mb(self) -> float:
        """Return the resident memory, MB (10⁶ bytes)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return round(pages * _PAGE_BYTES / 1e6, 1)

    def cpu_s(self) -> float:
        """Return the processor time used so far, seconds."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


@contextmanager
def comparison(kind: str) -> Iterator[Server]:
    """Run one of `bench.central_servers`: `echo` or `ocpp`."""
    with _running([sys.executable, "-m", "bench.central_servers", kind], {}, None) as (process, up):
        yield Server(process, up["ocpp"])


@contextmanager
def central(
    folder: Path, *options: str, message_log: bool = True, **settings: str
) -> Iterator[Server]:
    """Run `evseloop central` at its defaults, with its database in `folder`.

    `options` of its command line and `settings` of its environment are added.
    Its log goes to `folder`, as a service's would.
    """
    password = secrets.token_urlsafe(16)
    environment = {
        "ADMIN_EMAIL": ADMIN_EMAIL,
        "ADMIN_PASSWORD": password,
        "DATABASE_URL": f"sqlite:///{folder / 'central.db'}",
        "MESSAGE_LOG": str(message_log).lower(),
        **settings,
    }
    if (kept := folder / "password").exists():
        password = kept.read_text(encoding="ascii")
    else:
        kept.write_text(password, encoding="ascii")
    command = [sys.executable, "-m", "evseloop", "central", "--http-port", "0", "--ocpp-port", "0"]
    command += options
    with (
        (folder / "central.log").open("a", encoding="utf-8") as log,
        _running(command, environment, log.fileno()) as (process, up),
    ):
        yield Server(process, up["ocpp"], up["http"], password)


def start_load(job: Job) -> subprocess.Popen[str]:
    """Start the chargers of a job; returns once all of them are connected."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.central_load"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(json.dumps(asdict(job)))
    process.stdin.close()
    first = process.stderr.readline()
    if first.strip() != "connected":
        raise RuntimeError(f"the load could not start:\n{first}{process.stderr.read()}")
    return process


def finish_load(process: subprocess.Popen[str]) -> Result:
    """Wait for the chargers to end and give their result."""
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        output = process.stdout.read()
        errors = process.stderr.read()
    if process.returncode:
        raise RuntimeError(f"the load failed:\n{errors}")
    return Result(**json.loads(output))


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], log: int | None
) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=log, env=os.environ | environment, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError(f"{' '.join(command)} did not come up, it said {line!r}")
        yield process, json.loads(line.removeprefix("ready "))
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
