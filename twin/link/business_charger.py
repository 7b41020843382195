"""A whole charger of programs: controllers at the co-simulation link, OCPP at the business link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from twin.charge_point import SecuritySetup, TypePlate
from twin.charge_point.charge_point import EPOCH
from twin.charge_point.charger import MakeController, build_evse, reference_controller
from twin.driver import Driver
from twin.evse_config import EvseConfig
from twin.link.business_charge_point import FirmwareChargePoint
from twin.link.business_settings import BusinessSettings
from twin.link.firmware import HostBusiness
from twin.process import Memory

MOST_CONNECTORS = 2
"""What the firmware's OCPP client has room for."""


class FirmwareCharger:
    """Builds a charger whose business side is a program; stands where a `Charger` does.

    Args:
        identity: As the central system knows it.
        evses: One for each connector, two at most.
        central_url: Where the central system listens.
        driver: Moves the clock.
        state: Folder for the non-volatile memory, which survives the process.
        program: The program of the business side.
        key: Authorization key, raw bytes; None: none.
        security: The security extension; None: it has none.
        seed: Draws message ids and the jitter of the back-off.
        configuration: Configuration keys that differ from the standard's defaults.
        utc_at_zero: What its clock shows at the twin's time 0.
        controller: Makes what drives the pins of each EVSE; it keeps its own memory.

    Raises:
        ValueError: It cannot be: too many connectors, a security profile without what it needs.
    """

    def __init__(
        self,
        identity: str,
        evses: Sequence[EvseConfig],
        central_url: str,
        driver: Driver,
        state: Path,
        *,
        program: Path,
        key: bytes | None = None,
        security: SecuritySetup | None = None,
        seed: int = 0,
        configuration: Mapping[str, str] | None = None,
        utc_at_zero: datetime = EPOCH,
        controller: MakeController = reference_controller,
    ) -> None:
        if len(evses) > MOST_CONNECTORS:
            raise ValueError(
                f"the firmware's OCPP client has {MOST_CONNECTORS} connectors at most, "
                f"not {len(evses)}"
            )
        name = quote(identity, safe="")
        memory = state / name / "ocpp"
        memory.mkdir(parents=True, exist_ok=True)
        self.evses = [
            build_evse(driver, config, number, Memory(), controller)
            for number, config in enumerate(evses, 1)
        ]
        self.charge_point = FirmwareChargePoint(
            BusinessSettings(
                identity,
                central_url,
                len(evses),
                key=key,
                type_plate=TypePlate(model=f"twin {evses[0].kind}", serial_number=name[:25]),
                configuration=configuration or {},
                utc_at_zero=utc_at_zero,
                security=security,
            ),
            self.evses,
            HostBusiness(program, nvm=memory),
            driver,
            seed=seed,
        )

    def keep(self) -> None:
        """Do nothing: the programs keep their own memory."""

    async def close(self) -> None:
        """Switch the business side off in order; what it remembers stays."""
        await self.charge_point.close()
