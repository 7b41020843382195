"""What holds in every case: the rules of the wire, judged by code that the central system lacks."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hil.wire.broken import name
from hil.wire.exchanges import read
from hil.wire.recording import Recording
from hil.wire.rules import judge
from tests.peers.played_charger import PlayedCharger

LONG_AFTER_US = 60_000_000


def faults(links: Sequence[PlayedCharger]) -> list[str]:
    """Return what broke a rule on the connections of one charger, in their order.

    All messages are valid by the official schemas, a call waits for the answer to the one before
    it, and the charger tells the status of itself and of connector 1 after a boot. Nothing is
    answered with an error: no case has one.
    """
    recording = Recording()
    ticks = itertools.count()
    for number, charger in enumerate(links, 1):
        if number > 1:
            recording.add(next(ticks), number - 1, ">", "gone")
        recording.add(next(ticks), number, "<", "open")
        for way, text in charger.frames:
            recording.add(next(ticks), number, way, "message", text)
    # So that what was to come after a boot has had its time.
    recording.add(next(ticks) + LONG_AFTER_US, len(links), "<", "close")
    found = [
        f"{rule}: {broken.text}"
        for rule, all_broken in judge(recording, connectors=1).items()
        for broken in all_broken
    ]
    refused = [
        f"{name(message)}: {message.line.text}"
        for message in read(recording).messages.values()
        if message.number == 4
    ]
    return found + refused
