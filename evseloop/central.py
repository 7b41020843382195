"""`evseloop central`: the central system, and the few things to do with its database by hand."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from central import administration
from central.control import ControlSocketError
from central.domain.clock import ClockError, ExternalClock, make_clock
from central.domain.errors import DomainError
from central.domain.passwords import Passwords
from central.log import configure_logging
from central.process import Listening
from central.process import run as run_process
from central.settings import Settings, SettingsError
from central.system import StartError, storage_of
from evseloop.errors import CommandError

app = typer.Typer(add_completion=False)

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
    database_url: DatabaseUrl = None,
    clock: Annotated[
        str, typer.Option(help="business time: wall, xF (such as x20), or external")
    ] = "wall",
    control_socket: Annotated[
        Path | None, typer.Option(help="Unix socket that sets the time of --clock external")
    ] = None,
) -> None:
    """Run the central system: REST and OCPP 1.6J, in one process.

    Chargers connect to ws://HOST:OCPP_PORT/CHARGE_POINT_ID; the API documents itself at /docs.
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
        configure_logging(settings.log_format, settings.log_level)
        run_process(
            settings,
            Listening(host, http_port, ocpp_port, control_socket),
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
    except (SettingsError, ClockError, ControlSocketError, StartError) as error:
        raise CommandError(str(error)) from error
    except DomainError as error:
        raise CommandError("; ".join(part for part in (error.what, error.how) if part)) from error
