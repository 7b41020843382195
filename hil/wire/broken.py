"""A place in a recording at which a rule was broken."""

from __future__ import annotations

from dataclasses import dataclass

from hil.wire.exchanges import Message
from hil.wire.recording import SIDES, Way


@dataclass(frozen=True, slots=True)
class Broken:
    """What broke a rule.

    Attributes:
        position: of the line in the recording.
        at_us: when.
        text: who did what, for people.
    """

    position: int
    at_us: int
    text: str

    def __str__(self) -> str:
        return f"after {self.at_us / 1e6:.3f} s {self.text}"


def broken(position: int, message: Message, what: str) -> Broken:
    """Return what a message broke: `what` follows the name of its sender and the message's."""
    return Broken(position, message.line.at_us, f"the {SIDES[message.way]} {what}")


def name(message: Message) -> str:
    """Return what people call a message."""
    if message.number == 2:
        return message.action
    answered = message.action or "nothing that was asked"
    return f"answer to {answered}" if message.number == 3 else f"{message.code} to {answered}"


def other(way: Way) -> Way:
    """Return the other direction."""
    return "<" if way == ">" else ">"
