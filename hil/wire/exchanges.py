"""A recording as exchanges: each call with its answer, link by link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hil.wire.recording import Line, Recording, Way

CODES = frozenset(
    {
        "NotImplemented",
        "NotSupported",
        "InternalError",
        "ProtocolError",
        "SecurityError",
        "FormationViolation",
        "PropertyConstraintViolation",
        "OccurenceConstraintViolation",
        "TypeConstraintViolation",
        "GenericError",
    }
)
"""Codes of a CALLERROR (OCPP-J 1.6 section 4.2.3, spelt as there)."""


_SHAPES = {
    2: "CALL [2, id, action, payload]",
    3: "CALLRESULT [3, id, payload]",
    4: "CALLERROR [4, id, code, description, details]",
}


@dataclass(slots=True)
class Message:
    """A message that is a frame of OCPP-J.

    Attributes:
        line: where it stands in the recording.
        number: 2 CALL, 3 CALLRESULT, 4 CALLERROR.
        unique_id: its id.
        action: of a CALL, and of the call that an answer answers; empty for one that answers none.
        payload: of a CALL or CALLRESULT; the details of a CALLERROR.
        code: of a CALLERROR.
        call: the call that it answers.
        answer: the answer that it got.
    """

    line: Line
    number: int
    unique_id: str
    action: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    call: Message | None = None
    answer: Message | None = None

    @property
    def way(self) -> Way:
        """Who sent it."""
        return self.line.way

    @property
    def accepted(self) -> bool:
        """It is a call, and its answer says `Accepted`."""
        return (
            self.answer is not None
            and self.answer.number == 3
            and self.answer.payload.get("status") == "Accepted"
        )


@dataclass(frozen=True, slots=True)
class Wire:
    """A recording that has been read.

    Attributes:
        lines: everything in its order.
        messages: by the position of their line; what is no frame is missing.
        malformed: position of a line that is no frame, and why.
    """

    lines: Sequence[Line]
    messages: dict[int, Message]
    malformed: dict[int, str]

    def calls(self, way: Way | None = None) -> list[Message]:
        """Return the calls of one side, or of both, in order."""
        return [m for m in self.messages.values() if m.number == 2 and way in (None, m.way)]


def read(recording: Recording) -> Wire:
    """Read a recording: take messages apart, and find the call to each answer."""
    messages: dict[int, Message] = {}
    malformed: dict[int, str] = {}
    asked: dict[tuple[int, Way, str], Message] = {}
    for position, line in enumerate(recording.lines):
        if line.kind == "unreadable":
            malformed[position] = f"is no WebSocket: {line.text}"
        if line.kind != "message":
            continue
        found = _message(line)
        if isinstance(found, str):
            malformed[position] = found
            continue
        messages[position] = found
        if found.number == 2:
            asked[line.link, line.way, found.unique_id] = found
            continue
        other: Way = "<" if line.way == ">" else ">"
        call = asked.get((line.link, other, found.unique_id))
        if call is not None:
            found.action, found.call = call.action, call
            call.answer = call.answer or found
    return Wire(recording.lines, messages, malformed)


def _message(line: Line) -> Message | str:
    """Take a message apart, or say why it is no frame (OCPP-J 1.6 section 4.2)."""
    match line.frame:
        case [int(number), str(unique_id), *rest] if 0 < len(unique_id) <= 36:
            pass
        case [_, str(unique_id), *_]:
            return f"has an id of {len(unique_id)} characters, 1 to 36 allowed"
        case _:
            return "is no array of a number and an id"
    match number, rest:
        case 2, [str(action), dict(payload)]:
            return Message(line, 2, unique_id, action, payload)
        case 3, [dict(payload)]:
            return Message(line, 3, unique_id, payload=payload)
        case 4, [str(code), str(description), dict(details)]:
            if code not in CODES:
                return f"has the code {code!r}, which there is none of"
            if len(description) > 255:
                return f"has a description of {len(description)} characters, 255 allowed"
            return Message(line, 4, unique_id, payload=details, code=code)
        case ((2 | 3 | 4), _):
            return f"has not the elements of a {_SHAPES[number]}"
    return f"is of type {number}, which there is none of"
