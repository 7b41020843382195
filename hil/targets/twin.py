"""Target `twin`: the reference controller on simulated electrics, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from hil.limits.requirement import TargetName
from hil.target import Capability, EvseFacts, Line, VehicleFacts
from hil.targets.build import Build
from hil.targets.generator import FreeGenerator
from twin.charge_point import ChargePoint, SecuritySetup
from twin.clock import Clock
from twin.control.hardware import Hardware
from twin.driver import Driver
from twin.evse import Evse
from twin.evse_config import Cable, EvseConfig, PilotReading, Tolerance
from twin.link.business_charge_point import FirmwareChargePoint
from twin.link.pins import PilotMode
from twin.process import Memory, Report
from twin.trace import SIGNALS, Trace
from twin.vehicle import Vehicle

STARTED_US = 1_200_000
"""Boot delay and start-up of the sensors: an EVSE is ready this long after power-on."""


class TwinTarget:
    """An EVSE of the twin, built anew for each measurement.

    Args:
        tolerance: how components are drawn from their bands.
        build: how it is put together.
        pilot: how the pilot's plateaus come to the controller; `raw` holds for every EVSE,
            `settled` for those that do not ask for `raw` themselves.
    """

    name: TargetName = "twin"
    capabilities = frozenset(Capability)

    def __init__(
        self,
        tolerance: Tolerance = "nominal",
        build: Build | None = None,
        pilot: PilotReading = "settled",
    ) -> None:
        self._tolerance = tolerance
        self._pilot = pilot
        self._build = build or Build()
        self._facts = EvseFacts()
        self._seed = 0
        self._generator: FreeGenerator | None = None
        self.clock = Clock()
        self.trace = Trace()
        self.evse: Evse

    @property
    def now_us(self) -> int:
        """The present instant of virtual time."""
        return self.clock.now_us

    @property
    def build(self) -> Build:
        """How what is under test is put together."""
        return self._build

    # --- building -------------------------------------------------------------------------

    def set_up(
        self,
        evse: EvseFacts,
        seed: int,
        *,
        faults: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
        free_generator: bool = False,
    ) -> None:
        """Start afresh with an EVSE that has just booted."""
        self._facts = evse
        self._seed = seed
        self.clock = Clock()
        self.trace = Trace()
        self._generator = None
        if free_generator:
            # An instrument: exact, whatever the tolerance, and never built wrong.
            self._generator = FreeGenerator()
            config = self._config(evse, seed, "nominal")
            self.evse = Evse(self.clock, config, self._generator, trace=self.trace)
        else:
            self.evse = self.make_evse(self.clock, evse, seed, trace=self.trace)
        for name, params in faults.items():
            self.evse.inject(name, **params)
        self.advance(STARTED_US)

    def make_evse(
        self, clock: Clock, evse: EvseFacts, seed: int, *, trace: Trace | None = None
    ) -> Evse:
        """Return an EVSE with its controller, as the build says."""
        build = self._build if self._build.applies(evse) else Build()
        config = replace(self._config(evse, seed, self._tolerance), **build.config)
        hardware = Hardware(
            kind=config.kind,
            rating_a=config.rating_a,
            phases=config.phases,
            ventilation=config.ventilation,
            lock=config.kind == "socket",
        )
        controller = build.controller(build.settings, hardware)
        memory = Memory(energy_wh=1e6 * evse.served_mwh)
        made = Evse(clock, config, controller, trace=trace, memory=memory)
        build.plant(made)
        for name, params in build.faults.items():
            made.inject(name, **params)
        return made

    def make_charge_point(
        self,
        identity: str,
        central_url: str,
        evses: Sequence[Evse],
        folder: Path,
        driver: Driver,
        *,
        key: bytes | None,
        security: SecuritySetup | None,
        configuration: Mapping[str, str],
        utc_at_zero: datetime,
        seed: int,
    ) -> ChargePoint | FirmwareChargePoint:
        """Return the business side of a charger, as the build says; its memory is in `folder`."""
        made = ChargePoint(
            identity,
            central_url,
            evses,
            folder / f"{identity}.db",
            driver,
            key=key,
            security=security,
            configuration=configuration,
            utc_at_zero=utc_at_zero,
            seed=seed,
        )
        self._build.charge_point(made)
        return made

    def release(self, evse: Evse) -> None:
        """Let go of an EVSE that was made: it is not used any more."""

    def _config(self, evse: EvseFacts, seed: int, tolerance: Tolerance) -> EvseConfig:
        return EvseConfig(
            kind=evse.kind,
            rating_a=evse.rating_a,
            phases=evse.phases,
            ventilation=evse.ventilation,
            meter_class=evse.meter_class,
            cable=_cable(int(evse.rating_a), evse),
            tolerance="nominal" if evse.nominal else tolerance,
            seed=seed,
            pilot="raw" if self._pilot == "raw" else evse.pilot,
        )

    def make_vehicle(self, vehicle: VehicleFacts) -> Vehicle:
        """Return a vehicle as the build says."""
        changes = {**self._build.vehicle.get(vehicle.model, {}), **vehicle.changes}
        return self._build.vehicle_class(
            vehicle.model,
            soc_percent=vehicle.soc_percent,
            tolerance="nominal" if vehicle.precise else self._tolerance,
            seed=self._seed,
            **changes,
        )

    # --- people, vehicles and misfortune ----------------------------------------------------

    def plug_in(self, vehicle: VehicleFacts, cable_rating_a: int | None = None) -> None:
        """Plug a vehicle in; the cable's rating for sockets only."""
        cable = None
        if self._facts.kind == "socket":
            cable = _cable(cable_rating_a or int(self._facts.rating_a), self._facts)
        self.evse.plug_in(self.make_vehicle(vehicle), cable)
        for name, params in self._build.vehicle_faults.get(vehicle.model, {}).items():
            self.evse.inject(name, **params)

    def unplug(self) -> None:
        """Pull the plug, under load and against a lock if need be."""
        self.evse.unplug(by_force=True)

    @property
    def vehicle(self) -> Vehicle:
        """The vehicle at the plug."""
        assert self.evse.vehicle is not None, "no vehicle is plugged in"
        return self.evse.vehicle

    def vehicle_does(self, action: str) -> None:
        """Have the vehicle do something.

        Raises:
            ValueError: it cannot do that; the message lists what it can.
        """
        actions: dict[str, Callable[[], object]] = {
            "pauses": self.vehicle.pause,
            "resumes": self.vehicle.resume,
            "falls asleep": self.vehicle.fall_asleep,
            "toggles": self.vehicle.toggle_bcb,
            "asks for ventilation": self.vehicle.request_ventilation,
        }
        if action not in actions:
            raise ValueError(f"a vehicle cannot '{action}'; it {', '.join(actions)}")
        actions[action]()

    def command(self, **changes: Any) -> None:
        """Change what the charging process is asked for."""
        self.evse.command(**changes)

    def command_value(self, name: str) -> Any:
        """Return what the charging process is asked for now."""
        return getattr(self.evse.controller.command, name)

    def generate(self, mode: str, duty_percent: float = 0.0) -> None:
        """Drive the pilot freely, contactor closed."""
        assert self._generator is not None, "set_up(free_generator=True) comes first"
        self._generator.generate(PilotMode[mode], duty_percent, closed=True)
        self.evse.command()

    def press(self, button: Literal["start", "stop"]) -> None:
        """Press a push button."""
        self.evse.press(button)

    def cut_power(self) -> None:
        """Take mains and controller supply away."""
        self.evse.cut_power()

    def restore_power(self) -> None:
        """Bring the supply back."""
        self.evse.restore_power()

    def reset_controller(self) -> None:
        """Reset the controller alone."""
        self.evse.reset_controller()

    def hang_controller(self) -> None:
        """Have the controller hang, until its watchdog resets it."""
        self.evse.hang_controller()

    def inject(self, fault: str, **params: Any) -> None:
        """Break something."""
        self.evse.inject(fault, **params)

    def clear(self, fault: str) -> None:
        """Mend it."""
        self.evse.clear(fault)

    # --- time -------------------------------------------------------------------------------

    def advance(self, duration_us: int) -> None:
        """Let virtual time pass."""
        self.clock.run_for(duration_us)

    def wait_for(self, condition: Callable[[], bool], timeout_us: int) -> int | None:
        """Let virtual time pass until a condition holds; return the instant, or None."""
        clock = self.clock
        deadline_us = clock.now_us + timeout_us
        # The end of the wait is an event as well: no controller is granted time beyond it.
        over = clock.at(deadline_us, lambda: None)
        while not condition():
            if clock.now_us >= deadline_us:
                return None
            next_us = clock.peek_us()
            if next_us is None or next_us > deadline_us:
                clock.run_until(deadline_us)
            else:
                clock.step()
        over.cancel()
        return clock.now_us

    # --- measuring ----------------------------------------------------------------------------

    def report(self) -> Report:
        """Return what the charging process says of itself."""
        return self.evse.report()

    def fresh_report(self) -> Report:
        """Have the controller look once more and return its report."""
        reports: list[Report] = []
        self.evse.sample(lambda _, report: reports.append(report))
        self.wait_for(lambda: bool(reports), 10_000_000)
        return reports[0]

    def measure(self, signal: str) -> float:
        """Return a signal now; what switches is read from the record of its last change."""
        if SIGNALS[signal].steps and (values := self.trace.samples(signal).value):
            return values[-1]
        return self.evse.measure(signal)

    def pole_closed(self, pole: str) -> bool:
        """Return whether a main pole conducts."""
        return self.evse.pole_closed(pole)  # type: ignore[arg-type]

    def pilot_plateaus_v(self) -> tuple[float | None, float | None]:
        """Return upper and lower plateau at the plug, V."""
        high_mv, low_mv = self.evse.pilot_mv()
        return (
            None if high_mv is None else high_mv / 1000,
            None if low_mv is None else low_mv / 1000,
        )

    def pilot_duty_percent(self) -> float | None:
        """Return the duty at the plug, measured at 0 V."""
        return self.evse.pilot_duty_percent()

    def pilot_frequency_hz(self) -> float:
        """Return the frequency of the PWM."""
        return 1e6 / self.evse.pilot.generator.period_us

    def pilot_edges_us(self) -> tuple[float, float]:
        """Return rise and fall time at the plug."""
        edges = self.evse.pilot.circuit.edges()
        return edges.rise_us, edges.fall_us

    def evse_capacitance_pf(self) -> float:
        """Return the EVSE's own capacitance on the pilot."""
        return self.evse.pilot.circuit.evse_pf

    def vehicle_reads_a(self) -> float:
        """Return the current that the vehicle reads from the pilot."""
        return self.vehicle.allowed_a

    def current_a(self, line: Line = "l1") -> float:
        """Return the current of a main pole."""
        return self.evse.current_a(line)

    def reference_energy_wh(self) -> float:
        """Return the true energy since set-up."""
        return self.evse.energy_wh()

    def edges(self, signal: str, since_us: int = 0) -> Sequence[tuple[int, float]]:
        """Return the recorded changes of a signal."""
        return self.trace.edges(signal, after_us=since_us)

    def plot(self, path: Path, from_us: int, to_us: int) -> None:
        """Draw what happened between two instants."""
        from twin.trace.plot import plot

        plot(self.trace, path, from_us=from_us, to_us=to_us)


def _cable(rating_a: int, evse: EvseFacts) -> Cable:
    fitting = [rating for rating in (13, 20, 32, 63) if rating >= rating_a]
    return Cable(
        rating_a=min(fitting, default=63),
        phases=evse.phases,
        capacitance_pf=evse.cable_capacitance_pf,
    )
