"""Rules of security: no way back to a lower security profile, and no weak TLS."""

from __future__ import annotations

from collections.abc import Iterator

from hil.wire.broken import Broken
from hil.wire.exchanges import Wire
from hil.wire.recording import Line
from hil.wire.tls_hello import Offer
from hil.wire.tls_records import SUITES

STRONG_VERSIONS = frozenset({"TLS 1.2", "TLS 1.3"})

STRONG_SUITES = frozenset(suite.name for suite in SUITES.values())
"""AES-GCM and ChaCha20-Poly1305: the four of the whitepaper, their kin by ECDHE-RSA, TLS 1.3's."""

FAMILIES = (
    frozenset({"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}),
    frozenset({"AES128-GCM-SHA256", "AES256-GCM-SHA384"}),
)
"""Suites of TLS 1.2 of which a charger has to have one family (whitepaper section 2.4)."""


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


def tls_offer(wire: Wire, connectors: int) -> Iterator[Broken]:  # noqa: ARG001
    """A charger offers TLS 1.2 and above, and suites that are good (whitepaper section 2.4)."""
    for position, line in enumerate(wire.lines):
        if line.kind != "offer":
            continue
        offer = Offer.of(line.text)
        weak = [each for each in offer.versions if each not in STRONG_VERSIONS]
        weak += [each for each in offer.suites if each not in STRONG_SUITES]
        if weak:
            yield Broken(position, line.at_us, f"the charger offered {', '.join(weak)}")
        if "TLS 1.2" in offer.versions and not any(each <= set(offer.suites) for each in FAMILIES):
            text = "the charger offered neither both suites of ECDHE-ECDSA nor both of RSA"
            yield Broken(position, line.at_us, text)
