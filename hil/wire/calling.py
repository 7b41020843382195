"""Rules of OCPP-J 1.6: frames, schemas, one call at a time, ids, answers."""

from __future__ import annotations

from collections.abc import Iterator

from hil.wire.broken import Broken, broken, name, other
from hil.wire.exchanges import Message, Wire
from hil.wire.recording import SIDES, Way, shown
from hil.wire.schemas import complaint

CALL_TIMEOUT_US = 30_000_000
"""After this long without an answer a call is over, and another may follow."""

UNREADABLE_ID = "-1"
"""What answers a message whose id could not be read (OCPP-J 2.0.1 section 4.2.3)."""


def frames(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """Every message is a frame of OCPP-J 1.6 (sections 4.1.4 and 4.2)."""
    for position, why in wire.malformed.items():
        line = wire.lines[position]
        text = f"the {SIDES[line.way]} sent what {why}: {shown(line.text)[:120]}"
        yield Broken(position, line.at_us, text)


def schemas(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """Every payload is valid by the official schema of its action (OCPP 1.6 chapter 6)."""
    for position, message in wire.messages.items():
        if message.number == 4 or not message.action:
            continue
        why = complaint(message.action, message.payload, answer=message.number == 3)
        if why is not None:
            yield broken(position, message, f"sent {_a(name(message))}: {why}")


def one_call(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """A call waits until the one before it is answered (OCPP-J 1.6 section 4.1.1)."""
    waiting: dict[tuple[int, Way], Message] = {}
    for position, message in wire.messages.items():
        if message.number != 2:
            asked = (message.line.link, other(message.way))
            if message.call is not None and waiting.get(asked) is message.call:
                del waiting[asked]
            continue
        key = (message.line.link, message.way)
        before = waiting.get(key)
        if before is not None:
            since_us = message.line.at_us - before.line.at_us
            if since_us < CALL_TIMEOUT_US:
                what = f"sent {name(message)} before {name(before)} was answered"
                yield broken(position, message, what)
        waiting[key] = message


def unique_ids(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """No side uses an id for two calls of a connection (OCPP-J 1.6 section 4.1.4)."""
    used: dict[tuple[int, Way, str], Message] = {}
    for position, message in wire.messages.items():
        if message.number != 2:
            continue
        key = (message.line.link, message.way, message.unique_id)
        if key in used:
            what = f"sent {name(message)} under the id {message.unique_id} of {name(used[key])}"
            yield broken(position, message, what)
        used[key] = message


def answers(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """An answer answers a call of its connection, and no call is answered twice (4.1.2)."""
    unread = _unread_ids(wire)
    for position, message in wire.messages.items():
        if message.number == 2:
            continue
        asked = (message.line.link, other(message.way), message.unique_id)
        if message.call is None and asked not in unread:
            what = f"answered {message.unique_id}, which nobody asked on this connection"
            yield broken(position, message, what)
        elif message.call is not None and message.call.answer is not message:
            yield broken(position, message, f"answered {name(message.call)} twice")


def _unread_ids(wire: Wire) -> set[tuple[int, Way, str]]:
    """Return the ids under which a message that is no frame may be answered."""
    found = set()
    for position in wire.malformed:
        line = wire.lines[position]
        found.add((line.link, line.way, UNREADABLE_ID))
        match line.frame:
            case [_, str(unique_id), *_]:
                found |= {(line.link, line.way, unique_id), (line.link, line.way, unique_id[:36])}
    return found


def _a(thing: str) -> str:
    return f"an {thing}" if thing[0] in "AEIOU" or thing.startswith("answer") else f"a {thing}"
