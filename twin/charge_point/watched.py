"""A charge point as it is seen from outside: what it does, says and writes down."""

from __future__ import annotations

from collections.abc import Sequence

from twin.charge_point.booking import Booking, BookingListener
from twin.charge_point.business_side import BusinessSide
from twin.charge_point.calls import Registration
from twin.charge_point.connector import Connector
from twin.charge_point.running import Running
from twin.charge_point.status_table import Status
from twin.driver import Driver
from twin.evse import Evse


class Watched(BusinessSide):
    """What can be read at a charge point; arguments as for `BusinessSide`."""

    def __init__(
        self, identity: str, evses: Sequence[Evse], driver: Driver, key: bytes | None
    ) -> None:
        super().__init__(identity, evses, driver, key)
        self._running: Running | None = None
        self._booking_listeners: list[BookingListener] = []

    @property
    def running(self) -> bool:
        """The software is up."""
        return self._running is not None

    @property
    def connected(self) -> bool:
        """There is a socket."""
        return self._running is not None and self._running.calls.connection_is_open

    @property
    def online(self) -> bool:
        """There is a socket, and the central system has accepted the boot."""
        return self._running is not None and self._running.calls.online

    @property
    def registration(self) -> Registration:
        """What the central system said to the last BootNotification."""
        return Registration.NONE if self._running is None else self._running.calls.registration

    @property
    def queued(self) -> int:
        """How many transaction messages wait for their acknowledgement; 0 without power."""
        return 0 if self._running is None else len(self._running.context.queue)

    @property
    def settled(self) -> bool:
        """Online, and the central system has acknowledged everything there is to tell."""
        return (
            self._running is not None
            and self._running.calls.idle
            and self._running.calls.online
            and self._running.status.acknowledged
            and (self._running.security is None or self._running.security.events.acknowledged)
            and len(self._running.context.queue) == 0
        )

    def status(self, connector: int = 1) -> Status | None:
        """Return the status of a connector (0: the charge point itself), None without power."""
        return None if self._running is None else self._running.status.shown(connector).status

    def transaction_id(self, connector: int = 1) -> int | None:
        """Return the number of the transaction on a connector, None without or not yet known."""
        held = self._connector(connector)
        return held.record.transaction_id if held is not None and held.record is not None else None

    def in_transaction(self, connector: int = 1) -> bool:
        """Whether a transaction runs on a connector, until its end is in the queue."""
        held = self._connector(connector)
        return held is not None and held.record is not None

    def on_booking(self, listener: BookingListener) -> None:
        """Call `listener` for every line that the charger writes into its books."""
        self._booking_listeners.append(listener)

    def _connector(self, number: int) -> Connector | None:
        return None if self._running is None else self._running.context.connector(number)

    def _booked(self, booking: Booking) -> None:
        for listener in self._booking_listeners:
            listener(booking)
