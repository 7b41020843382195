"""Reservations: a connector, or any one of them, kept for a tag (OCPP 1.6 sections 5.1, 5.13)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from twin.charge_point.calls import Respond
from twin.charge_point.connector import Connector
from twin.charge_point.context import Context
from twin.charge_point.keys import Access, Key, boolean
from twin.charge_point.store import LARGEST_INTEGER
from twin.clock import Handle
from wire.errors import WireError
from wire.frames import Payload
from wire.times import format_time, parse_time

KEYS = (
    Key("ReserveConnectorZeroSupported", boolean, "true", Access.READ, required=False, kept=False),
)

TABLES = """
CREATE TABLE reservation (
    reservation_id INTEGER PRIMARY KEY,
    connector INTEGER NOT NULL,
    id_tag TEXT NOT NULL,
    parent_id_tag TEXT,
    expiry TEXT NOT NULL
) STRICT;
"""


_ANSWERS = ("Accepted", "Occupied", "Faulted", "Unavailable")
"""What a reservation of any connector is answered: the first that holds for one of them."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A promise to a tag.

    Attributes:
        reservation_id: The central system's number.
        connector: From 1; 0: whichever is free.
        id_tag: Whose it is.
        parent_id_tag: A group whose tags may use it too.
        expiry: UTC; from then on it is void.
    """

    reservation_id: int
    connector: int
    id_tag: str
    parent_id_tag: str | None
    expiry: datetime

    def is_for(self, id_tag: str, parent_id_tag: str | None) -> bool:
        """Whether a tag, of a group where it is known, may use it."""
        if id_tag.casefold() == self.id_tag.casefold():
            return True
        mine, theirs = self.parent_id_tag, parent_id_tag
        return mine is not None and theirs is not None and mine.casefold() == theirs.casefold()


def consume(database: sqlite3.Connection, reservation_id: int) -> None:
    """Take a reservation away, its transaction has begun; part of the commit of that."""
    database.execute("DELETE FROM reservation WHERE reservation_id = ?", (reservation_id,))


class Reservations:
    """Keeps connectors for those they are promised to.

    A reservation outlives a power cut, and a fault of its connector; a connector
    that is taken out of operation loses it (decision 15).

    Without the profile every ReserveNow is answered `Rejected`.
    """

    def __init__(self, context: Context, *, served: bool) -> None:
        self._context = context
        self._served = served
        self._held: dict[int, Reservation] = {}
        self._timer: Handle | None = None
        context.calls.handlers["ReserveNow"] = self._reserve
        context.calls.handlers["CancelReservation"] = self._cancel
        context.signals.changed.append(self._look)
        context.signals.reported.append(self._look)
        # The boot has set the clock, and with it how far away an expiry is.
        context.signals.accepted.append(self._expire)
        context.signals.clock_set.append(self._expire)

    def power_on(self) -> None:
        """Take up what the store holds."""
        rows = self._context.store.database.execute(
            "SELECT reservation_id, connector, id_tag, parent_id_tag, expiry FROM reservation"
        ).fetchall()
        for number, connector, id_tag, parent, expiry in rows:
            self._held[number] = Reservation(number, connector, id_tag, parent, parse_time(expiry))
        self._expire()

    def admits(self, connector: Connector, id_tag: str, parent_id_tag: str | None) -> bool:
        """Whether a tag may charge at a connector, as far as reservations go."""
        return not connector.reserved or self.of(connector, id_tag, parent_id_tag) is not None

    def may_admit(self, connector: Connector, id_tag: str) -> bool:
        """Whether a tag of a group that is not known yet may turn out to be admitted."""
        return self.admits(connector, id_tag, None) or any(
            each.parent_id_tag is not None for each in self._for(connector)
        )

    def of(
        self, connector: Connector, id_tag: str, parent_id_tag: str | None
    ) -> Reservation | None:
        """Return the reservation that a tag uses at a connector: its own before any connector's."""
        found = [each for each in self._for(connector) if each.is_for(id_tag, parent_id_tag)]
        return max(found, key=lambda each: each.connector, default=None)

    def connector_for(self, id_tag: str) -> Connector | None:
        """Return the connector that is kept for a tag by number, None if there is none."""
        for each in self._held.values():
            if each.connector > 0 and each.is_for(id_tag, None):
                return self._context.connector(each.connector)
        return None

    def _for(self, connector: Connector) -> list[Reservation]:
        return [each for each in self._held.values() if each.connector in {0, connector.number}]

    # --- what the central system says ---

    def _reserve(self, payload: Payload, respond: Respond) -> None:
        respond({"status": self._take(payload)})
        self._expire()

    def _take(self, payload: Payload) -> str:
        connector = self._context.connector(payload["connectorId"])
        if not self._served or (connector is None and not self._is_any(payload["connectorId"])):
            return "Rejected"
        try:
            expiry = parse_time(payload["expiryDate"])
        except (ValueError, WireError) as error:
            self._context.event(0, f"reservation not taken, its expiryDate: {error}")
            return "Rejected"
        if expiry <= self._context.wall.now():
            return "Rejected"
        number: int = payload["reservationId"]
        if abs(number) > LARGEST_INTEGER:
            self._context.event(0, f"reservation not taken, its reservationId: {number}")
            return "Rejected"
        states = {each.number: self._state(each, number) for each in self._context.connectors}
        wanted = set(states.values()) if connector is None else {states[connector.number]}
        status = next(each for each in _ANSWERS if each in wanted)
        if status != "Accepted":
            return status
        # One that is free now has to be left over for each promise of any connector.
        promised = sum(
            each.connector == 0 and each.reservation_id != number for each in self._held.values()
        )
        if list(states.values()).count("Accepted") <= promised:
            return "Occupied"
        held = Reservation(
            number, payload["connectorId"], payload["idTag"], payload.get("parentIdTag"), expiry
        )
        with self._context.store.commit() as database:
            database.execute(
                "INSERT OR REPLACE INTO reservation VALUES (?, ?, ?, ?, ?)",
                (number, held.connector, held.id_tag, held.parent_id_tag, format_time(expiry)),
            )
        self._held[number] = held
        self._context.event(held.connector, f"reserved for {held.id_tag}")
        return "Accepted"

    def _is_any(self, number: int) -> bool:
        """Whether a number means any connector: 0, where it may be reserved (section 9.3.1)."""
        return number == 0 and self._context.configuration.boolean("ReserveConnectorZeroSupported")

    def _state(self, connector: Connector, but_for: int) -> str:
        """Return what a reservation of a connector is answered, one of its own left out."""
        if connector.report.faults:
            return "Faulted"
        if not connector.in_service:
            return "Unavailable"
        others = [
            each
            for each in self._held.values()
            if each.connector == connector.number and each.reservation_id != but_for
        ]
        taken = connector.busy or connector.cable_in or others
        return "Occupied" if taken else "Accepted"

    def _cancel(self, payload: Payload, respond: Respond) -> None:
        known = payload["reservationId"] in self._held
        if known:
            self._drop([payload["reservationId"]], "cancelled")
        respond({"status": "Accepted" if known else "Rejected"})
        self._expire()

    # --- what happens to them ---

    def used(self, reservation_id: int) -> None:
        """Its transaction begins, in whose commit `consume` takes it out of the store."""
        del self._held[reservation_id]

    def settle(self) -> None:
        """Say of each connector whether it is kept for somebody, and tell where that is new."""
        promised = sum(1 for each in self._held.values() if each.connector == 0)
        by_number = {each.connector for each in self._held.values()}
        # Who waits with a tag at a connector is about to use it, and with it a promise of
        # any connector, where one was made to him.
        coming = [each for each in self._context.connectors if each.permission is not None]
        promised -= sum(self._is_of_any(each) for each in coming)
        # A stranger's plug in a connector that is kept takes nothing away from the promise.
        open_ones = [
            each
            for each in self._context.connectors
            if each.number not in by_number
            and each not in coming
            and each.in_service
            and not each.report.faults
            and each.record is None
            and (each.reserved or not each.cable_in)
        ]
        kept = by_number | (
            {each.number for each in open_ones} if len(open_ones) <= promised else set()
        )
        different = [
            each for each in self._context.connectors if each.reserved != (each.number in kept)
        ]
        for connector in different:
            connector.reserved = not connector.reserved
        for connector in different:
            self._context.changed(connector)

    def _is_of_any(self, connector: Connector) -> bool:
        """Whether the tag that waits at a connector uses a promise of any connector."""
        permission = connector.permission
        assert permission is not None
        used = self.of(connector, permission.id_tag, permission.parent_id_tag)
        return used is not None and used.connector == 0

    def _drop(self, numbers: list[int], why: str) -> None:
        with self._context.store.commit() as database:
            for number in numbers:
                consume(database, number)
        for number in numbers:
            held = self._held.pop(number)
            self._context.event(held.connector, f"reservation for {held.id_tag} {why}")

    def _expire(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._context.wall.now()
        gone = [number for number, each in self._held.items() if each.expiry <= now]
        if gone:
            self._drop(gone, "has expired")
        self.settle()
        if self._held:
            next_us = (min(each.expiry for each in self._held.values()) - now) // timedelta(
                microseconds=1
            )
            delay_us = self._context.wall.in_twin_us(next_us)
            self._timer = self._context.timers.after(delay_us, self._expire)

    def _look(self, connector: Connector) -> None:
        if not self._held and not connector.reserved:
            return
        lost = [
            number
            for number, each in self._held.items()
            if each.connector == connector.number and not connector.operative
        ]
        if lost:
            self._drop(lost, "is void: out of operation")
        self.settle()
