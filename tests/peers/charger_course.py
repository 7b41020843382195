"""Any course of events at a charger: what people, mains, network and central system do to it."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.peers.charging_profiles import DEFAULT, MAX, TX, profile
from tests.peers.ordered_limits import Orders
from tests.peers.scripted_central import EPOCH
from twin.charge_point import Booking, Entry
from twin.evse_config import Cable
from twin.vehicle import Vehicle

REMOTE_TAG = "R"
"""Nobody has it on a card."""

FAULTS = ["earth_lost", "diode_shorted", "lock_jammed", "over_current", "supply_outage"]
CONNECTORS = st.sampled_from([1, 2])
TAGS = st.sampled_from(["A", "B", "CHILD", "child2", "BAD"])
KEYS = st.sampled_from(
    [
        ("StopTransactionOnInvalidId", "false"),
        ("StopTransactionOnEVSideDisconnect", "false"),
        ("UnlockConnectorOnEVSideDisconnect", "false"),
        ("AuthorizeRemoteTxRequests", "false"),
        ("MaxEnergyOnInvalidId", "100"),
        ("MinimumStatusDuration", "3"),
        ("ClockAlignedDataInterval", "60"),
        ("StopTxnSampledData", "Energy.Active.Import.Register"),
        ("LocalPreAuthorize", "true"),
    ]
)


@st.composite
def profiles(draw: st.DrawFn, *purposes: str) -> dict[str, Any]:
    """A profile that a charger takes at connector 0, 1 or 2; instants count from then on."""
    purpose = draw(st.sampled_from(purposes))
    unit, factor = draw(st.sampled_from([("A", 1.0), ("A", 1.0), ("W", 690.0)]))
    limits = st.sampled_from([0.0, 5.9, 6.0, 7.5, 10.0, 13.1, 24.0])
    starts = draw(st.lists(st.sampled_from([3, 4, 20, 61]), max_size=3, unique=True))
    kinds = ["Absolute", "Recurring"] + ["Relative"] * (purpose != MAX)
    kind = draw(st.sampled_from(kinds))
    return profile(
        *((at, round(draw(limits) * factor, 1)) for at in [0, *sorted(starts)]),
        purpose=purpose,
        kind=kind,
        level=draw(st.integers(0, 2)),
        number=draw(st.integers(1, 5)),
        unit=unit,
        phases=draw(st.sampled_from([None, None, 1])),
        start_s=draw(st.sampled_from([None, -5, 0, 30])) if kind == "Absolute" else -5,
        duration=draw(st.sampled_from([None, 10, 90])),
        **({"recurrencyKind": "Daily"} if kind == "Recurring" else {}),
    )


_CHARGE = st.tuples(st.just("charge"), CONNECTORS, TAGS)
_WAIT = st.tuples(st.just("wait"), st.sampled_from([0.05, 1, 8, 70, 400]))
_ORDER = st.tuples(st.just("set_profile"), st.sampled_from([0, 1, 2]), profiles(DEFAULT, TX, MAX))
_PEOPLE = st.one_of(
    st.tuples(st.just("plug"), CONNECTORS, st.sampled_from([13, 20, 32])),
    st.tuples(st.just("unplug"), CONNECTORS, st.booleans()),
    st.tuples(st.just("tag"), CONNECTORS, TAGS),
    st.tuples(st.just("pause"), CONNECTORS, st.booleans()),
)
_RESERVE = st.tuples(
    st.just("reserve"),
    st.sampled_from([0, 1, 2]),
    st.integers(1, 3),
    TAGS,
    st.booleans(),
    st.sampled_from([20, 600]),
)
_CALLS = st.one_of(
    st.tuples(
        st.just("remote_start"),
        st.sampled_from([None, 1, 2]),
        st.one_of(st.none(), profiles(TX)),
    ),
    st.tuples(st.just("remote_stop"), CONNECTORS),
    _RESERVE,
    st.tuples(st.just("cancel"), st.integers(1, 3)),
    st.tuples(st.just("unlock"), CONNECTORS),
    st.tuples(st.just("availability"), st.sampled_from([0, 1, 2]), st.booleans()),
    st.tuples(
        st.just("clear_profiles"),
        st.sampled_from([{}, {"id": 1}, {"id": 2}, {"connectorId": 1}, {"stackLevel": 0}]),
    ),
    st.tuples(st.just("configure"), KEYS),
    st.tuples(st.just("reset"), st.sampled_from(["Hard", "Soft"])),
)
_TROUBLE = st.one_of(
    st.tuples(st.just("network"), st.booleans()),
    st.tuples(st.just("power"), st.booleans()),
    st.tuples(st.just("restart")),
    st.tuples(st.just("fault"), CONNECTORS, st.sampled_from(FAULTS), st.booleans()),
    st.tuples(st.just("refuse"), st.booleans()),
)
_GOOD_TAGS = st.sampled_from(["A", "B", "CHILD"])
_OFF, _ON = st.just(False), st.just(True)
_PLOTS = st.one_of(
    # Who has reserved comes, or somebody else does.
    st.tuples(_RESERVE, _CHARGE),
    # Both connectors charge, and are limited.
    st.tuples(
        st.tuples(st.just("charge"), st.just(1), _GOOD_TAGS),
        st.tuples(st.just("charge"), st.just(2), _GOOD_TAGS),
        _ORDER,
        st.tuples(st.just("wait"), st.just(70)),
    ),
    # A session of which nobody hears until later.
    st.tuples(
        st.tuples(st.just("network"), _OFF), _CHARGE, _WAIT, st.tuples(st.just("network"), _ON)
    ),
    # Out of operation under somebody's hands, and back.
    st.tuples(
        st.one_of(_CHARGE, st.tuples(st.just("plug"), CONNECTORS, st.just(20))),
        st.tuples(st.just("availability"), st.sampled_from([0, 1, 2]), _OFF),
        _WAIT,
        st.tuples(st.just("availability"), st.sampled_from([0, 1, 2]), _ON),
    ),
    # Power goes in mid-charge, just after a meter value or some time after it.
    st.tuples(
        _CHARGE,
        st.tuples(st.just("trigger")),
        st.tuples(st.just("power"), _OFF),
        _WAIT,
        st.tuples(st.just("power"), _ON),
        _WAIT,
    ),
    st.tuples(_CHARGE, st.tuples(st.just("reset"), st.sampled_from(["Hard", "Soft"])), _WAIT),
    st.tuples(
        _CHARGE, st.tuples(st.just("fault"), CONNECTORS, st.sampled_from(FAULTS), _ON), _WAIT
    ),
)
_SINGLE = st.sampled_from(
    # What happens most is charging.
    [*[_CHARGE] * 3, *[_ORDER] * 2, *[_WAIT] * 2, *[_PEOPLE] * 2, *[_CALLS] * 3, _TROUBLE]
).flatmap(st.tuples)
COURSES = st.lists(
    st.sampled_from([_SINGLE] * 3 + [_PLOTS]).flatmap(lambda kind: kind), min_size=5, max_size=14
).map(lambda plots: [action for plot in plots for action in plot])


class Course:
    """Plays a course of actions at a charger with two connectors, the first of them a socket.

    Attributes:
        orders: What the charger was told of limits, and has accepted.
        cable_a: What the cable of each connector may carry.
    """

    def __init__(self, rig: Any, refusal: Any) -> None:
        self.rig, self.refusal = rig, refusal
        self.orders = Orders()
        self.cable_a = {1: 0, 2: 32}
        self._promised: set[int] = set()
        self._refusing = False
        self._faults: set[tuple[int, str]] = set()
        rig.central.tags = {
            "BAD": {"status": "Blocked"},
            "CHILD": {"status": "Accepted", "parentIdTag": "GROUP"},
            "child2": {"status": "Accepted", "parentIdTag": "Group"},
        }
        for action in ("MeterValues", "StopTransaction"):
            rig.central.answers[action] = self._maybe_refuse
        self._listen()
        rig.central.on_call = self._called

    @property
    def now_s(self) -> float:
        return float(self.rig.clock.now_us / 1e6)

    async def play(self, actions: list[tuple[Any, ...]]) -> None:
        for name, *arguments in actions:
            await getattr(self, f"_{name}")(*arguments)
            await self.rig.run(0.3)
        await self._come_to_rest()

    async def _come_to_rest(self) -> None:
        rig = self.rig
        self._refusing = False
        for connector, name in list(self._faults):
            await self._fault(connector, name, there=False)
        for connector in (1, 2):
            await self._unplug(connector, at_vehicle=False)
        await self._power(on=True)
        await self._network(up=True)
        await rig.until(lambda: rig.cp.online, 1_000)
        await rig.until(lambda: rig.cp.queued == 0, 2_000)
        for connector in (1, 2):
            await self._remote_stop(connector)
        await rig.run(30)
        await rig.until(lambda: rig.cp.queued == 0, 2_000)

    # --- what the test learns of limits ---

    def _listen(self) -> None:
        self.rig.cp.on_booking(self._booked)

    def _booked(self, booking: Booking) -> None:
        record = booking.record
        if booking.entry is Entry.START:
            self._begun(record.connector, record.id_tag)
        elif booking.entry is Entry.STOP:
            self.orders.end(record.connector)

    def _begun(self, number: int, id_tag: str) -> None:
        if number not in self._promised or id_tag != REMOTE_TAG:
            self.orders.end(number)  # what it was promised for has not come
        self._promised.discard(number)
        self.orders.began_s[number] = self.now_s

    def _called(self, action: str, payload: Any) -> None:
        if action == "BootNotification":
            for number in (1, 2):
                self._forget_promise(number)  # nobody's permission outlives a boot

    def _forget_promise(self, connector: int) -> None:
        if connector in self._promised:
            self._promised.discard(connector)
            self.orders.end(connector)

    def _maybe_refuse(self, _: Any) -> dict[str, Any]:
        if self._refusing:
            raise self.refusal("InternalError")
        return {}

    # --- people ---

    async def _plug(self, connector: int, rating_a: int = 32) -> None:
        evse = self.rig.evses[connector - 1]
        if not evse.plugged:
            brought = None if self.cable_a[connector] else Cable(rating_a=rating_a)
            evse.plug_in(Vehicle("byd-atto-3", soc_percent=40.0), brought)
            if brought is not None:
                self.cable_a[connector] = rating_a

    async def _unplug(self, connector: int, at_vehicle: bool) -> None:
        evse = self.rig.evses[connector - 1]
        if evse.plugged:
            evse.unplug(by_force=True, at_vehicle=at_vehicle)
            await self.rig.run(1)
        elif connector == 1 and self.cable_a[1] and not at_vehicle:
            evse.take_cable(by_force=True)
        if connector == 1 and not at_vehicle:
            self.cable_a[1] = 0

    async def _tag(self, connector: int, id_tag: str) -> None:
        self.rig.tag(id_tag, connector)

    async def _charge(self, connector: int, id_tag: str) -> None:
        """What most people do."""
        await self._plug(connector)
        await self.rig.run(1)
        await self._tag(connector, id_tag)
        await self.rig.run(8)

    async def _pause(self, connector: int, pausing: bool) -> None:
        vehicle = self.rig.evses[connector - 1].vehicle
        if vehicle is not None:
            vehicle.pause() if pausing else vehicle.resume()

    # --- the central system ---

    async def _ask(self, action: str, payload: dict[str, Any]) -> str | None:
        if self.rig.cp.online:
            # A charger that is just being reset may be gone before it has answered.
            with contextlib.suppress(ConnectionError):
                return (await self.rig.ask(action, payload)).get("status")  # type: ignore[no-any-return]
        return None

    async def _remote_start(self, connector: int | None, wanted: dict[str, Any] | None) -> None:
        payload: dict[str, Any] = {"idTag": REMOTE_TAG}
        if connector is not None:
            payload["connectorId"] = connector
        if connector is not None and wanted is not None:
            payload["chargingProfile"] = wanted = self._moved(wanted)
        if await self._ask("RemoteStartTransaction", payload) != "Accepted":
            return
        for number in (1, 2) if connector is None else (connector,):
            self._forget_promise(number)
        if connector is not None and wanted is not None:
            self.orders.install(connector, wanted, self.now_s)
            if connector not in self.orders.began_s:
                self._promised.add(connector)

    async def _remote_stop(self, connector: int) -> None:
        number = self.rig.cp.transaction_id(connector)
        if number is not None:
            await self._ask("RemoteStopTransaction", {"transactionId": number})

    async def _reserve(
        self, connector: int, number: int, id_tag: str, grouped: bool, seconds: int
    ) -> None:
        expiry = EPOCH + timedelta(seconds=self.now_s + seconds)
        wanted = {
            "connectorId": connector,
            "reservationId": number,
            "idTag": id_tag,
            "expiryDate": expiry.isoformat(),
        }
        await self._ask("ReserveNow", wanted | ({"parentIdTag": "GROUP"} if grouped else {}))

    async def _cancel(self, number: int) -> None:
        await self._ask("CancelReservation", {"reservationId": number})

    async def _unlock(self, connector: int) -> None:
        await self._ask("UnlockConnector", {"connectorId": connector})

    async def _availability(self, connector: int, operative: bool) -> None:
        kind = "Operative" if operative else "Inoperative"
        await self._ask("ChangeAvailability", {"connectorId": connector, "type": kind})

    async def _set_profile(self, connector: int, wanted: dict[str, Any]) -> None:
        purpose = wanted["chargingProfilePurpose"]
        place = 0 if purpose == MAX else max(connector, 1) if purpose == TX else connector
        wanted = self._moved(wanted)
        payload = {"connectorId": place, "csChargingProfiles": wanted}
        if await self._ask("SetChargingProfile", payload) == "Accepted":
            self.orders.install(place, wanted, self.now_s)

    async def _clear_profiles(self, asked: dict[str, Any]) -> None:
        if await self._ask("ClearChargingProfile", asked) == "Accepted":
            self.orders.clear(asked)

    def _moved(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Let a schedule begin so many seconds after now as it did after the twin's epoch."""
        schedule = dict(wanted["chargingSchedule"])
        if "startSchedule" in schedule:
            moment = datetime.fromisoformat(schedule["startSchedule"])
            moment += timedelta(seconds=int(self.now_s))
            schedule["startSchedule"] = moment.isoformat().replace("+00:00", "Z")
        return {**wanted, "chargingSchedule": schedule}

    async def _trigger(self) -> None:
        await self._ask("TriggerMessage", {"requestedMessage": "MeterValues"})

    async def _configure(self, setting: tuple[str, str]) -> None:
        key, value = setting
        await self._ask("ChangeConfiguration", {"key": key, "value": value})

    async def _reset(self, kind: str) -> None:
        await self._ask("Reset", {"type": kind})

    async def _refuse(self, refusing: bool) -> None:
        self._refusing = refusing

    # --- network, mains, faults, time ---

    async def _network(self, up: bool) -> None:
        self.rig.cp.restore_network() if up else self.rig.cp.cut_network()

    async def _power(self, on: bool) -> None:
        if on and not self.rig.evses[0].powered:
            self.rig.cp.restore_power()
        elif not on and self.rig.evses[0].powered:
            self.rig.cp.cut_power()

    async def _restart(self) -> None:
        if self.rig.cp.running:
            self.rig.cp.kill()
            await self.rig.driver.settle()
            self.rig.cp.start()

    async def _fault(self, connector: int, name: str, there: bool) -> None:
        if ((connector, name) in self._faults) is there:
            return
        evse = self.rig.evses[connector - 1]
        if there:
            self._faults.add((connector, name))
            evse.inject(name)
        else:
            self._faults.discard((connector, name))
            evse.clear(name)

    async def _wait(self, seconds: float) -> None:
        await self.rig.run(seconds)
