"""One run of the charge point's software, from power-on until power goes or it is reset."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from twin.charge_point import (
    event_log,
    firmware,
    local_list,
    logs,
    progress,
    reservations,
    smart_charging,
)
from twin.charge_point.authorize import Authorization
from twin.charge_point.availability import Availability
from twin.charge_point.booking import BookingListener
from twin.charge_point.boot import Boot, TypePlate
from twin.charge_point.calls import CALL_TIMEOUT_US, Calls
from twin.charge_point.configuration import Configuration
from twin.charge_point.connection import Connection
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context, Event
from twin.charge_point.core_keys import CORE_KEYS, names_connectors
from twin.charge_point.data_transfer import DataTransfer
from twin.charge_point.delivery import Delivery
from twin.charge_point.diagnostics import Diagnostics
from twin.charge_point.endpoint import Endpoint
from twin.charge_point.event_log import EventLog
from twin.charge_point.firmware import Firmware
from twin.charge_point.keys import Key
from twin.charge_point.local_list import LocalList
from twin.charge_point.logs import Logs
from twin.charge_point.meter_values import MeterValues
from twin.charge_point.queue import MessageQueue
from twin.charge_point.records import Records
from twin.charge_point.remote import RemoteControl
from twin.charge_point.reservations import Reservations
from twin.charge_point.reset import REASON, Reset
from twin.charge_point.security.extension import SecurityExtension
from twin.charge_point.security.keys import SECURITY_KEYS
from twin.charge_point.security.setup import SecuritySetup
from twin.charge_point.security.tables import TABLES as SECURITY_TABLES
from twin.charge_point.sessions import Sessions
from twin.charge_point.smart_charging import SmartCharging
from twin.charge_point.status import StatusNotifications
from twin.charge_point.store import Store, Volatile
from twin.charge_point.timers import Timers
from twin.charge_point.transactions import Transactions
from twin.charge_point.transfer import Transfers
from twin.charge_point.trigger import RemoteTrigger
from twin.charge_point.unlock import Unlock
from twin.charge_point.uplink import Served
from twin.charge_point.wall_time import WallTime
from twin.driver import Driver
from twin.evse import Evse
from twin.process import Report

PROFILES: dict[str, tuple[Key, ...]] = {
    "Core": CORE_KEYS,
    "LocalAuthListManagement": local_list.KEYS,
    "Reservation": reservations.KEYS,
    "RemoteTrigger": (),
    "SmartCharging": smart_charging.SMART_CHARGING_KEYS,
    "FirmwareManagement": logs.KEYS,
}
"""The feature profiles (OCPP 1.6 section 3.2) that there are, with their configuration keys."""

KEYS = (*(key for keys in PROFILES.values() for key in keys), *SECURITY_KEYS)
"""Every configuration key."""

TABLES: tuple[str, ...] = (
    local_list.TABLES,
    reservations.TABLES,
    smart_charging.TABLES,
    SECURITY_TABLES,
    event_log.TABLES,
    progress.TABLES,
    firmware.TABLES,
    logs.TABLES,
)
"""What the profiles besides Core and the security extension keep in the store, whichever of them
are in use."""


class Running:
    """The functional blocks, wired. Another profile is one more block here.

    Nothing of it survives `kill` but what is in the store.
    """

    def __init__(
        self,
        *,
        endpoint: Endpoint,
        evses: list[Evse],
        store_path: Path | Volatile,
        driver: Driver,
        wall: WallTime,
        type_plate: TypePlate,
        factory: Mapping[str, str],
        profiles: Collection[str],
        security: SecuritySetup | None,
        random: Random,
        tell: Callable[[Event], None],
        on_frame: Callable[[str, str], None],
        on_booking: BookingListener,
        reboot: Callable[[bool], None],
    ) -> None:
        self.store = Store(store_path, *TABLES)
        keys = [key for name in profiles for key in PROFILES[name]]
        if security is not None:
            keys += SECURITY_KEYS
            factory = {**security.configuration(), **factory}
        timers = Timers(driver.clock)
        computed = {
            "NumberOfConnectors": str(len(evses)),
            "SupportedFeatureProfiles": ",".join(profiles),
            "GetConfigurationMaxKeys": str(len(keys)),
            "ConnectorSwitch3to1PhaseSupported": str(
                any(evse.config.phases == 3 for evse in evses)
            ).lower(),
        }
        self.calls = Calls(timers, random)
        self.calls.on_frame = on_frame
        self.calls.timeout_us = int(CALL_TIMEOUT_US * driver.patience)
        configuration = Configuration(keys, self.store, factory, computed)
        configuration.guard(
            "ConnectorPhaseRotation", lambda text: names_connectors(text, len(evses))
        )
        configuration.serve(self.calls)
        configuration.on_change(self._configured)
        self._log = EventLog(self.store, wall)
        installed = self.store.setting(firmware.VERSION)
        if installed is not None:
            type_plate = replace(type_plate, firmware_version=installed)

        def told(event: Event) -> None:
            self._log.add(event)
            tell(event)

        def restart(hard: bool) -> None:
            self._log.write()
            reboot(hard)

        self.context = Context(
            identity=endpoint.identity,
            driver=driver,
            timers=timers,
            wall=wall,
            random=random,
            store=self.store,
            queue=MessageQueue(self.store),
            records=Records(self.store),
            configuration=configuration,
            calls=self.calls,
            connectors=[Connector(number, evse) for number, evse in enumerate(evses, 1)],
            tell=told,
        )
        self.context.signals.booked.append(on_booking)
        the_list = LocalList(self.context, served="LocalAuthListManagement" in profiles)
        authorization = Authorization(self.context, the_list)
        delivery = Delivery(self.context)
        meter = MeterValues(self.context)
        smart = SmartCharging(self.context) if "SmartCharging" in profiles else None
        self.status = StatusNotifications(self.context)
        self.transactions = Transactions(self.context, delivery, meter, authorization)
        self._reservations = Reservations(self.context, served="Reservation" in profiles)
        self.sessions = Sessions(self.context, authorization, self._reservations, self.transactions)
        self._availability = Availability(self.context, self.status)
        RemoteControl(self.context, self.sessions, self._reservations, self.transactions, smart)
        Unlock(self.context, self.transactions)
        Reset(self.context, self.transactions, delivery, restart)
        RemoteTrigger(
            self.context, plain="RemoteTrigger" in profiles, extended=security is not None
        )
        self._transfers = Transfers(
            self.context.identity,
            self.context.driver,
            lambda: self.context.roots("CentralSystemRootCertificate"),
            lambda: self.connection.network_up,
        )
        self._firmware: Firmware | None = None
        managed = "FirmwareManagement" in profiles
        if managed:
            self._firmware = Firmware(
                self.context, self._transfers, restart, signed=security is not None
            )
        self._logs = Logs(
            self.context,
            self._transfers,
            Diagnostics(self.context, self._log, type_plate),
            plain=managed,
            extension=security is not None,
        )
        self.data_transfer = DataTransfer(self.context)
        self._boot = Boot(self.context, type_plate)
        self.security = (
            None
            if security is None
            else SecurityExtension(self.context, endpoint, security, type_plate)
        )
        self._factory_endpoint = endpoint
        self.connection = Connection(
            endpoint.identity,
            self._endpoint,
            driver,
            timers,
            random,
            Served(
                opened=self._opened,
                closed=self._closed,
                failed=self._attempt_failed,
                heard=self.calls.heard,
                ping_interval_s=lambda: configuration.integer("WebSocketPingInterval"),
            ),
        )
        self.calls.connection = self.connection

    def power_on(self) -> None:
        """Take up what the store holds, and connect."""
        self._availability.power_on()
        for connector in self.context.connectors:
            connector.evse.command(
                permitted=False,
                limit_a=connector.evse.config.rating_a,
                phases=3,
                hold_lock=False,
            )
            connector.told_wh = self.context.told_wh(connector.number)
            connector.take_in(connector.evse.report())
        reason = self.store.setting(REASON) or "PowerLoss"
        self.store.set_setting(REASON, None)
        self.transactions.take_up_again(reason)
        for connector in self.context.connectors:
            self.reported(connector.number, connector.report)
        self._reservations.power_on()
        if self.security is not None:
            self.security.power_on(reason)
        if self._firmware is not None:
            self._firmware.power_on()
        self._logs.power_on()
        self.connection.start()

    def reported(self, number: int, report: Report) -> None:
        """Take in what the controller of a connector says."""
        connector = self.context.connectors[number - 1]
        connector.take_in(report)
        for listener in self.context.signals.reported:
            listener(connector)

    def power_lost(self) -> None:
        """End what is going on: mains are gone, and the backup supply does not last.

        The controllers have had their last tick and report nothing any more; without mains no
        contactor stays closed. The register is what it will be when power is back.
        """
        for connector in self.context.connectors:
            connector.powered = False
            energy_wh = connector.evse.ticker.memory.energy_wh
            connector.take_in(replace(connector.report, closed=False, energy_wh=energy_wh))
            self.transactions.stop(connector, "PowerLoss")

    def kill(self) -> None:
        """Stop in mid-step, as when power goes."""
        self._end()
        self.connection.kill()

    async def close(self) -> None:
        """Stop with a closing handshake; what is in the queue stays there."""
        self._log.write()
        self._end()
        await self.connection.close()

    def _end(self) -> None:
        self.context.alive = False
        self.context.timers.cancel_all()
        self._transfers.kill()
        self.store.close()

    def _opened(self) -> None:
        self.context.event(0, "connected")
        if self.security is not None:
            self.security.profiles.opened()
        self._boot.opened()

    def _closed(self, reason: str) -> None:
        self.context.event(0, f"not connected: {reason}")
        self.calls.closed()

    def _attempt_failed(self, error: Exception | None) -> None:
        if self.security is not None:
            self.security.profiles.failed(error)

    def _endpoint(self) -> Endpoint:
        if self.security is not None:
            return self.security.profiles.endpoint()
        changed = self.context.configuration.text("AuthorizationKey")
        if not changed:
            return self._factory_endpoint
        return replace(self._factory_endpoint, key=bytes.fromhex(changed))

    def _configured(self, name: str) -> None:
        if name == "AuthorizationKey" and self.security is None:
            # The answer goes out on the old link, which is then given up (whitepaper A01).
            self.context.timers.after(1_000_000, self.connection.drop)
