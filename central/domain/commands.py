"""Commands to chargers as records: who asked for what, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from central.domain.errors import NotFoundError
from central.domain.statements import inserted_id
from central.models import commands


@dataclass(frozen=True)
class Command:
    """A command from the central system to a charger.

    Attributes:
        requested_by: the user who asked; absent when the central system itself did.
        outcome: `sent` until it is finished, then a `charger_link.CommandOutcome`.
        response: the answer's payload, or code and description of an error.
        latency_us: from sending to the answer.
    """

    id: int
    charge_point_id: str
    action: str
    payload: dict[str, Any]
    requested_by: int | None
    requested_at: datetime
    outcome: str
    response: dict[str, Any] | None
    latency_us: int | None


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
            outcome="sent",
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
        raise NotFoundError(f"there is no command {command_id}", where="command_id")


def get_command(conn: Connection, command_id: int) -> Command:
    """Give a command by number.

    Raises:
        NotFoundError: there is none.
    """
    row = conn.execute(select(commands).where(commands.c.id == command_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no command {command_id}", where="command_id")
    return _command(dict(row._mapping))


def list_commands(
    conn: Connection,
    *,
    charge_point_id: str | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[Command]:
    """Give commands, newest first; `before_id` continues after a page."""
    query = select(commands).order_by(commands.c.id.desc()).limit(limit)
    if charge_point_id is not None:
        query = query.where(commands.c.charge_point_id == charge_point_id)
    if before_id is not None:
        query = query.where(commands.c.id < before_id)
    return [_command(dict(row)) for row in conn.execute(query).mappings()]


def _command(row: dict[str, Any]) -> Command:
    response = row["response"]
    return Command(
        **row
        | {
            "payload": msgspec.json.decode(row["payload"]),
            "response": None if response is None else msgspec.json.decode(response),
        }
    )
