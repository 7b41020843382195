"""Commands to chargers as records: who asked for what, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, insert, select, update

from central.domain.errors import NotFoundError
from central.domain.statements import inserted_id
from central.models import commands, users

SENT: Final = "sent"
"""Outcome of a command that has not ended."""
UNKNOWN: Final = "unknown"
"""Outcome of a command during which the central system ended: it may have been carried out."""

LATE: Final = "late"
"""Outcome of a command that was answered after its time was over; it counts all the same."""


@dataclass(frozen=True)
class Command:
    """A command from the central system to a charger.

    Attributes:
        payload: as it was sent, secrets left out (`central.domain.command_secrets`).
        requested_by: the user who asked; absent when the central system itself did.
        requested_by_email: that user's e-mail address.
        outcome: `sent` until it is finished, then a `charger_link.CommandOutcome`, `late`, or
            `unknown`.
        response: the answer's payload, or code and description of an error.
        latency_us: from sending to the answer.
    """

    id: int
    charge_point_id: str
    action: str
    payload: dict[str, Any]
    requested_by: int | None
    requested_by_email: str | None
    requested_at: datetime
    outcome: str
    response: dict[str, Any] | None
    latency_us: int | None


@dataclass(frozen=True)
class CommandQuery:
    """Which commands to list; None leaves a condition out. The times are a half-open interval."""

    charge_point_id: str | None = None
    action: str | None = None
    outcome: str | None = None
    not_before: datetime | None = None
    before: datetime | None = None


def record_command(
    conn: Connection,
    charge_point_id: str,
    action: str,
    payload: dict[str, Any],
    now: datetime,
    *,
    requested_by: int | None = None,
) -> int:
    """Record a command that is about to be sent; gives its number."""
    made = conn.execute(
        insert(commands).values(
            charge_point_id=charge_point_id,
            action=action,
            payload=msgspec.json.encode(payload).decode(),
            requested_by=requested_by,
            requested_at=now,
            outcome=SENT,
        )
    )
    return inserted_id(made)


def finish_command(
    conn: Connection,
    command_id: int,
    outcome: str,
    *,
    response: dict[str, Any] | None = None,
    latency_us: int | None = None,
) -> None:
    """Record what came of a command.

    Raises:
        NotFoundError: there is no such command.
    """
    changed = conn.execute(
        update(commands)
        .where(commands.c.id == command_id)
        .values(
            outcome=outcome,
            response=None if response is None else msgspec.json.encode(response).decode(),
            latency_us=latency_us,
        )
    )
    if not changed.rowcount:
        raise _no_command(command_id)


def give_up_commands(conn: Connection) -> int:
    """Note at start that nobody waits for the commands of a process that was killed.

    Gives how many there were. Each was recorded before its frame was sent, so whether the charger
    got it is unknown.
    """
    return conn.execute(
        update(commands).where(commands.c.outcome == SENT).values(outcome=UNKNOWN)
    ).rowcount


def get_command(conn: Connection, command_id: int) -> Command:
    """Give a command by number.

    Raises:
        NotFoundError: there is none.
    """
    row = conn.execute(_select().where(commands.c.id == command_id)).one_or_none()
    if row is None:
        raise _no_command(command_id)
    return _command(dict(row._mapping))


def list_commands(
    conn: Connection,
    query: CommandQuery | None = None,
    *,
    limit: int = 100,
    before_id: int | None = None,
) -> list[Command]:
    """Give commands, newest first; `before_id` continues after a page."""
    wanted = query or CommandQuery()
    statement = _select().order_by(commands.c.id.desc()).limit(limit)
    for column, value in (
        (commands.c.charge_point_id, wanted.charge_point_id),
        (commands.c.action, wanted.action),
        (commands.c.outcome, wanted.outcome),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.not_before is not None:
        statement = statement.where(commands.c.requested_at >= wanted.not_before)
    if wanted.before is not None:
        statement = statement.where(commands.c.requested_at < wanted.before)
    if before_id is not None:
        statement = statement.where(commands.c.id < before_id)
    return [_command(dict(row)) for row in conn.execute(statement).mappings()]


def _select() -> Select[Any]:
    return select(commands, users.c.email.label("requested_by_email")).select_from(
        commands.outerjoin(users, users.c.id == commands.c.requested_by)
    )


def _command(row: dict[str, Any]) -> Command:
    response = row["response"]
    return Command(
        **row
        | {
            "payload": msgspec.json.decode(row["payload"]),
            "response": None if response is None else msgspec.json.decode(response),
        }
    )


def _no_command(command_id: int) -> NotFoundError:
    return NotFoundError(f"there is no command {command_id}", where="command_id")
