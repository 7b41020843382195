"""Laws of a charger, judged by what instruments at its plugs and its central system see."""

from __future__ import annotations

from collections import deque
from functools import partial
from math import inf
from typing import Any

from hypothesis import note

from tests.peers.charger_course import Course
from tests.peers.ordered_limits import LINE_V, Said, amperes

TABLE = """
Available:     Preparing Charging SuspendedEV SuspendedEVSE Reserved Unavailable Faulted
Preparing:     Available Charging SuspendedEV SuspendedEVSE Finishing Faulted
Charging:      Available SuspendedEV SuspendedEVSE Finishing Unavailable Faulted
SuspendedEV:   Available Charging SuspendedEVSE Finishing Unavailable Faulted
SuspendedEVSE: Available Charging SuspendedEV Finishing Unavailable Faulted
Finishing:     Available Preparing Unavailable Faulted
Reserved:      Available Preparing Unavailable Faulted
Unavailable:   Available Preparing Charging SuspendedEV SuspendedEVSE Faulted
Faulted:       Available Preparing Charging SuspendedEV SuspendedEVSE Finishing Reserved Unavailable
"""
"""OCPP 1.6 section 4.9, with B6 of errata 3.20."""

ALLOWED = {
    start.strip(): set(ends.split())
    for start, _, ends in (line.partition(":") for line in TABLE.strip().splitlines())
}

KEYS = {
    "AllowOfflineTxForUnknownId": "true",
    "MeterValueSampleInterval": "50",
    "ConnectionTimeOut": "45",
    "TransactionMessageRetryInterval": "20",
    "TransactionMessageAttempts": "50",
}

LOOK_S = 0.5
FOLLOW_S = 5.0 + LOOK_S + 0.3
"""What is offered follows within 5 s (IEC 61851-1 Table A.6); a look, and the latency of an
answer, which the charger's clock lags behind."""

REGISTER_LOSS_WH = 31
"""What a power cut may cost the register: 10 s at 11 kW."""


async def play_course(
    rig: Any, kind: type[Course], refusal: Any, actions: list[tuple[Any, ...]], **boot: Any
) -> None:
    """Play a course at a charger of a socket and a tethered cable, and judge it by the laws.

    Args:
        rig: Without a charger yet.
        kind: Of the course.
        refusal: Makes a refusal of the central system.
        actions: What happens, as from `COURSES`.
        boot: What else the charger is built with.
    """
    await rig.central.start()
    rig.add_evse(seed=1, kind="socket")
    rig.add_evse(seed=2)
    await rig.boot(configuration=KEYS, **boot)
    course = kind(rig, refusal)
    watch = Watch(rig, course)
    try:
        await course.play(actions)
    finally:
        note(f"events: {rig.events}")
        await rig.cp.close()
        await rig.central.stop()
    assert rig.central.violations == []
    watch.judge()
    transactions_are_whole(rig)


class Watch:
    """Looks at the plugs of a charger, and at what its central system hears of them.

    Args:
        rig: With the charger.
        course: That is played there.
    """

    def __init__(self, rig: Any, course: Course) -> None:
        self._rig, self._course = rig, course
        self._wrong: list[str] = []
        self._past: deque[tuple[float, dict[int, float], tuple[float, str]]] = deque()
        self._over_since_s: float | None = None
        self._shown: dict[int, str] = {}
        self._heard = 0
        rig.charge_point.on_event(self._event)
        # What is allowed for a moment between two looks may be offered for as long as any offer.
        course.orders.changed = self._note_limits
        self._look()

    def judge(self) -> None:
        """See that nothing was wrong."""
        self._statuses()
        assert not self._wrong, "\n".join(self._wrong)

    def _complain(self, text: str) -> None:
        self._wrong.append(f"{self._course.now_s:.1f} s: {text}")

    # --- statuses ---

    def _event(self, event: Any) -> None:
        if event.text == "connected" or event.text.startswith("not connected"):
            # What happened while nobody listened is not told.
            self._statuses()
            self._shown.clear()

    def _statuses(self) -> None:
        """Between two losses of the link each status may follow the one before it."""
        calls = self._rig.central.calls
        for action, told in calls[self._heard :]:
            if action != "StatusNotification":
                continue
            number, status = told["connectorId"], told["status"]
            before = self._shown.get(number, status)
            if status != before and status not in ALLOWED[before]:
                self._complain(f"connector {number} went from {before} to {status}")
            if number == 0 and status not in {"Available", "Unavailable", "Faulted"}:
                self._complain(f"the charge point itself is {status}")
            healthy = told["errorCode"] == "NoError"
            if healthy is (status == "Faulted") and told["errorCode"] not in {
                "EVCommunicationError",
                "LocalListConflict",
            }:
                self._complain(f"connector {number} is {status} with {told['errorCode']}")
            self._shown[number] = status
        self._heard = len(calls)

    # --- what flows, and what is offered ---

    def _note_limits(self) -> dict[int, int]:
        """Note what is allowed at this instant, and return the phases that each connector uses."""
        course, now_s = self._course, self._course.now_s
        limits, phases, cap = {}, {}, self._cap()
        for number, evse in enumerate(self._rig.evses, 1):
            said = course.orders.of_connector(number, now_s)
            phases[number] = self._phases(said, cap[1], evse.config.phases)
            limits[number] = min(
                amperes(said, phases[number]), evse.config.rating_a, course.cable_a[number] or inf
            )
        self._past.append((now_s, limits, cap[0]))
        while self._past[0][0] < now_s - FOLLOW_S:
            self._past.popleft()
        return phases

    def _look(self) -> None:
        rig, phases = self._rig, self._note_limits()
        offers = {number: _offered_a(evse) for number, evse in enumerate(rig.evses, 1)}
        for number, offer_a in offers.items():
            if self._flows_unasked(number):
                # The arc of parting contacts outlives the transaction by some milliseconds.
                rig.clock.after(100_000, partial(self._permitted, number))
            most_a = max(past[number] for _, past, _ in self._past)
            if offer_a > max(most_a, 0.0) + 0.1:
                self._complain(f"connector {number} offers {offer_a:.2f} A of {most_a} A")
        self._shared(offers, phases)
        rig.clock.after(int(LOOK_S * 1e6), self._look)

    def _flows_unasked(self, number: int) -> bool:
        """Energy is for a transaction alone."""
        evse, cp = self._rig.evses[number - 1], self._rig.cp
        return evse.pole_closed() and evse.current_a() > 0.1 and not cp.in_transaction(number)

    def _permitted(self, number: int) -> None:
        if self._flows_unasked(number):
            self._complain(f"energy flows at connector {number} without a transaction")

    def _cap(self) -> tuple[tuple[float, str], Said | None]:
        said = self._course.orders.of_charge_point(self._course.now_s)
        return ((inf, "A") if said is None else (said.limit, said.unit)), said

    @staticmethod
    def _phases(said: Said | None, cap: Said | None, there: int) -> int:
        wanted = min(each.phases for each in (said, cap, Said("A", 0, 3)) if each is not None)
        return 1 if wanted < 3 and there == 3 else there

    def _shared(self, offers: dict[int, float], phases: dict[int, int]) -> None:
        """All together keep what limits the charge point (section 3.13.1).

        But for as long as an offer takes to follow: who has just been given all of it cannot be
        lowered before 5 s are over, and another who starts meanwhile does not wait for that.
        """
        units = {unit for _, _, (_, unit) in self._past}
        caps = [cap for _, _, (cap, _) in self._past]
        if len(units) > 1:
            self._over_since_s = None  # the change from one unit to the other
            return
        in_watts = units == {"W"}
        taken = sum(
            offer * (LINE_V * phases[number] if in_watts else 1) for number, offer in offers.items()
        )
        now_s = self._course.now_s
        if taken <= max(caps) * 1.005 + 0.2:
            self._over_since_s = None
        elif self._over_since_s is None:
            self._over_since_s = now_s
        elif now_s - self._over_since_s > FOLLOW_S:
            self._complain(f"{offers} are offered together, {max(caps)} {units} are allowed")


def _offered_a(evse: Any) -> float:
    """Return what the duty at the plug says, A per phase (IEC 61851-1 Table A.8)."""
    percent = evse.pilot_duty_percent()
    if percent is None or percent < 8:
        return 0.0
    return float(percent * 0.6 if percent <= 85 else (percent - 64) * 2.5)


def transactions_are_whole(rig: Any) -> None:
    """Each start has one stop, each meter value lies between, and energy is paid for."""
    distinct: list[tuple[str, Any]] = []
    for call in rig.central.calls:
        # Meter values outside a transaction are sent as they are asked for, past the queue.
        of_one = call[0] == "MeterValues" and "transactionId" in call[1]
        if of_one or call[0] in {"StartTransaction", "StopTransaction"}:
            if call not in distinct:
                distinct.append(call)
            else:
                assert call == distinct[-1], "only the last message may come again"
    open_on: dict[int, int] = {}
    started: dict[int, Any] = {}
    register_wh = {1: 0.0, 2: 0.0}
    paid_wh = 0
    number = 99
    for name, payload in distinct:
        if name == "StartTransaction":
            number += 1
            assert payload["connectorId"] not in open_on
            open_on[payload["connectorId"]] = number
            started[number] = payload
            connector, shown_wh = payload["connectorId"], [payload["meterStart"]]
        elif name == "StopTransaction":
            begun = started.pop(payload["transactionId"])
            connector = begun["connectorId"]
            assert open_on.pop(connector) == payload["transactionId"]
            assert payload["timestamp"] >= begun["timestamp"]
            paid_wh += payload["meterStop"] - begun["meterStart"]
            shown_wh = [payload["meterStop"]]
            kept = _registers_wh(payload.get("transactionData", []))
            assert kept == sorted(kept)
            assert all(begun["meterStart"] <= each <= payload["meterStop"] for each in kept)
        else:
            connector = payload["connectorId"]
            assert open_on[connector] == payload["transactionId"]
            shown_wh = _registers_wh(payload["meterValue"])
        for each in shown_wh:
            assert each >= register_wh[connector], f"connector {connector} counts back: {name}"
            register_wh[connector] = each
    assert not started
    flown_wh = sum(evse.energy_wh() for evse in rig.evses)
    cuts = rig.events.count("connected") + 1
    slack_wh = cuts * REGISTER_LOSS_WH * len(rig.evses) + 0.02 * flown_wh + 2 * (number - 98)
    assert abs(flown_wh - paid_wh) <= slack_wh


def _registers_wh(meter_values: list[Any]) -> list[float]:
    return [
        float(each["value"])
        for meter_value in meter_values
        for each in meter_value["sampledValue"]
        if each.get("measurand", "Energy.Active.Import.Register") == "Energy.Active.Import.Register"
    ]
