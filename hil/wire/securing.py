"""Rules of security: a charger goes from one security profile to a higher one, and never back."""

from __future__ import annotations

from collections.abc import Iterator

from hil.wire.broken import Broken
from hil.wire.exchanges import Wire
from hil.wire.recording import Line


def no_way_back(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """After a security profile has worked none below it is tried (security whitepaper A05)."""
    requests: dict[int, Line] = {}
    worked = 0
    for position, line in enumerate(wire.lines):
        if line.kind == "request":
            requests[line.link] = line
            if line.presented_profile < worked:
                text = f"called with {line.text} after security profile {worked} had worked"
                yield Broken(position, line.at_us, f"the charger {text}")
        elif line.kind == "open" and line.link in requests:
            worked = max(worked, requests[line.link].presented_profile)
