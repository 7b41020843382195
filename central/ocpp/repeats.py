"""What was answered to the last message ids of one connection.

A charger that did not see an answer may send the same message again; it then gets the same
answer, without the message being carried out twice. Ids mean nothing across connections.
"""

from __future__ import annotations

import msgspec

REMEMBERED = 8
"""How many ids are remembered. A charger has one call outstanding (OCPP-J 1.6 section 4.1.1),
so only its last one can honestly be repeated; the rest is for those that keep no count."""

_decode = msgspec.json.Decoder().decode
# Sorted keys, so that the same payload written in another order counts as the same.
_canonical = msgspec.json.Encoder(order="deterministic").encode


class AnswerMemory:
    """The answers to the last `REMEMBERED` message ids.

    Of a frame its hash is kept, and the frame itself of the last one: what it says is worked out
    only when its id comes again with other bytes. Of an earlier one only the same bytes are known
    again.
    """

    def __init__(self) -> None:
        self._answers: dict[str, tuple[int, str]] = {}
        self._last_id = ""
        self._last_frame = b""

    def __contains__(self, unique_id: str) -> bool:
        """Whether an answer was given under this id, and not long ago."""
        return unique_id in self._answers

    def answer_to(self, unique_id: str, frame: bytes) -> str | None:
        """Return what was answered to this message, None if its id was another one's.

        Raises:
            KeyError: The id is not remembered.
        """
        hashed, answer = self._answers[unique_id]
        if hashed == hash(frame) or (
            unique_id == self._last_id and _says_the_same(frame, self._last_frame)
        ):
            return answer
        return None

    def remember(self, unique_id: str, frame: bytes, answer: str) -> None:
        """Keep the answer, and forget the oldest one when there are too many."""
        answers = self._answers
        answers[unique_id] = hash(frame), answer
        self._last_id, self._last_frame = unique_id, frame
        if len(answers) > REMEMBERED:
            del answers[next(iter(answers))]


def _says_the_same(one: bytes, other: bytes) -> bool:
    """Whether two calls have the same action and payload, however their JSON is laid out."""
    return _canonical(_decode(one)) == _canonical(_decode(other))
