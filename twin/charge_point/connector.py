"""One connector: its EVSE, and what the charge point holds about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf

from twin.charge_point.records import Record
from twin.clock import Handle
from twin.evse import Evse
from twin.process import Report


@dataclass(slots=True)
class Permission:
    """A tag that may start a transaction here as soon as a vehicle is plugged in."""

    id_tag: str
    parent_id_tag: str | None = None


@dataclass(slots=True)
class Connector:
    """State of one connector between a power-on and the next.

    Attributes:
        number: From 1.
        evse: The plant behind it.
        report: What its controller said last.
        operative: False: ChangeAvailability has put it out of operation.
        updating: New firmware waits for it, or is being installed.
        powered: There are mains; False: the charge point runs on its backup supply.
        scheduled: The availability that takes effect when the transaction ends.
        permission: A tag that was accepted and waits for a vehicle.
        authorizing: A tag whose authorization is still out.
        record: The transaction, until its StopTransaction is in the queue.
        reserved: It is kept for somebody by a reservation.
        finishing: A transaction has ended and the user still has to take the plug.
        stale: Plugged in and nobody authorized in time (errata 3.20): tags are not taken.
        lock_owner: The tag that gets the cable back out of a socket that keeps it.
        suspended: The charger offers nothing, because the tag turned out to be invalid.
        told_wh: The highest register reading that the central system was told of it.
        limit_a: What smart charging allows here, A per phase; infinite without limits.
        timer: Runs out when a tag or a plug has not come in time.
    """

    number: int
    evse: Evse
    report: Report = field(default_factory=Report)
    operative: bool = True
    updating: bool = False
    powered: bool = True
    scheduled: bool | None = None
    permission: Permission | None = None
    authorizing: str | None = None
    record: Record | None = None
    reserved: bool = False
    finishing: bool = False
    stale: bool = False
    lock_owner: str | None = None
    suspended: bool = False
    told_wh: int = 0
    limit_a: float = inf
    timer: Handle | None = None

    def take_in(self, report: Report) -> None:
        """Have what the controller says as the connector's own.

        The register in its memory is some seconds old when power comes back: what has been
        told of it stays, and counts on when the meter has come by it (section 7.31: a
        register never goes back).
        """
        self.report = replace(report)
        self.report.energy_wh = max(report.energy_wh, self.told_wh)

    @property
    def phases(self) -> int:
        """Phases of the EVSE, 1 or 3."""
        return self.evse.config.phases

    @property
    def in_service(self) -> bool:
        """Somebody may begin to charge here, as far as the charge point's own state goes."""
        return self.operative and not self.updating

    @property
    def keeps_cables(self) -> bool:
        """A socket with a lock: somebody's cable can be kept in it, and given back."""
        return self.evse.config.kind == "socket"

    @property
    def cable_in(self) -> bool:
        """A vehicle is plugged in, or its cable is still in the socket."""
        return self.report.plugged or (self.keeps_cables and self.report.cable_rating_a > 0)

    @property
    def busy(self) -> bool:
        """Somebody has begun something here: no other may start."""
        return self.record is not None or self.permission is not None or bool(self.authorizing)

    def cancel_timer(self) -> None:
        """Stop waiting for a tag or a plug."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
