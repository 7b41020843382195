"""Which profiles there are: installing, replacing and clearing them (OCPP 1.6 5.5, 5.16)."""

from __future__ import annotations

from twin.charge_point.context import Context
from twin.charge_point.smart_charging import store
from twin.charge_point.smart_charging.profile import Kind, Profile, Purpose, to_us
from twin.charge_point.smart_charging.schedule import Installed, next_change_us, period_at
from wire.frames import Payload

_UNITS = {"A": "Current", "W": "Power"}


class Installation:
    """The profiles of a charge point.

    Those of transactions are kept in memory alone: no transaction of this charger goes
    on over a restart, and a TxProfile ends with its transaction (section 3.13.1).

    Attributes:
        profiles: All of them.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self.profiles = store.load(context.store)

    def refusal(self, connector: int, profile: Profile) -> str | None:
        """Return why a profile does not fit this charger, None if it does."""
        configuration = self._context.configuration
        most = configuration.integer
        schedule = profile.schedule
        if profile.stack_level > most("ChargeProfileMaxStackLevel"):
            return "stackLevel above ChargeProfileMaxStackLevel"
        if len(schedule.periods) > most("ChargingScheduleMaxPeriods"):
            return "more periods than ChargingScheduleMaxPeriods"
        if _UNITS[schedule.unit] not in configuration.items(
            "ChargingScheduleAllowedChargingRateUnit"
        ):
            return f"unit {schedule.unit} is not in ChargingScheduleAllowedChargingRateUnit"
        if profile.purpose is Purpose.CHARGE_POINT_MAX:
            if connector != 0:
                return "a ChargePointMaxProfile is for connector 0 (section 3.13.1)"
            if profile.kind is Kind.RELATIVE:
                return "a ChargePointMaxProfile has no transaction to be relative to"
        if profile.purpose is Purpose.TX and connector == 0:
            return "a TxProfile is for a connector above 0 (section 3.13.1)"
        kept = len(self.profiles) - len(self._gives_way(connector, profile))
        if kept >= most("MaxChargingProfilesInstalled"):
            return "there are MaxChargingProfilesInstalled already"
        return None

    def install(self, connector: int, profile: Profile, payload: Payload) -> None:
        """Install a profile in the place of those that it replaces, durably."""
        replaced = self._gives_way(connector, profile)
        installed = Installed(connector, profile, to_us(self._context.wall.now()))
        with self._context.store.commit() as database:
            store.remove(database, replaced)
            if profile.purpose is not Purpose.TX:
                store.add(database, installed, payload)
        self.profiles = [each for each in self.profiles if each not in replaced]
        self.profiles.append(installed)

    def clear(self, wanted: Payload) -> bool:
        """Remove what a ClearChargingProfile asks for; return whether there was any.

        An id decides alone; otherwise everything given has to match (section 5.5).
        """
        removed = [each for each in self.profiles if _matches(each, wanted)]
        self._remove(removed)
        return bool(removed)

    def end_transaction(self, connector: int) -> None:
        """Remove the profiles of a connector's transaction."""
        self._remove([each for each in self.profiles if _of_transaction(each, connector)])

    def _remove(self, removed: list[Installed]) -> None:
        if any(each.profile.purpose is not Purpose.TX for each in removed):
            with self._context.store.commit() as database:
                store.remove(database, removed)
        self.profiles = [each for each in self.profiles if each not in removed]

    def _gives_way(self, connector: int, profile: Profile) -> list[Installed]:
        """Return what a new profile takes the place of (section 5.16).

        Those of the same id, or of the same place, purpose and level; where there is no
        room also those that will never say anything again.
        """
        found = [
            each
            for each in self.profiles
            if each.profile.profile_id == profile.profile_id
            or (
                each.connector == connector
                and each.profile.purpose is profile.purpose
                and each.profile.stack_level == profile.stack_level
            )
        ]
        most = self._context.configuration.integer("MaxChargingProfilesInstalled")
        if len(self.profiles) - len(found) >= most:
            now_us = to_us(self._context.wall.now())
            found += [each for each in self.profiles if each not in found and _over(each, now_us)]
        return found


def _over(installed: Installed, now_us: int) -> bool:
    """Whether a profile says nothing now or later, even if a charge began now."""
    _, profile, installed_us = installed
    from_us = installed_us if profile.purpose is Purpose.CHARGE_POINT_MAX else now_us
    return (
        period_at(profile, now_us, from_us) is None
        and next_change_us(profile, now_us, from_us) is None
    )


def _matches(installed: Installed, wanted: Payload) -> bool:
    connector, profile, _ = installed
    if "id" in wanted:
        return bool(wanted["id"] == profile.profile_id)
    has = {
        "connectorId": connector,
        "chargingProfilePurpose": profile.purpose.value,
        "stackLevel": profile.stack_level,
    }
    return all(has[name] == value for name, value in wanted.items())


def _of_transaction(installed: Installed, connector: int) -> bool:
    return installed.connector == connector and installed.profile.purpose is Purpose.TX
