"""Charge points that are wrong in what they tell the central system."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hil.targets.build import Build
from scenarios.wrong.entry import Wrong
from twin.charge_point import ChargePoint, Status
from twin.charge_point.calls import Respond
from twin.charge_point.running import Running
from twin.charge_point.status import Shown
from twin.evse import Evse

Payload = dict[str, Any]
Tell = Callable[[str, Payload], list[Payload]]
"""What becomes of a transaction message (action and payload) on its way into the queue."""


def each_run(change: Callable[[Running], None]) -> Build:
    """Return a build whose charge point's software is changed at each of its boots."""

    def build(charge_point: ChargePoint) -> None:
        start = charge_point.start

        def start_wrong() -> None:
            start()
            running = charge_point._running
            assert running is not None
            change(running)

        charge_point.start = start_wrong  # type: ignore[method-assign]

    return Build(charge_point=build)


def telling(tell: Callable[[Running], Tell]) -> Build:
    """Return a build whose transaction messages go through what `tell` makes at each boot."""

    def change(running: Running) -> None:
        queue = running.context.queue
        add, told = queue.add, tell(running)

        def add_wrong(database: Any, action: str, payload: Payload, local_id: int | None) -> None:
            for changed in told(action, payload):
                add(database, action, changed, local_id)

        queue.add = add_wrong  # type: ignore[method-assign]

    return each_run(change)


def _whole_kwh(_: Running) -> Tell:
    def tell(action: str, payload: Payload) -> list[Payload]:
        if action == "StopTransaction":
            return [payload | {"meterStop": payload["meterStop"] // 1000 * 1000}]
        return [payload]

    return tell


def _starts_twice(_: Running) -> Tell:
    def tell(action: str, payload: Payload) -> list[Payload]:
        if action != "StartTransaction":
            return [payload]
        later = datetime.fromisoformat(payload["timestamp"]) - timedelta(seconds=2)
        earlier = later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return [payload | {"timestamp": earlier}, payload]

    return tell


def _reason_other(_: Running) -> Tell:
    def tell(action: str, payload: Payload) -> list[Payload]:
        return [payload | {"reason": "Other"}] if action == "StopTransaction" else [payload]

    return tell


def _no_samples_offline(running: Running) -> Tell:
    def tell(action: str, payload: Payload) -> list[Payload]:
        return [] if action == "MeterValues" and not running.calls.online else [payload]

    return tell


def _register_wavers(_: Running) -> Tell:
    count = 0

    def tell(action: str, payload: Payload) -> list[Payload]:
        nonlocal count
        if action != "MeterValues":
            return [payload]
        count += 1
        if count % 2:
            for value in payload["meterValue"][0]["sampledValue"]:
                if value.get("measurand", "Energy.Active.Import.Register").endswith("Register"):
                    value["value"] = str(max(0, int(float(value["value"])) - 500))
        return [payload]

    return tell


def _finishes_first(running: Running) -> None:
    notify = running.status._notify

    def notify_wrong(number: int, shown: Shown, *, triggered: bool = False) -> None:
        if shown.status is Status.PREPARING:
            shown = Shown(Status.FINISHING, shown.error_code, shown.info)
        notify(number, shown, triggered=triggered)

    running.status._notify = notify_wrong  # type: ignore[method-assign]


def _resets_controllers_first(running: Running) -> None:
    reset = running.calls.handlers["Reset"]

    def reset_wrong(payload: Payload, respond: Respond) -> None:
        for connector in running.context.connectors:
            connector.evse.reset_controller()
        reset(payload, respond)

    running.calls.handlers["Reset"] = reset_wrong


def _permits_late(evse: Evse) -> None:
    command = evse.command

    def command_late(**changes: Any) -> None:
        if changes.get("permitted"):
            evse.clock.after(8_000_000, lambda: command(**changes))
        else:
            command(**changes)

    evse.command = command_late  # type: ignore[method-assign]


def _permits_any_tag(evse: Evse) -> None:
    evse.on_tag(lambda _: evse.command(permitted=True, limit_a=evse.config.rating_a))


def _limits_late(evse: Evse) -> None:
    command = evse.command

    def command_late(**changes: Any) -> None:
        if "limit_a" in changes and "permitted" not in changes:
            evse.clock.after(30_000_000, lambda: command(**changes))
        else:
            command(**changes)

    evse.command = command_late  # type: ignore[method-assign]


def _forgets_profiles(running: Running) -> None:
    running.calls.handlers["ClearChargingProfile"]({}, lambda _: None)


ENTRIES = (
    Wrong(
        "stops-in-whole-kwh", "OCPP16.SESSION_ENERGY", "it rounds the last register to kWh",
        telling(_whole_kwh),
    ),
    Wrong(
        "starts-twice", "OCPP16.ONE_SESSION", "it sends every start twice, at two instants",
        telling(_starts_twice),
        {
            "OCPP16.STOP_REASON": "the first of the two never ends",
            "OCPP16.SESSION_ENERGY": "the first of the two has meter values as well",
        },
    ),
    Wrong(
        "reason-other", "OCPP16.STOP_REASON", "it ends every session for another reason",
        telling(_reason_other),
    ),
    Wrong(
        "finishing-first", "OCPP16.STATUS_SEQUENCE", "it goes from Available to Finishing",
        each_run(_finishes_first),
    ),
    Wrong(
        "forgetful-offline", "OCPP16.METER_VALUES_COMPLETE", "it drops meter values while offline",
        telling(_no_samples_offline),
    ),
    Wrong(
        "register-wavers", "OCPP16.METER_VALUES_MONOTONIC",
        "every other meter value is 500 Wh too low",
        telling(_register_wavers),
    ),
    Wrong(
        "slow-remote-start", "OCPP16.REMOTE_START", "it lets 8 s pass before it permits",
        Build(plant=_permits_late),
    ),
    Wrong(
        "resets-under-load", "OCPP16.RESET_WITHOUT_LOAD",
        "it resets its controllers while the vehicle draws",
        each_run(_resets_controllers_first),
    ),
    Wrong(
        "any-tag", "OCPP16.UNKNOWN_TAG", "it gives energy to any tag",
        Build(plant=_permits_any_tag),
        {
            "OCPP16.BLOCKED_TAG": "the same, offline",
            "OCPP16.RESERVED_FOR_ANOTHER": "the same, where another one has reserved",
        },
    ),
    Wrong(
        "limits-late", "OCPP16.PROFILE_FOLLOWED", "it takes 30 s to set a limit",
        Build(plant=_limits_late),
        {"OCPP16.PROFILE_KEPT": "the same limits, after a restart"},
    ),
    Wrong(
        "forgets-profiles", "OCPP16.PROFILE_KEPT", "it has no charging profiles after a boot",
        each_run(_forgets_profiles),
    ),
)  # fmt: skip
"""The wrong charge points."""
