"""A controller at the other end of the co-simulation link, as the plant sees it."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Protocol

from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.link.pins import QUANTA, Inputs, Outputs
from twin.link.session import LinkSession, Reply
from twin.process import Command, Memory, Report


class Firmware(Protocol):
    """A built controller that can be started, and killed: its non-volatile memory stays."""

    def start(self) -> LinkSession:
        """Start it and return the link to it, not greeted yet.

        Raises:
            LinkError: it does not start or does not connect.
        """
        ...

    def kill(self) -> None:
        """End it at once, as a power cut does; nothing if it does not run."""
        ...

    def close(self) -> None:
        """End it for good."""
        ...


class LinkController:
    """A controller that runs its own ticks, inside the time that the plant grants it.

    It is a `twin.process.Controller` whose `step` is a grant of one tick; a plant grants it
    more at once (`twin.plant.granting`).

    Args:
        firmware: makes what is started at each boot.
        settings: not used; the limits that a firmware works to are its own.
        hardware: what it was built into.

    Attributes:
        command: what the business side asks for, until the controller has one of its own.
        revision: of the report.
        phase_us: ticks are at phase + 1000 k us; set before the first boot.
        tick_by_tick: asked before each grant: whether it is to be of one tick, because somebody
            may act at an instant that is in no queue (`Driver.restless`).
    """

    def __init__(
        self,
        firmware: Callable[[], Firmware],
        settings: ControllerSettings,  # noqa: ARG002 -- every controller is made from both
        hardware: Hardware,
    ) -> None:
        self.command = Command()
        self.revision = 0
        self.phase_us = 0
        self.tick_by_tick: Callable[[], bool] = _never
        self.hardware = hardware
        self._firmware = firmware()
        self._session: LinkSession | None = None
        self._report = Report()
        self._new = Memory()
        self._bands: dict[str, tuple[float, float]] = {}

    def reset(self, now_us: int, memory: Memory) -> None:
        """Start it afresh, from its own non-volatile memory.

        `memory` is where the register of one that has none yet begins.

        Raises:
            LinkError: it does not start, or was built with other tables.
        """
        self._end_session()
        self._firmware.kill()
        self._session = session = self._firmware.start()
        session.greet(now_us, self.phase_us, [(self.hardware, round(memory.energy_wh * 1000))])
        # What was shown last stays until the first tick shows another.
        self._report = Report(energy_wh=max(memory.energy_wh, self._report.energy_wh))
        self._new = memory
        self.revision = 0

    def step(self, now_us: int, inputs: Inputs) -> Outputs:
        """Run one tick, and say what it drives."""
        reply = self.grant(now_us, now_us + 1, inputs)
        self.take(reply)
        return reply.outputs[0]

    def grant(self, from_us: int, until_us: int, inputs: Inputs) -> Reply:
        """Let it run its ticks from `from_us` on and before `until_us`, at these inputs.

        What it says of itself is not to be seen before its time: `take` it then.

        Raises:
            LinkError: see `LinkSession.grant`.
        """
        assert self._session is not None, "it has not booted"
        return self._session.grant(from_us, until_us, [(inputs, self.command)])

    @property
    def exchanges(self) -> int:
        """Grants since its last boot."""
        return 0 if self._session is None else self._session.exchanges

    def take(self, reply: Reply) -> None:
        """Let what came back from a grant be seen from now on."""
        self._report = reply.reports[0]
        self.revision = reply.revision

    def sees(self, inputs: Inputs) -> None:
        """Take the inputs that are about to be sent: a grant ends a quantum away from them."""
        volt, amp = QUANTA["cycle_v2"], QUANTA["cycle_i2"]
        self._bands = bands = {
            # No quantum: while the converter is dead every tick is told the age.
            "pilot_age_us": (0.0, float(inputs.pilot_age_us)),
        }
        for line, n in enumerate(inputs.cycle_n):
            if n:
                amps, volts = sqrt(inputs.cycle_i2[line] / n), sqrt(inputs.cycle_v2[line] / n)
                bands[f"current_l{line + 1}_a"] = (amps - amp, amps + amp)
                bands[f"voltage_l{line + 1}_v"] = (volts - volt, volts + volt)
        if inputs.residual_valid:
            quantum_ma = QUANTA["residual_ma"]
            bands["residual_ma"] = (
                inputs.residual_ma - quantum_ma,
                inputs.residual_ma + quantum_ma,
            )
        if inputs.temperature_valid:
            for pin in ("temperature_contactor_c", "temperature_connector_c"):
                celsius, quantum_c = getattr(inputs, pin), QUANTA[pin]
                bands[pin] = (celsius - quantum_c, celsius + quantum_c)

    def wake_at_us(self) -> int | None:
        """Return None: it wakes by itself, inside its grant."""
        return None

    def bands(self) -> dict[str, tuple[float, float]]:
        """Return within what every analogue quantity stays as long as the grant holds."""
        return self._bands

    def report(self) -> Report:
        """Return what the charging process says of itself, as of the last tick taken."""
        return self._report

    def memory(self, now_us: int) -> Memory:  # noqa: ARG002 -- as `twin.process.Controller`
        """Return where the register of a new one begins: what it keeps lies in its own memory."""
        return self._new

    def cut_power(self, now_us: int) -> None:
        """Tell it that this tick was its last, and end it; its own memory stays."""
        if self._session is not None:
            self._session.cut_power(now_us)
        self._end_session()
        self._firmware.kill()

    def close(self) -> None:
        """End it for good."""
        self._end_session()
        self._firmware.close()

    def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()


def _never() -> bool:
    """Return False: nobody acts but at instants that are in the queue."""
    return False
