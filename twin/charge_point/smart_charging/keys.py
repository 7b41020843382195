"""The configuration keys of the Smart Charging profile (OCPP 1.6 section 9.4)."""

from __future__ import annotations

from twin.charge_point.keys import Access, Key, boolean, integer, items


def _unit(item: str) -> bool:
    return item in {"Current", "Power"}


SMART_CHARGING_KEYS: tuple[Key, ...] = (
    Key("ChargeProfileMaxStackLevel", integer(0, 1_000), "9", Access.READ, kept=False),
    Key(
        "ChargingScheduleAllowedChargingRateUnit",
        items(_unit, 2),
        "Current,Power",
        Access.READ,
        kept=False,
    ),
    Key("ChargingScheduleMaxPeriods", integer(1, 1_000), "100", Access.READ, kept=False),
    Key("MaxChargingProfilesInstalled", integer(1, 1_000), "50", Access.READ, kept=False),
    Key(
        "ConnectorSwitch3to1PhaseSupported",
        boolean,
        "true",
        Access.READ,
        required=False,
        kept=False,
    ),
)
