"""Charge points that are wrong on the wire: frames, calls, answers, and their order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hil.targets.build import Build
from scenarios.wrong.charge_point import Payload, Tell, each_run, telling
from scenarios.wrong.entry import Wrong
from twin.charge_point.calls import OnOutcome, Outcome, Registration
from twin.charge_point.running import Running
from twin.charge_point.status import Shown

Send = Callable[..., None]
"""Sends a text; `call` names the action of one that awaits an answer."""


def _sending(wrong: Callable[[Send, str, str], None]) -> Build:
    """Return a build whose frames go through `wrong`: how to send, the text, and its action."""

    def change(running: Running) -> None:
        connection = running.connection
        send = connection.send

        def send_wrong(text: str, *, call: str = "") -> None:
            wrong(send, text, call)

        connection.send = send_wrong  # type: ignore[method-assign]

    return each_run(change)


def _five_elements(send: Send, text: str, call: str) -> None:
    # Those after a boot are as they should be: a frame that cannot be read tells no status.
    wrong = call == "StatusNotification" and '"Charging"' in text
    send(text[:-1] + ",{}]" if wrong else text, call=call)


def _long_info(send: Send, text: str, call: str) -> None:
    if call == "StatusNotification":
        frame = json.loads(text)
        frame[3]["info"] = "all is well, and nothing else is to be told of this connector"
        text = json.dumps(frame)
    send(text, call=call)


def _impatient(send: Send, text: str, call: str) -> None:
    send(text, call=call)
    if call == "StatusNotification":
        unique_id = json.loads(text)[1]
        send(json.dumps([2, f"{unique_id}b", "Heartbeat", {}]))


def _answers_unasked(send: Send, text: str, call: str) -> None:
    send(text, call=call)
    if call == "BootNotification":
        send(json.dumps([3, "of-the-last-connection", {"status": "Accepted"}]))


def _same_id(running: Running) -> None:
    send = running.calls.send

    def send_wrong(action: str, *arguments: Any, **options: Any) -> None:
        if action == "StatusNotification":
            running.calls._count = 0
        send(action, *arguments, **options)

    running.calls.send = send_wrong  # type: ignore[method-assign]


def _heartbeat_first(running: Running) -> None:
    calls, boot = running.calls, running._boot
    send = boot._send

    def send_wrong() -> None:
        def then(_: Outcome) -> None:
            send()

        calls.registration = Registration.ACCEPTED
        calls.send("Heartbeat", {}, then)
        calls.registration = Registration.NONE

    boot._send = send_wrong  # type: ignore[method-assign]


def _silent_on_itself(running: Running) -> None:
    notify = running.status._notify

    def notify_wrong(number: int, shown: Shown, *, triggered: bool = False) -> None:
        if number:
            notify(number, shown, triggered=triggered)

    running.status._notify = notify_wrong  # type: ignore[method-assign]


def _newest_first(_: Running) -> Tell:
    kept: list[Payload] = []

    def tell(action: str, payload: Payload) -> list[Payload]:
        if action == "MeterValues" and not kept:
            kept.append(payload)
            return []
        if action != "MeterValues":
            return [payload]
        late = kept.copy()
        kept.clear()
        return [payload, *late]

    return tell


def _values_after_stop(running: Running) -> None:
    calls = running.calls
    next_queued = calls.next_queued

    def next_wrong() -> tuple[str, Payload, OnOutcome] | None:
        queued = next_queued()
        if queued is None or queued[0] != "StopTransaction":
            return queued
        action, payload, on_outcome = queued

        def then(outcome: Outcome) -> None:
            on_outcome(outcome)
            sample = {"value": "0", "measurand": "Power.Active.Import", "unit": "W"}
            value = {"timestamp": running.context.stamp(), "sampledValue": [sample]}
            late = {
                "connectorId": 1,
                "transactionId": payload["transactionId"],
                "meterValue": [value],
            }
            calls.send("MeterValues", late, lambda _: None)

        return action, payload, then

    calls.next_queued = next_wrong


ENTRIES = (
    Wrong(
        "five-elements", "OCPP16.WIRE_FRAMES", "some of its statuses have a fifth element",
        _sending(_five_elements),
    ),
    Wrong(
        "long-info", "OCPP16.WIRE_SCHEMA", "its statuses have more to say than 50 characters",
        _sending(_long_info),
    ),
    Wrong(
        "waits-for-no-answer", "OCPP16.WIRE_ONE_CALL", "it sends a heartbeat right behind a status",
        _sending(_impatient),
    ),
    Wrong(
        "same-id", "OCPP16.WIRE_UNIQUE_IDS", "its statuses have all the same id",
        each_run(_same_id),
    ),
    Wrong(
        "answers-unasked", "OCPP16.WIRE_ANSWERS", "it answers a call of its last connection",
        _sending(_answers_unasked),
    ),
    Wrong(
        "heartbeat-first", "OCPP16.WIRE_BOOT_FIRST", "it sends a heartbeat before its boot",
        each_run(_heartbeat_first),
    ),
    Wrong(
        "silent-on-itself", "OCPP16.WIRE_STATUS_AFTER_BOOT", "it tells no status of connector 0",
        each_run(_silent_on_itself),
    ),
    Wrong(
        "newest-first", "OCPP16.WIRE_TRANSACTION_ORDER",
        "of two meter values it sends the newer one first",
        telling(_newest_first),
        {"OCPP16.METER_VALUES_COMPLETE": "the last of an odd number waits for a newer one"},
    ),
    Wrong(
        "values-after-stop", "OCPP16.WIRE_AFTER_STOP", "it sends meter values behind the stop",
        each_run(_values_after_stop),
    ),
)  # fmt: skip
"""The wrong charge points."""
