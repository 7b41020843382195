"""A second opinion on smart charging: what the pilot offers against what was ordered on the wire.

`obedience` holds a connector to the limit that its charger has worked out itself. Here that
is worked out anew (`orders`), and compared with what an instrument at the plug reads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from math import inf

from twin.clock import Clock, Handle
from twin.evse import Evse
from twin.fleet.obedience import LEAST_A, Kept
from twin.fleet.order import Said
from twin.fleet.orders import Orders
from twin.fleet.watch import Findings

FOLLOW_US = 5_100_000
"""From a change until the pilot has to show it: duties change at most every 5 s (IEC 61851-1
Table A.6 sequence 6), and 0.1 s for the control tick and the PWM's period."""


def offered_a(evse: Evse) -> float:
    """Return the current that the pilot offers at the plug, A per phase (IEC 61851-1 Table A.8).

    A domestic socket has no pilot: its relay offers all or nothing.
    """
    if evse.config.kind == "plain":
        return evse.config.rating_a if evse.pole_closed() else 0.0
    percent = evse.pilot_duty_percent()
    if percent is None or not 8 <= percent <= 97:
        return 0.0
    if percent <= 85:
        return max(LEAST_A, percent * 0.6)
    return min(80.0, (percent - 64) * 2.5)


def _uncertain_a(amps: float) -> float:
    """A tenth of a point of duty: what edges may make a pulse longer."""
    return 0.06 if amps <= 51 else 0.25


class SecondOpinion:
    """Compares at the connectors of one charger, some time after each change and now and then.

    Args:
        identity: Of the charger, for the examples.
        evses: Its connectors.
        orders: What it was ordered.
        clock: The twin's.
        switches: It says that it can use one of three phases alone.
        findings, kept: Where to count.
    """

    def __init__(
        self,
        identity: str,
        evses: Sequence[Evse],
        orders: Orders,
        clock: Clock,
        *,
        switches: bool,
        findings: Findings,
        kept: Kept,
    ) -> None:
        self._identity = identity
        self._evses = evses
        self._orders = orders
        self._clock = clock
        self._switches = switches
        self._findings = findings
        self._kept = kept
        self._changed_us = -FOLLOW_US
        self._counted = 0
        self._past: deque[tuple[int, int, Said | None]] = deque()
        self._timer: Handle | None = None
        orders.on_change = self._before_change

    # --- when to look ---

    def _before_change(self) -> None:
        """Remember what was ordered until now: it may show for a while yet."""
        now_us = self._clock.now_us
        for place in (0, *self._orders.charging):
            self._past += [(now_us, place, said) for said in self._said_since(place, now_us)]
        self._changed_us = now_us
        self._clock.after(FOLLOW_US, self.look)

    def look(self) -> None:
        """Compare now, and come back when a period of a schedule is over."""
        orders, now_us = self._orders, self._clock.now_us
        self._kept.orders += orders.accepted - self._counted
        self._counted = orders.accepted
        while self._past and self._past[0][0] <= now_us - FOLLOW_US:
            self._past.popleft()
        if not (orders.profiles and orders.charging):
            return
        for number in orders.charging:
            evse = self._evses[number - 1]
            if not evse.faults:
                self._compare(number, evse)
        settled = now_us - self._changed_us >= FOLLOW_US
        if settled and len(self._evses) > 1 and not any(evse.faults for evse in self._evses):
            self._compare_sum()
        # What changed lately is still to be looked at, at its own instant.
        next_us = orders.next_change_us(now_us - FOLLOW_US)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if next_us is not None:
            self._timer = self._clock.after(next_us - now_us + FOLLOW_US, self.look)

    # --- what to compare ---

    def _allowed(self, place: int) -> list[Said | None]:
        """Return all that was said lately, the last of it at the end; `place` 0: to all of them."""
        now_us = self._clock.now_us
        past = [
            said for at_us, of, said in self._past if of == place and at_us > now_us - FOLLOW_US
        ]
        return past + list(self._said_since(place, now_us))

    def _said_since(self, place: int, now_us: int) -> Iterable[Said | None]:
        at_us: int | None = max(now_us - FOLLOW_US, self._changed_us)
        while at_us is not None and at_us <= now_us:
            if place == 0:
                yield self._orders.of_charge_point(at_us)
            else:
                yield self._orders.of_connector(place, at_us)
            at_us = self._orders.next_change_us(at_us)

    def _compare(self, number: int, evse: Evse) -> None:
        """Hold one connector to its own profiles, and to those of the charge point."""
        offer_a = offered_a(evse)
        lines = _lines(evse)
        for place in (number, 0):
            allowed = self._allowed(place)
            last = allowed[-1]
            if last is None or None in allowed:
                continue
            said = [each for each in allowed if each is not None]
            most_a = max(_in_amps(each, evse, lines) for each in said)
            if evse.config.kind == "plain" and most_a >= LEAST_A:
                most_a = inf
            self._kept.compared += 1
            if offer_a > most_a + _uncertain_a(offer_a):
                self._complain(f"/{number}", f"{most_a:.1f} A", last, f"{offer_a:.1f} A")
            most_lines = max(each.phases for each in said)
            if offer_a and self._switches and evse.config.phases == 3 and lines > most_lines:
                self._complain(f"/{number}", f"{most_lines} phase(s)", last, f"{lines}")

    def _compare_sum(self) -> None:
        """Hold all connectors together to the profiles of the charge point."""
        said = self._allowed(0)
        last = said[-1]
        if last is None:
            return
        alike = [each.limit for each in said if each is not None and each.unit == last.unit]
        if len(alike) < len(said):
            return  # amperes and watts of several phases do not compare: the next look will do
        total = uncertain = 0.0
        for evse in self._evses:
            offer_a = offered_a(evse)
            weight = 1.0 if last.unit == "A" else evse.config.voltage_v * _lines(evse)
            total += offer_a * weight
            uncertain += _uncertain_a(offer_a) * weight
        self._kept.compared += 1
        if total > max(alike) + uncertain:
            wanted = f"{max(alike):.1f} {last.unit} in all"
            self._complain("", wanted, last, f"{total:.1f} {last.unit}")

    def _complain(self, where: str, wanted: str, said: Said, offered: str) -> None:
        at = self._orders.time.shown(self._clock.now_us)
        self._findings.complain(
            "disobeyed",
            f"{self._identity}{where} at {at}: wanted at most {wanted} ({said.name}), "
            f"offered {offered}",
        )


def _lines(evse: Evse) -> int:
    """Return the phases that are closed; of an open contactor the one that it closes at least."""
    closed = (evse.pole_closed("l1"), evse.pole_closed("l2"), evse.pole_closed("l3"))
    return max(1, sum(closed[: evse.config.phases]))


def _in_amps(said: Said, evse: Evse, lines: int) -> float:
    """Return a limit as A per phase: watts by the nominal voltage, over the phases in use."""
    if said.unit == "A":
        return said.limit
    return said.limit / (evse.config.voltage_v * lines)
