"""What was answered to the last message ids of one connection.

A charger that did not see an answer may send the same message again; it then gets the same
answer, without the message being carried out twice. Ids mean nothing across connections.
"""

from __future__ import annotations

import msgspec

from wire.frames import Call

REMEMBERED = 8
"""How many ids are remembered. A charger has one call outstanding (OCPP-J 1.6 section 4.1.1),
so only its last one can honestly be repeated; the rest is for those that keep no count."""

# Sorted keys, so that the same payload written in another order counts as the same.
_canonical = msgspec.json.Encoder(order="deterministic")


class AnswerMemory:
    """The answers to the last `REMEMBERED` message ids."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[int, str]] = {}

    def find(self, unique_id: str) -> tuple[int, str] | None:
        """Return what was answered under this id, None if it is new or long ago.

        Gives the fingerprint of the message and the frame that answered it.
        """
        return self._answers.get(unique_id)

    def remember(self, call: Call, answer: str) -> None:
        """Keep the answer, and forget the oldest one when there are too many."""
        answers = self._answers
        answers[call.unique_id] = fingerprint(call), answer
        if len(answers) > REMEMBERED:
            del answers[next(iter(answers))]


def fingerprint(call: Call) -> int:
    """Tell messages apart by action and payload, however their JSON is laid out."""
    return hash((call.action, _canonical.encode(call.payload)))
