"""What a central system has ordered of one charger: the profiles that it accepted, off the wire.

A second opinion beside that of the charger (`twin.charge_point.smart_charging`), of which
nothing is used here: frames in, limits out. Clauses are those of OCPP 1.6; what they leave
open is as in decision 17.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from twin.fleet.order import DEFAULT, MAX, NEVER_US, SECOND_US, TX, Order, Said, read
from twin.fleet.told_time import ToldTime
from wire.frames import Call, Payload

SURE_US = 30 * SECOND_US
"""A remote start that leads to a transaction later than this may have been given up before."""

UNSURE_US = -1
"""Such a remote start is not judged, however soon it leads to a transaction."""

SOMEWHERE = -1
"""The connector of a remote start that leaves the choice to the charger, until it begins."""


@dataclass(slots=True, eq=False)
class _RemoteStart:
    """A remote start with a profile whose transaction has not begun yet.

    Attributes:
        order: Its profile, installed as any other (decision 17); it may be cleared or replaced.
        id_tag: In lower case: upper and lower are one (section 7, CiString20Type).
        sure_until_us: If its transaction begins later, the charger may have given it up before.
    """

    order: Order
    id_tag: str
    sure_until_us: int


class Orders:
    """The profiles of one charger, and the transactions that they are for.

    Args:
        time: The charger's.
        now_us: The twin's.

    Attributes:
        profiles: All that are installed.
        accepted: How many profiles were accepted so far.
        on_change: Called right before any of it changes.
    """

    def __init__(self, time: ToldTime, now_us: Callable[[], int]) -> None:
        self.time = time
        self.profiles: list[Order] = []
        self.accepted = 0
        self.on_change: Callable[[], None] = _nothing
        self._now_us = now_us
        self._asked: dict[str, Call] = {}
        self._remote_starts: list[_RemoteStart] = []
        self._began_us: dict[int, int] = {}
        self._unsure: set[int] = set()
        self._heartbeat_us = 0

    # --- what is on the wire, and in the books ---

    @property
    def awaits_answer(self) -> bool:
        """Whether an answer of the charger would tell something."""
        return bool(self._asked)

    def asked(self, call: Call) -> None:
        """Take in a call of the central system."""
        if call.action in ("SetChargingProfile", "ClearChargingProfile") or (
            call.action == "RemoteStartTransaction" and "chargingProfile" in call.payload
        ):
            self._asked[call.unique_id] = call

    def answered(self, unique_id: str, payload: Payload) -> None:
        """Take in an answer of the charger."""
        call = self._asked.pop(unique_id, None)
        if call is None or payload.get("status") != "Accepted":
            return
        self.on_change()
        asked = call.payload
        if call.action == "SetChargingProfile":
            self._install(asked["connectorId"], asked["csChargingProfiles"])
        elif call.action == "ClearChargingProfile":
            self._clear(asked)
        else:
            self._remote_start(asked)

    def boot_answered(self, payload: Payload) -> None:
        """Take in the time that the charger was told."""
        self.on_change()
        self.time.boot_answered(payload, self._now_us())
        for start in self._remote_starts:
            start.sure_until_us = UNSURE_US  # nobody's start outlives a restart, if it was one

    def heartbeat_sent(self) -> None:
        """Take in that the charger asks for the time."""
        self._heartbeat_us = self._now_us()

    def heartbeat_answered(self, payload: Payload) -> None:
        """Take in the time that it is told."""
        self.on_change()
        self.time.heartbeat_answered(payload, self._heartbeat_us, self._now_us())

    def disconnected(self) -> None:
        """Await no answer any more."""
        self._asked.clear()

    def began(self, connector: int, id_tag: str) -> None:
        """Take in that a transaction begins, which may be that of a remote start (5.11)."""
        self.on_change()
        self._began_us[connector] = self._now_us()
        waiting = self._waiting()
        meant = [
            start
            for start in waiting
            if start.order.connector in (connector, SOMEWHERE) and start.id_tag == id_tag.casefold()
        ]
        if len(meant) > 1:
            # Two that may be this one: neither this nor what begins with the tag next is judged.
            for start in meant:
                start.sure_until_us = UNSURE_US
        chosen = max(meant, key=lambda start: start.order.connector, default=None)
        for start in waiting:
            if start is chosen:
                self._replace(start.order, replace(start.order, connector=connector))
                if self._now_us() > start.sure_until_us:
                    self._unsure.add(connector)
            elif start.order.connector == connector:
                self._replace(start.order)  # somebody else's: that one has come to nothing

    def ended(self, connector: int) -> None:
        """Take in that it ends, and its profiles with it (section 3.13.1)."""
        self.on_change()
        self._began_us.pop(connector, None)
        self._unsure.discard(connector)
        self.profiles = [
            each for each in self.profiles if (each.connector, each.purpose) != (connector, TX)
        ]

    def _remote_start(self, asked: Payload) -> None:
        """Install its profile: from the answer on it is one as any other (decision 17)."""
        connector: int = asked.get("connectorId", SOMEWHERE)
        id_tag: str = asked["idTag"].casefold()
        for start in self._waiting():
            if start.order.connector == connector != SOMEWHERE:
                self._replace(start.order)  # it is free again: that one has come to nothing
        order = self._install(connector, asked["chargingProfile"])
        self._remote_starts.append(_RemoteStart(order, id_tag, self._now_us() + SURE_US))

    def _waiting(self) -> list[_RemoteStart]:
        """Return the remote starts whose profiles are still there; forget the others."""
        self._remote_starts = [
            start
            for start in self._remote_starts
            if any(each is start.order for each in self.profiles)
        ]
        return self._remote_starts

    def _clear(self, asked: Payload) -> None:
        anywhere = {name: value for name, value in asked.items() if name != "connectorId"}
        for start in self._remote_starts:
            # The connector that was chosen may be the one that is asked for, or may not.
            if start.order.connector == SOMEWHERE and _meant(start.order, anywhere):
                start.sure_until_us = UNSURE_US
        self.profiles = [each for each in self.profiles if not _meant(each, asked)]

    def _replace(self, order: Order, by: Order | None = None) -> None:
        self.profiles = [each for each in self.profiles if each is not order]
        if by is not None:
            self.profiles.append(by)

    def _install(self, connector: int, payload: Payload) -> Order:
        order = read(connector, payload, self.time.utc_us(self._now_us()))
        # Section 5.16: it replaces that of its id, and that of its place, purpose and level.
        place = (order.connector, order.purpose, order.level)
        self.profiles = [
            each
            for each in self.profiles
            if each.profile_id != order.profile_id
            and ((each.connector, each.purpose, each.level) != place or connector == SOMEWHERE)
        ]
        self.profiles.append(order)
        self.accepted += 1
        return order

    # --- what they come to ---

    @property
    def charging(self) -> list[int]:
        """The connectors with a transaction of which is known what it may draw."""
        return [each for each in self._began_us if each not in self._unsure]

    def of_connector(self, connector: int, twin_us: int) -> Said | None:
        """Return what a connector's own profiles say at an instant of the twin; None: nothing."""
        # Section 3.13.1: that of the transaction, that of the connector, that of all connectors.
        for place, purpose in ((connector, TX), (connector, DEFAULT), (0, DEFAULT)):
            found = self._highest(place, purpose, twin_us, connector)
            if found is not None:
                return found
        return None

    def of_charge_point(self, twin_us: int) -> Said | None:
        """Return what limits all connectors together at an instant of the twin; None: nothing."""
        return self._highest(0, MAX, twin_us)

    def next_change_us(self, twin_us: int) -> int | None:
        """Return the twin's time at which something may change by itself; None: never."""
        at_us = self.time.utc_us(twin_us)
        instants = [
            order.next_us(at_us, self._began_utc_us(connector, twin_us))
            for order in self.profiles
            for connector in (self._began_us or (0,))
        ]
        soonest_us = min(instants, default=NEVER_US)
        if soonest_us >= NEVER_US // 2:
            return None
        return twin_us + self.time.in_twin_us(soonest_us - at_us)

    def _highest(self, place: int, purpose: str, twin_us: int, connector: int = 0) -> Said | None:
        """Of one place and purpose the highest level that says something prevails."""
        at_us, began_us = self.time.utc_us(twin_us), self._began_utc_us(connector, twin_us)
        for order in sorted(self.profiles, key=lambda each: -each.level):
            if (order.connector, order.purpose) == (place, purpose):
                said = order.says(at_us, began_us)
                if said is not None:
                    return said
        return None

    def _began_utc_us(self, connector: int, twin_us: int) -> int:
        """Return when a transaction began: as long ago as it is, whatever the clock was set to."""
        return self.time.utc_us(twin_us) - (twin_us - self._began_us.get(connector, twin_us))


def _meant(order: Order, asked: Payload) -> bool:
    """Whether a ClearChargingProfile means this one: an id decides alone (section 5.5)."""
    if "id" in asked:
        return bool(order.profile_id == asked["id"])
    has = {
        "connectorId": order.connector,
        "chargingProfilePurpose": order.purpose,
        "stackLevel": order.level,
    }
    return all(has[name] == value for name, value in asked.items())


def _nothing() -> None:
    """Nobody wants to know of a change."""
