"""What a controller does about a fault: how it opens, and what ends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US
from twin.process import FaultCode, StopKind

Causes = dict[FaultCode, StopKind]
"""What guards see wrong at this tick, after their filters, and how they want it opened."""


def set_cause(causes: Causes, code: FaultCode, present: bool, stop: StopKind) -> None:
    """Enter a cause, or take it out."""
    if present:
        causes[code] = stop
    elif causes and code in causes:
        del causes[code]


class Ends(Enum):
    """What ends a fault, beside an acknowledgement, which ends any whose cause is gone."""

    CAUSE_GONE = "cause away for the retry delay; a few retries, then as UNPLUG"
    COOLED = "cause away; as often as it comes"
    UNPLUG = "the vehicle is gone"
    ACKNOWLEDGED = "somebody has looked at it"


@dataclass(frozen=True, slots=True)
class Policy:
    """How one fault is treated.

    Attributes:
        ends: what ends it.
        signal_f: show the vehicle -12 V for a while (IEC 61851-1 Table A.5).
        unplug_ends: a vehicle that is gone ends it, if its cause is gone as well.
    """

    ends: Ends
    signal_f: bool = True
    unplug_ends: bool = True


POLICIES: Mapping[FaultCode, Policy] = {
    FaultCode.PILOT_SHORTED: Policy(Ends.CAUSE_GONE),
    FaultCode.DIODE_MISSING: Policy(Ends.UNPLUG),
    FaultCode.PROXIMITY_INVALID: Policy(Ends.CAUSE_GONE),
    FaultCode.EARTH_LOST: Policy(Ends.CAUSE_GONE, unplug_ends=False),
    FaultCode.RESIDUAL_CURRENT: Policy(Ends.UNPLUG),
    FaultCode.RESIDUAL_TEST_FAILED: Policy(Ends.UNPLUG),
    FaultCode.CONTACTOR_WELDED: Policy(Ends.ACKNOWLEDGED, unplug_ends=False),
    FaultCode.CONTACTOR_STUCK_OPEN: Policy(Ends.UNPLUG),
    FaultCode.OVER_CURRENT: Policy(Ends.CAUSE_GONE, signal_f=False),
    FaultCode.SHORT_CIRCUIT: Policy(Ends.UNPLUG),
    FaultCode.OVER_TEMPERATURE: Policy(Ends.COOLED, signal_f=False, unplug_ends=False),
    FaultCode.UNDER_VOLTAGE: Policy(Ends.CAUSE_GONE, signal_f=False, unplug_ends=False),
    FaultCode.OVER_VOLTAGE: Policy(Ends.CAUSE_GONE, signal_f=False, unplug_ends=False),
    FaultCode.PHASE_LOST: Policy(Ends.CAUSE_GONE, unplug_ends=False),
    FaultCode.NEUTRAL_LOST: Policy(Ends.CAUSE_GONE, unplug_ends=False),
    FaultCode.SENSOR_LOST: Policy(Ends.CAUSE_GONE, unplug_ends=False),
    FaultCode.LOCK_FAILED: Policy(Ends.CAUSE_GONE, signal_f=False),
    FaultCode.VENTILATION_UNAVAILABLE: Policy(Ends.CAUSE_GONE, signal_f=False),
}


class _Entry:
    __slots__ = ("due_us", "latched", "retries_used", "stop")

    def __init__(self, stop: StopKind, ends: Ends, retries_used: bool = False) -> None:
        self.stop = stop
        self.retries_used = retries_used and ends is Ends.CAUSE_GONE
        self.latched = self.retries_used or ends in (Ends.UNPLUG, Ends.ACKNOWLEDGED)
        self.due_us = NEVER_US


class FaultBook:
    """Keeps the faults that stand against the circuit, from cause to end.

    Attributes:
        codes: the faults that stand; a new object after every change.
        immediate: one of them opens at once.
        soft: they let the vehicle stop drawing first.
        latched: one of them does not end by itself.
        healing: all of them do.
        signal_f: one of them shows the vehicle -12 V.
        due_us: when one of them ends if its cause stays away.
    """

    def __init__(self, settings: ControllerSettings) -> None:
        self.settings = settings
        self._entries: dict[FaultCode, _Entry] = {}
        self._retries_us: list[int] = []
        self.due_us = NEVER_US
        self._summarise()

    def hold(self, code: FaultCode) -> None:
        """Enter a fault that is known from before a reset."""
        self._entries[code] = _Entry(StopKind.IMMEDIATE, POLICIES[code].ends)
        self._summarise()

    def update(
        self, now_us: int, causes: Causes, unplugged: bool, acknowledged: bool = False
    ) -> None:
        """Enter what guards see, and end what has run its course.

        Args:
            now_us: this tick.
            causes: what guards see wrong now.
            unplugged: the pilot shows that no vehicle is there.
            acknowledged: somebody asks for faults to be cleared.
        """
        if unplugged and self._retries_us:
            self._retries_us.clear()
        if not causes and not self._entries:
            return
        changed = False
        for code, stop in causes.items():
            entry = self._entries.get(code)
            if entry is None:
                self._entries[code] = _Entry(stop, POLICIES[code].ends, self._used_up(now_us))
                changed = True
            elif entry.stop is StopKind.SOFT and stop is StopKind.IMMEDIATE:
                entry.stop = stop
                changed = True
        self.due_us = NEVER_US
        ended = [
            code
            for code in self._entries
            if self._ended(now_us, code, code in causes, unplugged, acknowledged)
        ]
        for code in ended:
            del self._entries[code]
        if ended and not self._entries and not unplugged and not acknowledged:
            self._retries_us.append(now_us)
        if ended or changed:
            self._summarise()

    def _used_up(self, now_us: int) -> bool:
        since_us = now_us - self.settings.retry_window_us
        self._retries_us = [at_us for at_us in self._retries_us if at_us > since_us]
        return len(self._retries_us) >= self.settings.retry_max

    def _ended(
        self, now_us: int, code: FaultCode, present: bool, unplugged: bool, acknowledged: bool
    ) -> bool:
        entry, policy = self._entries[code], POLICIES[code]
        if present:
            entry.due_us = NEVER_US
            return False
        if acknowledged or (unplugged and (policy.unplug_ends or entry.retries_used)):
            return True
        if entry.latched:
            return False
        if policy.ends is Ends.COOLED:
            return True
        if entry.due_us == NEVER_US:
            entry.due_us = now_us + self.settings.retry_delay_us
        if now_us >= entry.due_us:
            return True
        self.due_us = min(self.due_us, entry.due_us)
        return False

    def _summarise(self) -> None:
        entries = self._entries.values()
        self.codes = frozenset(self._entries)
        self.immediate = any(entry.stop is StopKind.IMMEDIATE for entry in entries)
        self.soft = bool(self._entries) and not self.immediate
        self.latched = any(entry.latched for entry in entries)
        self.healing = bool(self._entries) and not self.latched
        self.signal_f = any(POLICIES[code].signal_f for code in self._entries)
