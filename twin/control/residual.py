"""The residual-current monitor: its trip output and its self-test."""

from __future__ import annotations

from enum import Enum

from twin.control.faults import Causes, set_cause
from twin.control.settings import ControllerSettings
from twin.control.sustained import NEVER_US
from twin.process import FaultCode, StopKind


class _Test(Enum):
    OFF = 0
    INJECTING = 1
    RELEASING = 2


# Globals, as `twin.control` explains.
_OFF, _INJECTING, _RELEASING = _Test


class ResidualGuard:
    """Opens on a trip, and tests the monitor before every closing (IEC 62955).

    Attributes:
        injecting: the test output: the test current is on.
        due_us: when the running test has failed.
        passed_until_us: when a passed test no longer serves.
    """

    def __init__(self, settings: ControllerSettings, causes: Causes) -> None:
        self.settings = settings
        self._causes = causes
        self._test = _OFF
        self.injecting = False
        self._counts = True
        self._settled_us = 0
        self._given_up_us = NEVER_US
        self._failed = False
        self._standing = False
        self.passed_until_us = -1
        self.due_us = NEVER_US

    @property
    def testing(self) -> bool:
        """A test is under way, or its trip may still come."""
        return self._test is not _OFF

    def passed(self, now_us: int) -> bool:
        """Return whether a test has passed that still serves for a closing."""
        return self._test is _OFF and now_us < self.passed_until_us

    def start_test(self, now_us: int, residual_trip: bool) -> None:
        """Start a test, unless one runs or a trip stands; the contactor has to be open."""
        if self._test is not _OFF or self._failed or residual_trip:
            return
        self.passed_until_us = -1
        self._test = _INJECTING
        self.injecting = self._counts = True
        self._settled_us = now_us
        self.due_us = self._given_up_us = now_us + self.settings.residual_test_timeout_us

    def abort_test(self, now_us: int) -> None:
        """End a test that is under way without a result: there is nobody left to close for.

        Its trip may still come, and is not to be taken for real.
        """
        if self._test is _OFF or not self._counts:
            return
        self._test = _RELEASING
        self.injecting = self._counts = False
        # Until then nothing is judged, nor given up.
        self._settled_us = self.due_us = now_us + self.settings.residual_settling_us
        self._given_up_us = max(self._given_up_us, self._settled_us)

    def used(self) -> None:
        """Note a closing: the test has served."""
        self.passed_until_us = -1

    def forgive(self) -> None:
        """Forget a failed test: the next vehicle gets a new one."""
        self._failed = False

    def trips(self, residual_trip: bool, closed: bool) -> bool:
        """Return whether a trip counts: only a test of an open contactor masks it.

        A coil that is off is no reason to mask it: a welded pole feeds a leak all the same.
        """
        return residual_trip and (closed or self._test is _OFF)

    def update(self, now_us: int, residual_trip: bool, closed: bool) -> None:
        """Look at the trip output; `closed`: the contactor is on."""
        if self._test is not _OFF:
            self._watch_test(now_us, residual_trip)
        if not (residual_trip or self._failed or self._standing):
            return
        self._standing = residual_trip or self._failed
        set_cause(
            self._causes,
            FaultCode.RESIDUAL_CURRENT,
            self.trips(residual_trip, closed),
            StopKind.IMMEDIATE,
        )
        set_cause(self._causes, FaultCode.RESIDUAL_TEST_FAILED, self._failed, StopKind.IMMEDIATE)

    def _watch_test(self, now_us: int, residual_trip: bool) -> None:
        if self._test is _INJECTING and residual_trip:
            self._test = _RELEASING
            self.injecting = False
        elif self._test is _RELEASING and not residual_trip:
            if now_us < self._settled_us:
                self.due_us = self._settled_us
                return
            if self._counts:
                self.passed_until_us = now_us + self.settings.residual_test_valid_us
            self._end()
        elif now_us >= self._given_up_us:
            # No trip, or one that does not end: from now on it is a residual current.
            self._failed = self._counts
            self._end()
        else:
            self.due_us = self._given_up_us

    def _end(self) -> None:
        self._test = _OFF
        self.injecting = False
        self.due_us = NEVER_US
