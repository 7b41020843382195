"""What a maker sets before delivery, for a business side that is a program."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twin.charge_point.boot import TypePlate
from twin.charge_point.charge_point import EPOCH
from twin.charge_point.security.setup import SecuritySetup
from twin.link.business_certificates import provision

_SINCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BusinessSettings:
    """What goes into `settings.json` of the program's directory; secrets are nowhere else.

    Attributes:
        identity: as the central system knows it.
        central_url: where that listens, without the identity.
        connectors: 1 or 2.
        key: AuthorizationKey, 16 to 20 raw bytes; None: none.
        type_plate: what BootNotification says.
        configuration: configuration keys that leave the factory with another value.
        utc_at_zero: what the battery-backed clock shows at the twin's time 0.
        battery_clock: there is one; without it UTC begins with the central system's answer.
        profiles: feature profiles that it has besides Core and FirmwareManagement; None: all.
        security: the security extension, its profile and certificates; None: it has none.
    """

    identity: str
    central_url: str
    connectors: int
    key: bytes | None = None
    type_plate: TypePlate = field(default_factory=TypePlate)
    configuration: Mapping[str, str] = field(default_factory=dict)
    utc_at_zero: datetime = EPOCH
    battery_clock: bool = True
    profiles: Collection[str] | None = None
    security: SecuritySetup | None = None

    def write(self, directory: Path, seed: int) -> None:
        """Write the file, readable by its owner alone, and certificates where there are none.

        Args:
            directory: of the program.
            seed: of message ids and of jitter, another for each boot: 1 to 2^31 - 1.
        """
        plate = self.type_plate
        security = self.security or SecuritySetup()
        configuration = security.configuration() if self.security is not None else {}
        configuration.update(self.configuration)
        # The program has one place for the key, and none for it among the others.
        key = configuration.pop("AuthorizationKey", self.key and self.key.hex())
        content = {
            "url": self.central_url,
            "tls_url": security.tls_url or None,
            "identity": self.identity,
            "connectors": self.connectors,
            "profiles": None if self.profiles is None else list(self.profiles),
            "key": key,
            "vendor": plate.vendor,
            "model": plate.model,
            "serial_number": plate.serial_number,
            "firmware_version": plate.firmware_version,
            "configuration": configuration,
            "seed": seed,
            "utc_at_zero_us": (self.utc_at_zero - _SINCE) // timedelta(microseconds=1),
            "battery_clock": self.battery_clock,
            "secured": self.security is not None,
        }
        text = json.dumps({name: value for name, value in content.items() if value is not None})
        if self.security is not None:
            provision(directory, self.security)
        beside = directory / "settings.new"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        beside.replace(directory / "settings.json")
