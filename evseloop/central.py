"""`evseloop central`: the central system, and the few things to do with its database by hand."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from central import administration
from central.control import ControlSocketError
from central.database import StartError, storage_of
from central.domain.clock import ClockError, ExternalClock, make_clock
from central.domain.errors import DomainError
from central.domain.passwords import Passwords
from central.log import configure_logging
from central.pki.directory import make_directory, settings_for
from central.pki.strength import PkiError
from central.process import Listening
from central.process import run as run_process
from central.settings import Settings, SettingsError
from evseloop.errors import CommandError
from evseloop.inputs import moment

app = typer.Typer(add_completion=False)

DEFAULT_TLS_PORT = 9443

DatabaseUrl = Annotated[
    str | None,
    typer.Option(help="sqlite:///FILE, postgresql://… or mariadb://…; default: DATABASE_URL"),
]


@app.callback(invoke_without_command=True)
def central(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    http_port: Annotated[
        int, typer.Option(help="REST; 0 takes a free one", min=0, max=65535)
    ] = 8000,
    ocpp_port: Annotated[
        int, typer.Option(help="OCPP; 0 takes a free one", min=0, max=65535)
    ] = 9000,
    ocpp_tls_port: Annotated[
        int | None,
        typer.Option(
            help="OCPP over TLS, where OCPP_TLS_CERT is set; default: 9443", min=0, max=65535
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    clock: Annotated[
        str, typer.Option(help="business time: wall, xF (such as x20), or external")
    ] = "wall",
    control_socket: Annotated[
        Path | None, typer.Option(help="Unix socket that sets the time of --clock external")
    ] = None,
) -> None:
    """Run the central system: REST and OCPP 1.6J, in one process.

    Chargers connect to ws://HOST:OCPP_PORT/CHARGE_POINT_ID, with TLS to
    wss://HOST:OCPP_TLS_PORT/CHARGE_POINT_ID; the API documents itself at /docs.
    When it is up it prints one line, `ready {"http": …, "ocpp": …}`; the log goes to stderr.

    Example: evseloop central --http-port 8080 --database-url sqlite:///central.db
    """
    if context.invoked_subcommand is not None:
        context.obj = database_url
        return
    with _one_line_errors(), _private_files():
        settings = Settings.load(database_url=database_url)
        business_clock = make_clock(clock)
        if isinstance(business_clock, ExternalClock) != (control_socket is not None):
            raise CommandError("--clock external and --control-socket PATH go together")
        if ocpp_tls_port is not None and not settings.ocpp_tls_cert:
            raise CommandError(
                "--ocpp-tls-port needs OCPP_TLS_CERT and OCPP_TLS_KEY; "
                "evseloop central pki makes some to try it out with"
            )
        configure_logging(settings.log_format, settings.log_level)
        run_process(
            settings,
            Listening(
                host,
                http_port,
                ocpp_port,
                DEFAULT_TLS_PORT if ocpp_tls_port is None else ocpp_tls_port,
                control_socket,
            ),
            business_clock,
        )


@app.command("add-charger")
def add_charger(
    context: typer.Context,
    charge_point_id: Annotated[
        str, typer.Argument(metavar="ID", help="identity: the last part of the charger's URL")
    ],
    database_url: DatabaseUrl = None,
) -> None:
    """Admit a charger and print its key, which is not kept and cannot be shown again.

    Works while the central system runs.

    Example: evseloop central add-charger CP001
    """
    with _one_line_errors(), _private_files():
        settings = Settings.load(database_url=database_url or context.obj)
        print(asyncio.run(_add_charger(settings, charge_point_id)))


@app.command("reset-admin")
def reset_admin(context: typer.Context, database_url: DatabaseUrl = None) -> None:
    """Give the administrator (ADMIN_EMAIL) a new password, print it once, end all logins.

    Works while the central system runs.

    Example: ADMIN_EMAIL=me@example.org evseloop central reset-admin
    """
    with _one_line_errors(), _private_files():
        settings = Settings.load(database_url=database_url or context.obj)
        password = asyncio.run(_reset_admin(settings))
        print(f"{settings.admin_email} {password}")


@app.command("pki")
def pki(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="made if it is not there")],
    host: Annotated[
        list[str] | None,
        typer.Option(
            help="name or address of the central system, as its chargers call it; "
            "may be given again, the first one becomes the common name"
        ),
    ] = None,
    valid_from: Annotated[
        str | None,
        typer.Option(help="such as 2020-01-01, for chargers in simulated time; default: now"),
    ] = None,
) -> None:
    """Make the certificates of security profiles 2 and 3, to try them out with.

    A root with a server's certificates (RSA and EC) and the authority that signs for chargers,
    and a manufacturer's root with a certificate that signs firmware. Prints the settings that
    use them. Nothing is overwritten; the private keys are their owner's alone (0600).

    Example: evseloop central pki pki --host central.example
    """
    with _one_line_errors():
        begin = datetime.now(UTC) if valid_from is None else moment("--valid-from", valid_from)
        make_directory(directory, host or ["localhost", "127.0.0.1"], begin)
        for name, value in settings_for(directory).items():
            print(f"export {name}={shlex.quote(value)}")


async def _add_charger(settings: Settings, charge_point_id: str) -> str:
    async with storage_of(settings) as storage:
        return await administration.add_charger(storage, charge_point_id)


async def _reset_admin(settings: Settings) -> str:
    async with storage_of(settings) as storage, Passwords() as passwords:
        return await administration.reset_admin(storage, passwords, settings)


@contextmanager
def _private_files() -> Iterator[None]:
    """Let nobody but their owner read the files made here: an SQLite database holds secrets."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Turn what the caller can mend into one line and exit code 2; a bug keeps its traceback."""
    try:
        yield
    except (SettingsError, ClockError, ControlSocketError, StartError, PkiError) as error:
        raise CommandError(str(error)) from error
    except DomainError as error:
        raise CommandError("; ".join(part for part in (error.what, error.how) if part)) from error
