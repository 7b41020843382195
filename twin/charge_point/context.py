"""What the functional blocks of one running charge point share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from cryptography.x509 import Certificate

from twin.charge_point.booking import Booking, BookingListener, Entry
from twin.charge_point.calls import Calls
from twin.charge_point.configuration import Configuration
from twin.charge_point.connector import Connector
from twin.charge_point.queue import MessageQueue
from twin.charge_point.records import Record, Records
from twin.charge_point.store import Store
from twin.charge_point.timers import Timers
from twin.charge_point.wall_time import WallTime
from twin.driver import Driver
from twin.process import Report
from wire.frames import Payload
from wire.times import format_time

SAMPLE_TIMEOUT_US = 2_000_000

_REGISTER = "register "
"""Prefix of a connector's number, among the settings of the store."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth telling an operator.

    Attributes:
        time_us: The twin's time.
        identity: Of the charge point.
        connector: 0: the charge point itself.
        text: What happened, in a few words.
    """

    time_us: int
    identity: str
    connector: int
    text: str


@dataclass(slots=True)
class Signals:
    """What the blocks tell each other, as lists of listeners called in order."""

    accepted: list[Callable[[], None]] = field(default_factory=list)
    """The central system has accepted a BootNotification."""
    resumed: list[Callable[[], None]] = field(default_factory=list)
    """A new socket is open, and the boot before it still counts."""
    clock_set: list[Callable[[], None]] = field(default_factory=list)
    """A Heartbeat has set the clock; a boot, which sets it too, is `accepted`."""
    reported: list[Callable[[Connector], None]] = field(default_factory=list)
    """The controller behind a connector has something new to say."""
    changed: list[Callable[[Connector], None]] = field(default_factory=list)
    """What the charge point holds about a connector has changed."""
    ended: list[Callable[[Connector], None]] = field(default_factory=list)
    """The transaction on a connector is over, its StopTransaction in the queue."""
    list_conflict: list[Callable[[str], None]] = field(default_factory=list)
    """The central system says of a tag something else than the list that it has sent."""
    booked: list[BookingListener] = field(default_factory=list)
    """Something about a transaction has been written into the store."""
    security: list[Callable[[str, str], None]] = field(default_factory=list)
    """A security event (whitepaper, annex with the list): its type, technical information."""


@dataclass(slots=True)
class Context:
    """One running charge point, between a power-on and the next."""

    identity: str
    driver: Driver
    timers: Timers
    wall: WallTime
    random: Random
    store: Store
    queue: MessageQueue
    records: Records
    configuration: Configuration
    calls: Calls
    connectors: list[Connector]
    tell: Callable[[Event], None]
    signals: Signals = field(default_factory=Signals)
    triggers: dict[str, Callable[[int | None], None]] = field(default_factory=dict)
    """Sends a message that was asked for, by its name; of one connector, or of all (None)."""
    roots: Callable[[str], list[Certificate]] = lambda kind: []  # noqa: ARG005
    """Returns the installed root certificates of a type, such as ManufacturerRootCertificate."""
    security_log: Callable[[], list[tuple[str, str]]] = list
    """Returns the security log, oldest first: when (as messages carry it), and what happened."""
    alive: bool = True

    def connector(self, number: int) -> Connector | None:
        """Return a connector by its number from 1, None if there is none."""
        return self.connectors[number - 1] if 1 <= number <= len(self.connectors) else None

    def changed(self, connector: Connector) -> None:
        """Say that something about a connector is different now."""
        for listener in self.signals.changed:
            listener(connector)

    def sample(self, connector: Connector, then: Callable[[], None]) -> None:
        """Have `connector.report` brought up to date, then go on.

        A controller that does not answer (it is booting) is not waited for
        longer than `SAMPLE_TIMEOUT_US`: its last report has to do.
        """
        done = False

        def go_on() -> None:
            nonlocal done
            if self.alive and not done:
                done = True
                timeout.cancel()
                then()

        def sampled(now_us: int, report: Report) -> None:  # noqa: ARG001
            if self.alive and not done:
                connector.take_in(report)
                go_on()

        timeout = self.timers.after(SAMPLE_TIMEOUT_US, go_on)
        connector.evse.sample(sampled)

    def tell_register(self, database: sqlite3.Connection, connector: Connector) -> None:
        """Keep what the register shows, as part of the commit of the message that tells it."""
        shown_wh = int(connector.report.energy_wh)
        if shown_wh > connector.told_wh:
            connector.told_wh = shown_wh
            self.store.write_setting(database, _REGISTER + str(connector.number), str(shown_wh))

    def told_wh(self, number: int) -> int:
        """Return the highest register reading that was told of a connector, there or not."""
        return int(self.store.setting(_REGISTER + str(number)) or 0)

    def book(self, entry: Entry, record: Record, stop: Payload | None = None) -> None:
        """Say what has been written into the store."""
        for listener in self.signals.booked:
            listener(Booking(entry, record, stop))

    def stamp(self) -> str:
        """Return the present time as messages carry it."""
        return format_time(self.wall.now())

    def security_event(self, kind: str, tech_info: str) -> None:
        """Say that something has happened that bears on security, by its name there."""
        for listener in self.signals.security:
            listener(kind, tech_info)

    def event(self, connector: int, text: str) -> None:
        """Tell whoever watches."""
        self.tell(Event(self.driver.clock.now_us, self.identity, connector, text))
