"""Frames of OCPP-J 1.6 (section 4): CALL, CALLRESULT, CALLERROR as JSON text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from wire.errors import ErrorCode, WireError

MAX_UNIQUE_ID_LENGTH = 36
"""Longest unique id, characters: a UUID with its hyphens (OCPP-J 1.6 section 4.1.4)."""

MAX_DESCRIPTION_LENGTH = 255
"""Longest description in a CALLERROR, characters (OCPP-J 1.6 section 4.2.3)."""

UNREADABLE_ID = "-1"
"""Unique id of a CALLERROR about a frame whose own id could not be read.

OCPP-J 1.6 has no rule for it; this is the one that OCPP-J 2.0.1 (section 4.2.3) adopted.
"""

CALL = 2
CALL_RESULT = 3
CALL_ERROR = 4

Payload = dict[str, Any]


class Call(msgspec.Struct, frozen=True):
    """A request: `[2, unique_id, action, payload]` (OCPP-J 1.6 section 4.2.1)."""

    unique_id: str
    action: str
    payload: Payload


class CallResult(msgspec.Struct, frozen=True):
    """The answer to a request: `[3, unique_id, payload]` (OCPP-J 1.6 section 4.2.2)."""

    unique_id: str
    payload: Payload


class CallError(msgspec.Struct, frozen=True):
    """The refusal of a request: `[4, unique_id, code, description, details]` (section 4.2.3).

    `code` is a plain string, because a peer may send one that 1.6 does not know.
    """

    unique_id: str
    code: str
    description: str = ""
    details: Payload = msgspec.field(default_factory=dict)


Frame = Call | CallResult | CallError


class FrameError(WireError):
    """A text that is no frame of OCPP-J 1.6.

    Attributes:
        unique_id: The id of the frame where it could be read, else None.
        answerable: Whether a CALLERROR may answer it: false for a broken answer,
            which must not be answered itself.
        call: The request that could be read all the same (its only flaw is an id
            that is too long), for a receiver that would rather not lose it.
    """

    def __init__(
        self,
        code: ErrorCode,
        description: str,
        *,
        unique_id: str | None = None,
        answerable: bool = True,
        call: Call | None = None,
    ) -> None:
        super().__init__(code, description)
        self.unique_id = unique_id
        self.answerable = answerable
        self.call = call


class UnknownMessageType(Exception):  # noqa: N818 -- not an error: the frame is to be ignored
    """A frame with a message type number that this version does not know.

    OCPP-J 1.6 section 4.1.3: the receiver shall ignore it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"message type number {number} is not 2, 3 or 4")
        self.number = number


_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


def decode(text: str | bytes) -> Frame:
    """Read one frame.

    Raises:
        FrameError: The text is no frame; the error says the code for the CALLERROR
            and the unique id, where that could be read.
        UnknownMessageType: To be ignored.
    """
    try:
        elements = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise FrameError(ErrorCode.FORMATION_VIOLATION, f"not JSON: {error}") from error
    except RecursionError as error:
        raise FrameError(ErrorCode.FORMATION_VIOLATION, "JSON nested too deeply") from error
    if type(elements) is not list or not elements:
        raise FrameError(ErrorCode.FORMATION_VIOLATION, "a frame is a JSON array with elements")
    message_type = elements[0]
    if type(message_type) is not int:
        raise FrameError(
            ErrorCode.FORMATION_VIOLATION,
            "the first element is not a message type number",
            unique_id=_readable_id(elements),
        )
    if message_type == CALL:
        return _call(elements, text)
    if message_type == CALL_RESULT:
        return _call_result(elements)
    if message_type == CALL_ERROR:
        return _call_error(elements)
    raise UnknownMessageType(message_type)


def encode(frame: Frame) -> str:
    """Write one frame as compact JSON text.

    Raises:
        ValueError: The unique id is empty or longer than 36 characters.
    """
    if not 0 < len(frame.unique_id) <= MAX_UNIQUE_ID_LENGTH:
        raise ValueError(
            f"unique id {frame.unique_id!r} must have 1 to {MAX_UNIQUE_ID_LENGTH} characters"
        )
    if isinstance(frame, CallResult):
        return encode_answer(frame.unique_id, frame.payload)
    if isinstance(frame, Call):
        elements: tuple[object, ...] = (CALL, frame.unique_id, frame.action, frame.payload)
        return _encoder.encode(elements).decode()
    return encode_refusal(frame.unique_id, frame.code, frame.description, frame.details)


def encode_answer(unique_id: str, payload: Payload) -> str:
    """Write the CALLRESULT for a received request, under the id that the request came with."""
    return _encoder.encode((CALL_RESULT, unique_id, payload)).decode()


def encode_refusal(
    unique_id: str, code: str, description: str, details: Mapping[str, Any] | None = None
) -> str:
    """Write the CALLERROR for a received request, under the id that the request came with."""
    cut = description[:MAX_DESCRIPTION_LENGTH]
    return _encoder.encode((CALL_ERROR, unique_id, code, cut, details or {})).decode()


def _readable_id(elements: list[Any]) -> str | None:
    """The unique id, also when it was sent as a number, so that an answer finds its request."""
    if len(elements) < 2:
        return None
    candidate = elements[1]
    if type(candidate) is str and candidate:
        return candidate
    if type(candidate) is int:
        return str(candidate)
    return None


def _call(elements: list[Any], text: str | bytes) -> Call:
    if len(elements) != 4:
        raise _no_call(elements, f"a CALL has 4 elements, not {len(elements)}")
    _, unique_id, action, payload = elements
    if type(unique_id) is not str or not unique_id:
        raise _no_call(elements, "the unique id of a CALL is a string that is not empty")
    if type(action) is not str:
        raise _no_call(elements, "the action of a CALL is a string")
    if type(payload) is not dict:
        raise _no_call(elements, "the payload of a CALL is an object")
    if _has_nul(text, elements):
        raise FrameError(
            ErrorCode.PROPERTY_CONSTRAINT_VIOLATION,
            "a text holds the character U+0000",
            unique_id=unique_id,
        )
    call = Call(unique_id, action, payload)
    if len(unique_id) > MAX_UNIQUE_ID_LENGTH:
        raise FrameError(
            ErrorCode.FORMATION_VIOLATION,
            f"the unique id has {len(unique_id)} characters, "
            f"at most {MAX_UNIQUE_ID_LENGTH} allowed",
            unique_id=unique_id,
            call=call,
        )
    return call


def _no_call(elements: list[Any], description: str) -> FrameError:
    return FrameError(ErrorCode.FORMATION_VIOLATION, description, unique_id=_readable_id(elements))


def _call_result(elements: list[Any]) -> CallResult:
    if len(elements) == 3 and type(elements[1]) is str and type(elements[2]) is dict:
        return CallResult(elements[1], elements[2])
    raise FrameError(
        ErrorCode.FORMATION_VIOLATION,
        "a CALLRESULT is [3, unique id, payload]",
        unique_id=_readable_id(elements),
        answerable=False,
    )


def _call_error(elements: list[Any]) -> CallError:
    # Description and details are often left out or null in the field; the refusal counts.
    padded = [*elements, None, None][:5]
    _, unique_id, code, description, details = padded if len(padded) == 5 else [None] * 5
    if len(elements) <= 5 and type(unique_id) is str and type(code) is str:
        return CallError(
            unique_id,
            code,
            description if type(description) is str else "",
            details if type(details) is dict else {},
        )
    raise FrameError(
        ErrorCode.FORMATION_VIOLATION,
        "a CALLERROR is [4, unique id, code, description, details]",
        unique_id=_readable_id(elements),
        answerable=False,
    )


def _has_nul(text: str | bytes, elements: list[Any]) -> bool:
    r"""Whether a string holds U+0000, which no database column takes.

    The escape is looked for first, because walking every payload would cost more than
    decoding it; the walk then tells `\u0000` from an escaped backslash before `u0000`.
    """
    # Nearly no frame has a backslash, and one byte is found much sooner than six.
    if type(text) is bytes:
        escaped = b"\\" in text and b"\\u0000" in text
    else:
        escaped = "\\u0000" in str(text)
    return escaped and _any_nul(elements)


def _any_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_any_nul(key) or _any_nul(item) for key, item in value.items())
    if isinstance(value, list):
        return any(_any_nul(item) for item in value)
    return False
