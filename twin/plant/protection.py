"""Residual current in time: leaks, the monitor in the EVSE, the device ahead of it."""

from __future__ import annotations

from collections.abc import Callable

from twin.clock import Clock, Handle
from twin.electrics.residual_current import DEVICE_CURVE, Delay, ResidualMonitor
from twin.plant.recording import Recorder
from twin.tolerances import EvseParts


class Protection:
    """What watches the residual current of one EVSE.

    Args:
        clock: its time.
        parts: its components.
        recorder: takes signals.
        changed: told when the monitor's digital pins have moved.
        trip: takes the supply away; called when the upstream device trips.

    Attributes:
        monitor: direct-current monitor (IEC 62955).
        device: delay of the upstream type A device (IEC 61008).
        device_dead: fault: it never trips.
        leak_dc_ma: fault: direct current to earth while the vehicle's side is live.
        leak_ohm: fault: resistance from L1 to earth there; None: no leak.
    """

    def __init__(
        self,
        clock: Clock,
        parts: EvseParts,
        recorder: Recorder,
        changed: Callable[[], object],
        trip: Callable[[], object],
    ) -> None:
        self.clock = clock
        self.monitor = ResidualMonitor(parts.monitor_threshold_ma, parts.monitor_slowness)
        self.device = Delay(DEVICE_CURVE, parts.device_threshold_ma, parts.device_slowness)
        self.device_dead = False
        self.leak_dc_ma = 0.0
        self.leak_ohm: float | None = None
        self.leak_ac_ma = 0.0
        self._recorder = recorder
        self._changed = changed
        self._trip = trip
        self._monitor_move: Handle | None = None
        self._device_move: Handle | None = None
        self._told = (False, False)

    def test(self, on: bool) -> None:
        """Take the self-test input over."""
        if on != self.monitor.testing:
            self.monitor.testing = on
            self._recorder.record("residual_test", on)
            self.update()

    @property
    def leaky(self) -> bool:
        """True while something could leak to earth, or still does."""
        return bool(self.leak_dc_ma or self.leak_ohm or self.monitor.leak_ma or self.leak_ac_ma)

    def live(self, l1_v: float) -> None:
        """Take over what stands on L1 behind the contactor, V; 0: nothing."""
        dc_ma = self.leak_dc_ma if l1_v else 0.0
        ac_ma = 0.0 if self.leak_ohm is None else 1000 * l1_v / self.leak_ohm
        if (dc_ma, ac_ma) != (self.monitor.leak_ma, self.leak_ac_ma):
            self.monitor.leak_ma = dc_ma
            self.leak_ac_ma = ac_ma
            self._recorder.record("residual_dc_ma", dc_ma)
            self._recorder.record("residual_ac_ma", ac_ma)
            self.update()

    def update(self) -> None:
        """Let monitor and device see what flows now."""
        now_us = self.clock.now_us
        _cancel(self._monitor_move)
        self._monitor_move = None
        move = self.monitor.update(now_us)
        if move is not None:
            due_us, trip = move
            self._monitor_move = self.clock.at(due_us, lambda: self._monitor_moves(trip))
        _cancel(self._device_move)
        self._device_move = None
        due = self.device.set_current(now_us, 0.0 if self.device_dead else self.leak_ac_ma)
        if due is not None:
            self._device_move = self.clock.at(due, self._device_trips)
        self._tell()

    def _monitor_moves(self, trip: bool) -> None:
        self._monitor_move = None
        self.monitor.trip = trip
        self._tell()

    def _tell(self) -> None:
        """Tell of the monitor's digital pins, if they have moved."""
        pins = (self.monitor.output, self.monitor.dead)
        if pins != self._told:
            self._told = pins
            self._recorder.record("residual_trip", pins[0])
            self._changed()

    def _device_trips(self) -> None:
        self._device_move = None
        self._trip()


def _cancel(handle: Handle | None) -> None:
    if handle is not None:
        handle.cancel()
