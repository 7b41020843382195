"""A whole charger: a charge point, its EVSEs with their controllers, what they remember."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from twin.charge_point.boot import TypePlate
from twin.charge_point.charge_point import EPOCH, ChargePoint
from twin.charge_point.security.setup import SecuritySetup
from twin.charge_point.store import Volatile
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.driver import Driver
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.process import Controller, Memory
from twin.vehicle.catalogue import Model

LOOK_US = 1_000_000
"""How often the controllers' memory is looked at, and written where it has changed."""

MakeController = Callable[[int, Hardware], Controller]
"""Makes the controller of a connector, by its number, for what it is built into."""


def reference_controller(number: int, hardware: Hardware) -> Controller:  # noqa: ARG001
    """Return the reference controller."""
    return ReferenceController(ControllerSettings(), hardware)


class RegistersError(ValueError):
    """What the controllers are to remember cannot be read; the message says how to mend it."""


class Charger:
    """Builds a charger and keeps what it remembers.

    Args:
        identity: As the central system knows it.
        evses: One for each connector.
        central_url: Where the central system listens.
        driver: Moves the clock.
        state: Folder for the non-volatile memory, which survives the process; None: in
            this process's memory, where it survives power cuts of the charger alone.
        key: Authorization key, raw bytes; None: none.
        security: The security extension; None: a charger without it.
        seed: Draws message ids and the jitter of the back-off.
        configuration: Configuration keys that differ from the standard's defaults.
        utc_at_zero: What its clock shows at the twin's time 0.
        drift_ppm: How much too fast that clock runs.
        controller: Makes what drives the pins of each EVSE.

    Raises:
        RegistersError: What was kept in `state` cannot be read.
    """

    def __init__(
        self,
        identity: str,
        evses: Sequence[EvseConfig],
        central_url: str,
        driver: Driver,
        state: Path | None,
        *,
        key: bytes | None = None,
        security: SecuritySetup | None = None,
        seed: int = 0,
        configuration: Mapping[str, str] | None = None,
        utc_at_zero: datetime = EPOCH,
        drift_ppm: float = 0.0,
        controller: MakeController = reference_controller,
    ) -> None:
        self._driver = driver
        name = quote(identity, safe="")
        self._registers: Path | None = None
        store: Path | Volatile = Volatile()
        memories = [Memory() for _ in evses]
        if state is not None:
            state.mkdir(parents=True, exist_ok=True)
            self._registers = state / f"{name}.registers.json"
            store = state / f"{name}.db"
            memories = _load(self._registers, len(evses))
        self._store = store
        self._written = memories
        self.evses = [
            build_evse(driver, config, number, memory, controller)
            for number, (config, memory) in enumerate(zip(evses, memories, strict=True), 1)
        ]
        self.charge_point = ChargePoint(
            identity,
            central_url,
            self.evses,
            store,
            driver,
            key=key,
            security=security,
            type_plate=TypePlate(model=f"twin {evses[0].kind}", serial_number=name[:25]),
            configuration=configuration,
            utc_at_zero=utc_at_zero,
            drift_ppm=drift_ppm,
            seed=seed,
        )

    def keep(self, every_us: int = LOOK_US) -> None:
        """From now on keep the registers in the state folder, if there is one, as they change."""

        def save() -> None:
            self._write()
            self._driver.clock.after(every_us, save)

        if self._registers is not None:
            self._driver.clock.after(every_us, save)

    async def close(self) -> None:
        """Switch the charger off in order; what is in a state folder stays."""
        await self.charge_point.close()
        if isinstance(self._store, Volatile):
            self._store.discard()
        else:
            self._write()

    def _write(self) -> None:
        assert self._registers is not None
        now_us = self._driver.clock.now_us
        memories = [evse.controller.memory(now_us) for evse in self.evses]
        if memories == self._written:
            return
        self._written = memories
        content = [{"energy_wh": each.energy_wh, "welded": each.welded} for each in memories]
        beside = self._registers.with_suffix(".new")
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(self._registers)


def check_fit(model: Model, config: EvseConfig) -> None:
    """See that a vehicle can be plugged into an EVSE.

    Raises:
        ValueError: One of them has a control pilot and the other has none.
    """
    if (config.kind == "plain") != (model.pilot == "none"):
        wants = "no control pilot" if model.pilot == "none" else "a control pilot"
        raise ValueError(f"{model.key} has {wants}: it does not fit an EVSE of kind {config.kind}")


def build_evse(
    driver: Driver, config: EvseConfig, number: int, memory: Memory, make: MakeController
) -> Evse:
    """Return the EVSE of a connector, with what drives its pins."""
    hardware = Hardware(
        kind=config.kind,
        rating_a=config.rating_a,
        phases=config.phases,
        ventilation=config.ventilation,
        lock=config.kind == "socket",
    )
    controller = make(number, hardware)
    return Evse(driver.clock, config, controller, name=f"evse{number}.", memory=memory)


def _load(path: Path, count: int) -> list[Memory]:
    """Return what the controllers knew; fresh ones where nothing was kept.

    Raises:
        RegistersError: The file cannot be read.
    """
    if not path.exists():
        return [Memory() for _ in range(count)]
    try:
        kept = [
            Memory(float(entry["energy_wh"]), bool(entry["welded"]))
            for entry in json.loads(path.read_text(encoding="utf-8"))
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise RegistersError(f"{path} is not readable as registers ({error}); remove it") from error
    return [*kept[:count], *(Memory() for _ in range(count - len(kept)))]
