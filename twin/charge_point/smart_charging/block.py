"""Smart charging: the limits of the central system, in force at the plug (OCPP 1.6 3.13)."""

from __future__ import annotations

from datetime import timedelta

from twin.charge_point.calls import CallRefused, Respond
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.smart_charging.composite import composite
from twin.charge_point.smart_charging.installation import Installation
from twin.charge_point.smart_charging.limits import (
    Limit,
    Outlet,
    change_after_us,
    limits_at,
    total_at,
)
from twin.charge_point.smart_charging.profile import (
    EPOCH,
    SECOND_US,
    MalformedProfileError,
    Profile,
    Purpose,
    read_profile,
    to_us,
)
from twin.clock import Handle
from wire.errors import ErrorCode
from wire.frames import Payload
from wire.times import format_time


class SmartCharging:
    """Takes profiles, and commands each connector's limit at the instants they name.

    To be made before the block that tells the statuses: a limit is set before it shows.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._installation = Installation(context)
        self._began_us: dict[int, int] = {}
        self._charging: list[tuple[int, int]] = []
        self._promised: set[int] = set()
        self._timer: Handle | None = None
        handlers = context.calls.handlers
        handlers["SetChargingProfile"] = self._set
        handlers["ClearChargingProfile"] = self._clear
        handlers["GetCompositeSchedule"] = self._get_composite
        context.signals.accepted.append(self._follow)  # the clock may have been set
        context.signals.clock_set.append(self._follow)
        context.signals.changed.append(self._changed)
        context.signals.ended.append(self._ended)

    # --- remote starts ---

    def admit(self, connector: Connector, payload: Payload) -> bool:
        """Whether a remote start may bring this profile (section 5.11).

        Raises:
            CallRefused: No charger could follow it.
        """
        profile = _read(payload)
        if profile.purpose is not Purpose.TX or profile.transaction_id is not None:
            return self._refused(connector.number, "a remote start has a TxProfile without an id")
        refusal = self._installation.refusal(connector.number, profile)
        return refusal is None or self._refused(connector.number, refusal)

    def promise(self, connector: Connector, payload: Payload) -> None:
        """Install an admitted profile for the transaction that is about to start.

        From its acceptance on it is a profile as any other, which is told, replaced and
        cleared (decision 17); it goes where the remote start comes to nothing.
        """
        self._installation.install(connector.number, _read(payload), payload)
        self._follow()  # it may have taken another's place
        self._promised.add(connector.number)

    # --- calls ---

    def _set(self, payload: Payload, respond: Respond) -> None:
        number, raw = payload["connectorId"], payload["csChargingProfiles"]
        if not 0 <= number <= len(self._context.connectors):
            raise CallRefused(
                ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, f"connectorId: there is no {number}"
            )
        profile = _read(raw)
        refusal = self._installation.refusal(number, profile) or self._mismatch(number, profile)
        if refusal is not None:
            self._refused(number, refusal)
            respond({"status": "Rejected"})
            return
        self._installation.install(number, profile, raw)
        respond({"status": "Accepted"})
        self._context.event(
            number, f"{profile.purpose.value} {profile.profile_id} at level {profile.stack_level}"
        )
        self._follow()

    def _clear(self, payload: Payload, respond: Respond) -> None:
        found = self._installation.clear(payload)
        respond({"status": "Accepted" if found else "Unknown"})
        if found:
            self._context.event(payload.get("connectorId", 0), "charging profiles cleared")
            self._follow()

    def _get_composite(self, payload: Payload, respond: Respond) -> None:
        number, duration_s = payload["connectorId"], payload["duration"]
        connector = self._context.connector(number)
        if duration_s < 1 or (connector is None and number != 0):
            respond({"status": "Rejected"})  # section 5.7
            return
        now_us = self._now_us()
        start_us = now_us - now_us % SECOND_US
        profiles = self._installation.profiles
        if connector is None:
            among = self._context.connectors
        else:
            # One where nothing charges is told what a transaction that began now would get.
            charging = self._active()
            among = charging if connector in charging else [*charging, connector]
        outlets = [self._outlet(each, now_us, start_us) for each in among]

        def limit_at(instant_us: int) -> Limit:
            # The window begins with the present second, its first limit is that of now.
            instant_us = max(instant_us, now_us)
            if connector is None:
                return total_at(outlets, profiles, instant_us)
            return limits_at(outlets, profiles, instant_us)[number]

        schedule = composite(
            limit_at,
            lambda instant_us: change_after_us(outlets, profiles, max(instant_us, now_us)),
            start_us,
            duration_s,
            payload.get("chargingRateUnit", "A"),
        )
        respond(
            {
                "status": "Accepted",
                "connectorId": number,
                "scheduleStart": format_time(EPOCH + timedelta(microseconds=start_us)),
                "chargingSchedule": schedule,
            }
        )

    def _mismatch(self, number: int, profile: Profile) -> str | None:
        """Return why a TxProfile does not belong to what runs on its connector (section 5.16)."""
        if profile.purpose is not Purpose.TX:
            return None
        connector = self._context.connector(number)
        record = None if connector is None else connector.record
        if record is None or record.stopping:
            return "a TxProfile needs a running transaction"
        if profile.transaction_id not in {None, record.transaction_id}:
            return f"transaction {profile.transaction_id} does not run here"
        return None

    def _refused(self, number: int, why: str) -> bool:
        self._context.event(number, f"charging profile rejected: {why}")
        return False

    # --- what happens at the connectors ---

    def _changed(self, connector: Connector) -> None:
        number, record = connector.number, connector.record
        if record is not None and number not in self._began_us:
            self._began_us[number] = self._context.driver.clock.now_us
            self._promised.discard(number)
        elif number in self._promised and not connector.busy:
            self._promised.remove(number)
            self._installation.end_transaction(number)
        if self._charging != self._who_charges():
            self._follow()

    def _ended(self, connector: Connector) -> None:
        self._began_us.pop(connector.number, None)
        self._installation.end_transaction(connector.number)

    # --- limits ---

    def _follow(self) -> None:
        """Command what is allowed now, and come back when that may change."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._charging = self._who_charges()
        now_us = self._now_us()
        profiles = self._installation.profiles
        active = self._active()
        outlets = [self._outlet(each, now_us, now_us) for each in active]
        limits = limits_at(outlets, profiles, now_us)
        for connector in active:
            self._command(connector, limits[connector.number])
        change_us = change_after_us(outlets, profiles, now_us) if outlets else None
        if change_us is not None:
            # Some instants are the clock's, others count from the start of a charge. Where
            # the clock drifts the sooner of the two may be a little early: then once more.
            left_us = change_us - now_us
            delay_us = min(left_us, self._context.wall.in_twin_us(left_us))
            self._timer = self._context.timers.after(delay_us, self._follow)

    def _command(self, connector: Connector, limit: Limit) -> None:
        phases = limit.phases if connector.phases == 3 else 3
        connector.limit_a = limit.current_a
        command = connector.evse.controller.command
        if (command.limit_a, command.phases) == (limit.current_a, phases):
            return
        connector.evse.command(limit_a=limit.current_a, phases=phases)
        self._context.event(
            connector.number, f"limit {limit.current_a:.1f} A on {limit.phases} phase(s)"
        )
        self._context.changed(connector)

    def _active(self) -> list[Connector]:
        """Return the connectors whose transactions may take energy, the oldest first."""
        found = [
            (connector.record.local_id, connector)
            for connector in self._context.connectors
            if connector.record is not None and not connector.suspended
        ]
        return [connector for _, connector in sorted(found, key=lambda pair: pair[0])]

    def _who_charges(self) -> list[tuple[int, int]]:
        return [
            (each.number, each.record.local_id)
            for each in self._active()
            if each.record is not None
        ]

    def _outlet(self, connector: Connector, now_us: int, if_idle_us: int) -> Outlet:
        config = connector.evse.config
        began_us = self._began_us.get(connector.number)
        if began_us is not None:
            # The duration of a charge does not jump when the clock is set.
            if_idle_us = now_us - (self._context.driver.clock.now_us - began_us)
        switch = self._context.configuration.boolean("ConnectorSwitch3to1PhaseSupported")
        return Outlet(
            number=connector.number,
            rating_a=config.rating_a,
            phases=config.phases,
            voltage_v=config.voltage_v,
            charging_from_us=if_idle_us,
            switches=switch and config.phases == 3,
        )

    def _now_us(self) -> int:
        return to_us(self._context.wall.now())


def _read(payload: Payload) -> Profile:
    """Read a profile.

    Raises:
        CallRefused: No charger could follow it.
    """
    try:
        return read_profile(payload)
    except MalformedProfileError as error:
        raise CallRefused(error.code, str(error)) from error
