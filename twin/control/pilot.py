"""Vehicle state from the upper plateau of the control pilot."""

from __future__ import annotations

from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US
from twin.link.pins import Inputs
from twin.process import PilotState

_ORDER = (PilotState.E, PilotState.D, PilotState.C, PilotState.B, PilotState.A)
_CLOSABLE = (PilotState.C, PilotState.D)


class PilotMonitor:
    """Classifies the pilot and filters the result (IEC 61851-1 Annex A, Table A.4).

    Attributes:
        state: the filtered state; None while nothing is known (after a reset, in state F).
        raw: the classification of the newest sample; None without one.
        due_us: when the state changes if the pilot stays as it is.
    """

    def __init__(self, settings: ControllerSettings, hardware: Hardware) -> None:
        self.settings = settings
        self.hardware = hardware
        self._bounds_mv = (
            settings.pilot_d_above_mv,
            settings.pilot_c_above_mv,
            settings.pilot_b_above_mv,
            settings.pilot_a_above_mv,
        )
        self.forget()

    def forget(self) -> None:
        """Start anew: the generator shows nothing (-12 V), or has not yet."""
        self.state: PilotState | None = None
        self.raw: PilotState | None = None
        self.due_us = NEVER_US
        self._high_mv: int | None = None
        self._candidate: PilotState | None = None
        self._candidate_since_us = 0
        self._away_since_us: int | None = None

    def classify(self, high_mv: int, previous: PilotState | None) -> PilotState:
        """Return the state that a plateau in mV shows, with hysteresis towards the previous one."""
        hysteresis = self.settings.pilot_hysteresis_mv
        was = -1 if previous is None else _ORDER.index(previous)
        level = 0
        for index, bound in enumerate(self._bounds_mv):
            if was >= 0:
                bound += hysteresis if was <= index else -hysteresis
            if high_mv > bound:
                level = index + 1
        return _ORDER[level]

    def update(self, now_us: int, inputs: Inputs, looking: bool) -> None:
        """Take a sample; `looking` is False while the generator stands at -12 V.

        A change counts when it has stood for the filter time. Leaving C or D
        counts as well when the pilot has been anywhere else for that long: a
        contact that chatters between A and B must not keep a contactor closed.
        """
        if not looking:
            if self._high_mv is not None or self.state is not None:
                self.forget()
            return
        known = inputs.pilot_n_high and inputs.pilot_age_us <= self.settings.pilot_age_max_us
        if known and inputs.pilot_high_mv == self._high_mv and now_us < self.due_us:
            return
        if not known:
            # No sample, or an old one, says nothing about the vehicle; the sensor guard judges it.
            self._high_mv = self.raw = self._candidate = self._away_since_us = None
            self.due_us = NEVER_US
            return
        high_mv = inputs.pilot_high_mv
        if high_mv != self._high_mv:
            self._high_mv = high_mv
            self.raw = self.classify(high_mv, self.raw)
        raw = self.raw
        if raw is self.state:
            if self._candidate is not None:
                self._candidate = self._away_since_us = None
                self.due_us = NEVER_US
            return
        self._filter(now_us, raw)

    def _filter(self, now_us: int, raw: PilotState | None) -> None:
        if raw is not self._candidate:
            self._candidate = raw
            self._candidate_since_us = now_us
        since_us = self._candidate_since_us
        if self.state in _CLOSABLE and raw not in _CLOSABLE:
            if self._away_since_us is None:
                self._away_since_us = now_us
            since_us = self._away_since_us
        else:
            self._away_since_us = None
        due_us = since_us + self.settings.pilot_filter_us
        if now_us >= due_us:
            self.state = raw
            self._candidate = self._away_since_us = None
            self.due_us = NEVER_US
        else:
            self.due_us = due_us
