"""Each rule of the wire finds what breaks it, in recordings made by hand, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hil.wire.recording import Recording, Way
from hil.wire.rules import RULES, judge

S = 1_000_000


class Story:
    """A recording that is written by hand: a boot, and a session where one is wanted."""

    def __init__(self) -> None:
        self.recording = Recording()
        self.now_s = 0.0
        self.link = 1
        self.count = 0
        self.recording.add(0, 1, "<", "open", "ocpp1.6")

    def put(self, way: Way, *elements: Any) -> None:
        self.recording.add(int(self.now_s * S), self.link, way, "message", json.dumps(elements))

    def ask(self, action: str, payload: dict[str, Any], way: Way = ">") -> str:
        self.count += 1
        self.put(way, 2, f"id-{self.count}", action, payload)
        return f"id-{self.count}"

    def exchange(
        self,
        action: str,
        payload: dict[str, Any],
        answer: dict[str, Any] | None = None,
        way: Way = ">",
    ) -> None:
        unique_id = self.ask(action, payload, way)
        self.put("<" if way == ">" else ">", 3, unique_id, answer or {})

    def boot(self, status: str = "Accepted", interval: int = 300) -> None:
        answer = {"status": status, "interval": interval, "currentTime": stamp(self.now_s)}
        self.exchange(
            "BootNotification", {"chargePointVendor": "v", "chargePointModel": "m"}, answer
        )

    def statuses(self, *connectors: int) -> None:
        for connector in connectors:
            status = {"connectorId": connector, "status": "Available", "errorCode": "NoError"}
            self.exchange("StatusNotification", status)

    def start(self, number: int = 7, connector: int = 1) -> None:
        payload = {
            "connectorId": connector,
            "idTag": "T",
            "meterStart": 0,
            "timestamp": stamp(self.now_s),
        }
        answer = {"transactionId": number, "idTagInfo": {"status": "Accepted"}}
        self.exchange("StartTransaction", payload, answer)

    def values(
        self, at_s: float | None = None, number: int = 7, connector: int = 1, **sample: str
    ) -> None:
        moment = stamp(self.now_s if at_s is None else at_s)
        value = {"timestamp": moment, "sampledValue": [{"value": "12", **sample}]}
        payload = {"connectorId": connector, "transactionId": number, "meterValue": [value]}
        self.exchange("MeterValues", payload)

    def stop(self, number: int = 7, *, answered: bool = True, at_s: float = 100) -> None:
        payload = {"transactionId": number, "meterStop": 10, "timestamp": stamp(at_s)}
        if answered:
            self.exchange("StopTransaction", payload)
        else:
            self.ask("StopTransaction", payload)

    def later(self, seconds: float) -> None:
        self.now_s += seconds

    def reconnect(self) -> None:
        self.recording.add(int(self.now_s * S), self.link, ">", "gone")
        self.link += 1
        self.recording.add(int(self.now_s * S), self.link, "<", "open", "ocpp1.6")

    def connect(self, how: str, *, opens: bool = True) -> None:
        self.recording.add(int(self.now_s * S), self.link, ">", "gone")
        self.link += 1
        self.recording.add(int(self.now_s * S), self.link, ">", "request", how)
        end = ("open", "ocpp1.6") if opens else ("refused", "403 Forbidden")
        self.recording.add(int(self.now_s * S), self.link, "<", *end)

    def update(self) -> None:
        order = {"location": "http://h/f", "retrieveDate": stamp(self.now_s)}
        self.exchange("UpdateFirmware", order, way="<")

    def firmware(self, *statuses: str) -> None:
        for status in statuses:
            self.exchange("FirmwareStatusNotification", {"status": status})

    def secure_update(self, number: int, status: str = "Accepted") -> None:
        firmware = {
            "location": "http://h/f",
            "retrieveDateTime": stamp(self.now_s),
            "signingCertificate": "-----BEGIN CERTIFICATE-----",
            "signature": "MEUC",
        }
        order = {"requestId": number, "firmware": firmware}
        self.exchange("SignedUpdateFirmware", order, {"status": status}, way="<")

    def secure_firmware(self, number: int, *statuses: str) -> None:
        for status in statuses:
            told = {"status": status, "requestId": number}
            self.exchange("SignedFirmwareStatusNotification", told)

    def offers(self, text: str) -> None:
        self.recording.add(int(self.now_s * S), self.link, ">", "offer", text)

    def power_cut(self) -> None:
        self.recording.add(int(self.now_s * S), 0, ">", "power")
        self.reconnect()

    def broken(self) -> dict[str, list[str]]:
        self.later(20)
        self.recording.add(int(self.now_s * S), self.link, ">", "ping")
        found = judge(self.recording, connectors=1)
        return {rule: [each.text for each in breaks] for rule, breaks in found.items() if breaks}


def stamp(second: float) -> str:
    return f"2026-01-01T00:{int(second) // 60:02}:{int(second) % 60:02}Z"


ECDSA = "ECDHE-ECDSA-AES128-GCM-SHA256, ECDHE-ECDSA-AES256-GCM-SHA384"


def story() -> Story:
    """Return a charger that is online."""
    made = Story()
    made.boot()
    made.statuses(0, 1)
    return made


def test_a_day_without_fault_breaks_no_rule() -> None:
    made = story()
    made.exchange("Authorize", {"idTag": "T"}, {"idTagInfo": {"status": "Accepted"}})
    made.start()
    made.later(60)
    made.values()
    made.exchange("Reset", {"type": "Soft"}, {"status": "Accepted"}, way="<")
    made.later(40)
    made.stop()
    made.reconnect()
    made.boot("Pending")
    trigger = {"requestedMessage": "StatusNotification"}
    made.exchange("TriggerMessage", trigger, {"status": "Accepted"}, way="<")
    made.statuses(0, 1)
    made.later(300)
    made.boot()
    made.statuses(1, 0)
    made.power_cut()
    made.boot()
    made.statuses(0, 1)
    assert made.broken() == {}


def test_calls_of_the_two_sides_may_cross() -> None:
    made = story()
    ours = made.ask("Heartbeat", {})
    theirs = made.ask("ClearCache", {}, "<")
    made.put(">", 3, theirs, {"status": "Accepted"})
    made.put("<", 3, ours, {"currentTime": stamp(1)})
    assert made.broken() == {}


def test_a_call_that_nobody_answers_for_30_s_may_be_followed_by_another() -> None:
    made = story()
    made.ask("Heartbeat", {})
    made.later(30)
    made.exchange("Heartbeat", {}, {"currentTime": stamp(1)})
    assert made.broken() == {}


def test_the_same_messages_may_come_again_where_their_answer_got_lost() -> None:
    made = story()
    made.start()
    made.later(100)
    made.stop(answered=False)
    made.reconnect()
    made.stop()
    assert made.broken() == {}


def test_what_the_central_system_triggers_may_overtake_the_queue() -> None:
    made = story()
    made.start()
    made.values(at_s=50, context="Trigger")
    made.values(at_s=40)
    assert made.broken() == {}


def test_two_connectors_charge_at_once_and_each_has_its_own_order() -> None:
    made = story()
    made.start(7)
    made.later(30)
    made.start(8, connector=2)
    made.values(at_s=60, number=8, connector=2)
    made.values(at_s=50, number=7)
    made.stop(8, at_s=90)
    made.values(at_s=80, number=7)
    made.stop(7)
    assert made.broken() == {}


def test_of_two_starts_without_an_answer_each_goes_on_without_a_number() -> None:
    made = story()
    for connector in (1, 2):
        start = {"connectorId": connector, "idTag": "T", "meterStart": 0, "timestamp": stamp(0)}
        made.put("<", 4, made.ask("StartTransaction", start), "InternalError", "", {})
    made.values(at_s=50, number=-1, connector=2)
    made.values(at_s=40, number=-1, connector=1)
    made.stop(-1, at_s=45)
    assert made.broken() == {}


def test_a_further_attempt_a_repeated_status_and_one_that_was_asked_for_are_in_order() -> None:
    made = story()
    trigger = {"requestedMessage": "FirmwareStatusNotification"}
    made.exchange("TriggerMessage", trigger, {"status": "Accepted"}, way="<")
    made.firmware("Idle")
    made.update()
    made.firmware("Downloading", "DownloadFailed", "Downloading", "Downloading")
    made.update()
    made.firmware("Downloading", "Downloaded")
    made.reconnect()
    made.firmware("Downloaded", "Installing", "Installed")
    assert made.broken() == {}


def test_what_a_charger_went_through_without_a_connection_need_not_be_told() -> None:
    made = story()
    made.update()
    made.firmware("Downloading")
    made.reconnect()
    made.firmware("Installed")
    assert made.broken() == {}


def test_signed_firmware_may_wait_and_be_ordered_anew_and_logs_may_fail() -> None:
    made = story()
    trigger = {"requestedMessage": "FirmwareStatusNotification"}
    made.exchange("ExtendedTriggerMessage", trigger, {"status": "Accepted"}, way="<")
    made.exchange("SignedFirmwareStatusNotification", {"status": "Idle"})
    made.secure_update(4)
    made.secure_firmware(4, "DownloadScheduled", "Downloading")
    made.secure_update(5, "AcceptedCanceled")
    made.secure_firmware(5, "Downloading", "Downloaded", "SignatureVerified", "InstallScheduled")
    made.secure_update(6, "Rejected")
    made.secure_firmware(5, "Installing", "InstallRebooting")
    made.reconnect()
    made.secure_firmware(5, "Installed")
    log = {"logType": "SecurityLog", "requestId": 9, "log": {"remoteLocation": "http://h/l"}}
    made.exchange("GetLog", log, {"status": "Accepted", "filename": "f"}, way="<")
    for status in ("Uploading", "UploadFailure", "Uploading", "Uploaded"):
        made.exchange("LogStatusNotification", {"status": status, "requestId": 9})
    assert made.broken() == {}


def test_tls_may_be_offered_by_either_family_of_suites_and_without_1_2() -> None:
    made = story()
    made.offers(f"TLS 1.3, TLS 1.2; TLS_AES_128_GCM_SHA256, {ECDSA}")
    made.offers("TLS 1.2; AES256-GCM-SHA384, AES128-GCM-SHA256, ECDHE-RSA-AES128-GCM-SHA256")
    made.offers("TLS 1.3; TLS_AES_128_GCM_SHA256")
    assert made.broken() == {}


def test_a_profile_may_be_tried_and_given_up_before_it_has_worked() -> None:
    made = story()
    made.connect("security profile 1, key 1")
    made.connect("security profile 2, key 1", opens=False)
    made.connect("security profile 1, key 1")
    made.connect("security profile 1, key 2")
    made.connect("security profile 2, key 2")
    made.connect("security profile 3")
    assert made.broken() == {}


def no_array(made: Story) -> None:
    made.recording.add(0, 1, ">", "message", "{}")


def no_json(made: Story) -> None:
    made.recording.add(0, 1, ">", "message", "[2,")


def no_web_socket(made: Story) -> None:
    made.recording.add(0, 1, ">", "unreadable", "invalid opcode")


def five_elements(made: Story) -> None:
    made.put(">", 2, "x", "Heartbeat", {}, {})
    made.put("<", 4, "x", "FormationViolation", "four", {})


def long_id(made: Story) -> None:
    made.put(">", 2, "x" * 37, "Heartbeat", {})
    made.put("<", 4, "x" * 36, "FormationViolation", "", {})


def error_of_three(made: Story) -> None:
    asked = made.ask("ClearCache", {}, "<")
    made.put(">", 4, asked, "NotSupported")


def unknown_code(made: Story) -> None:
    asked = made.ask("ClearCache", {}, "<")
    made.put(">", 4, asked, "FormatViolation", "", {})


def long_info(made: Story) -> None:
    status = {"connectorId": 1, "status": "Available", "errorCode": "NoError", "info": "x" * 51}
    made.exchange("StatusNotification", status)


def no_zone(made: Story) -> None:
    made.exchange("Heartbeat", {}, {"currentTime": "2026-01-01T00:00:00"})


def bad_answer(made: Story) -> None:
    made.exchange("ClearCache", {}, {"status": "Done"}, way="<")


def unknown_action(made: Story) -> None:
    asked = made.ask("SetVariables", {})
    made.put("<", 4, asked, "NotImplemented", "", {})


def two_calls(made: Story) -> None:
    first, second = made.ask("Heartbeat", {}), made.ask("Heartbeat", {})
    for each in (first, second):
        made.put("<", 3, each, {"currentTime": stamp(1)})


def two_calls_of_the_central_system(made: Story) -> None:
    first, second = made.ask("ClearCache", {}, "<"), made.ask("ClearCache", {}, "<")
    for each in (first, second):
        made.put(">", 3, each, {"status": "Accepted"})


def same_id(made: Story) -> None:
    for _ in range(2):
        made.put(">", 2, "x", "Heartbeat", {})
        made.put("<", 3, "x", {"currentTime": stamp(1)})


def unasked(made: Story) -> None:
    made.put(">", 3, "never-asked", {})


def answered_twice(made: Story) -> None:
    asked = made.ask("ClearCache", {}, "<")
    made.put(">", 3, asked, {"status": "Accepted"})
    made.put(">", 3, asked, {"status": "Accepted"})


def answered_on_the_next_link(made: Story) -> None:
    asked = made.ask("ClearCache", {}, "<")
    made.reconnect()
    made.put(">", 3, asked, {"status": "Accepted"})


def no_boot_after_a_power_cut(made: Story) -> None:
    made.power_cut()
    made.exchange("Heartbeat", {}, {"currentTime": stamp(1)})


def no_boot_after_a_reset(made: Story) -> None:
    made.exchange("Reset", {"type": "Hard"}, {"status": "Accepted"}, way="<")
    made.reconnect()
    made.statuses(0)


def untriggered_while_pending(made: Story) -> None:
    made.power_cut()
    made.boot("Pending")
    trigger = {"requestedMessage": "StatusNotification"}
    made.exchange("TriggerMessage", trigger, {"status": "Accepted"}, way="<")
    made.exchange("Heartbeat", {}, {"currentTime": stamp(1)})


def boots_too_early(made: Story) -> None:
    made.power_cut()
    made.boot("Rejected")
    made.later(200)
    made.boot("Rejected")


def answers_while_rejected(made: Story) -> None:
    made.power_cut()
    made.boot("Rejected")
    made.exchange("ClearCache", {}, {"status": "Accepted"}, way="<")


def remote_start_while_pending(made: Story) -> None:
    made.power_cut()
    made.boot("Pending")
    made.exchange("RemoteStartTransaction", {"idTag": "T"}, {"status": "Rejected"}, way="<")


def no_status_of_the_charger_itself(made: Story) -> None:
    made.power_cut()
    made.boot()
    made.statuses(1)


def late_status(made: Story) -> None:
    made.power_cut()
    made.boot()
    made.statuses(0)
    made.later(11)
    made.statuses(1)


def values_before_the_start(made: Story) -> None:
    made.values()
    made.start()


def stop_without_start(made: Story) -> None:
    made.stop()


def values_in_wrong_order(made: Story) -> None:
    made.start()
    made.values(at_s=50)
    made.values(at_s=40)


def values_in_wrong_order_at_the_second_connector(made: Story) -> None:
    made.start(7)
    made.start(8, connector=2)
    made.values(at_s=50, number=8, connector=2)
    made.values(at_s=45, number=7)
    made.values(at_s=40, number=8, connector=2)


def stop_before_the_values_of_its_connector(made: Story) -> None:
    made.start(7)
    made.start(8, connector=2)
    made.values(at_s=50, number=8, connector=2)
    made.stop(8, at_s=40)


def values_of_another_connector(made: Story) -> None:
    made.start(7)
    made.start(8, connector=2)
    made.values(at_s=50, number=7, connector=2)


def start_before_its_time(made: Story) -> None:
    made.start(7)
    made.later(100)
    made.stop(7)
    made.now_s = 50
    made.start(8)


def values_after_the_stop(made: Story) -> None:
    made.start()
    made.stop()
    made.values(at_s=100)


def stops_twice(made: Story) -> None:
    made.start()
    made.stop()
    made.stop()


def no_download(made: Story) -> None:
    made.update()
    made.firmware("Downloading", "Installing")


def installed_before_it_was_ordered(made: Story) -> None:
    made.firmware("Installed")


def installed_at_last_all_the_same(made: Story) -> None:
    made.update()
    made.firmware("Downloading", "Downloaded", "Installing", "InstallationFailed")
    made.reconnect()
    made.firmware("Installed")


def idle_unasked(made: Story) -> None:
    made.firmware("Idle")


def uploaded_at_once(made: Story) -> None:
    made.exchange("GetDiagnostics", {"location": "http://h/d"}, {"fileName": "f"}, way="<")
    made.exchange("DiagnosticsStatusNotification", {"status": "Uploaded"})


def back_to_its_key(made: Story) -> None:
    made.connect("security profile 2, key 1")
    made.connect("security profile 1, key 1")


def back_after_a_failure(made: Story) -> None:
    made.connect("security profile 3")
    made.connect("security profile 3", opens=False)
    made.connect("security profile 2, key 1", opens=False)


def installed_without_its_signature(made: Story) -> None:
    made.secure_update(4)
    made.secure_firmware(4, "Downloading", "Downloaded", "Installing")


def number_of_another_order(made: Story) -> None:
    made.secure_update(4)
    made.secure_firmware(5, "Downloading")


def downloads_what_it_has_refused(made: Story) -> None:
    made.secure_update(4)
    made.secure_firmware(4, "Downloading", "Downloaded", "InvalidSignature")
    made.secure_update(5, "InvalidCertificate")
    made.secure_firmware(4, "Downloading")


def old_version(made: Story) -> None:
    made.offers(f"TLS 1.2, TLS 1.1; {ECDSA}")


def weak_suite(made: Story) -> None:
    made.offers(f"TLS 1.2; {ECDSA}, 0x002f")


def half_a_family_of_suites(made: Story) -> None:
    made.offers("TLS 1.2; ECDHE-ECDSA-AES128-GCM-SHA256, AES128-GCM-SHA256")


BREAKS = {
    "WIRE_FRAMES": [
        no_array,
        no_json,
        no_web_socket,
        five_elements,
        long_id,
        error_of_three,
        unknown_code,
    ],
    "WIRE_SCHEMA": [long_info, no_zone, bad_answer, unknown_action],
    "WIRE_ONE_CALL": [two_calls, two_calls_of_the_central_system],
    "WIRE_UNIQUE_IDS": [same_id],
    "WIRE_ANSWERS": [unasked, answered_twice, answered_on_the_next_link],
    "WIRE_BOOT_FIRST": [
        no_boot_after_a_power_cut,
        no_boot_after_a_reset,
        untriggered_while_pending,
        boots_too_early,
        answers_while_rejected,
        remote_start_while_pending,
    ],
    "WIRE_STATUS_AFTER_BOOT": [no_status_of_the_charger_itself, late_status],
    "WIRE_TRANSACTION_ORDER": [
        values_before_the_start,
        stop_without_start,
        values_in_wrong_order,
        values_in_wrong_order_at_the_second_connector,
        stop_before_the_values_of_its_connector,
        values_of_another_connector,
        start_before_its_time,
    ],
    "WIRE_AFTER_STOP": [values_after_the_stop, stops_twice],
    "WIRE_FILE_STATUSES": [
        no_download,
        installed_before_it_was_ordered,
        installed_at_last_all_the_same,
        idle_unasked,
        uploaded_at_once,
    ],
    "WIRE_SECURE_FILE_STATUSES": [
        installed_without_its_signature,
        number_of_another_order,
        downloads_what_it_has_refused,
    ],
    "WIRE_NO_WAY_BACK": [back_to_its_key, back_after_a_failure],
    "WIRE_TLS_OFFER": [old_version, weak_suite, half_a_family_of_suites],
}


def test_every_rule_has_a_recording_that_breaks_it() -> None:
    assert list(BREAKS) == list(RULES)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [(rule, wrong) for rule, wrongs in BREAKS.items() for wrong in wrongs],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_it_breaks_its_rule_once_and_no_other(rule: str, wrong: Any) -> None:
    made = story()
    wrong(made)
    found = made.broken()
    assert list(found) == [rule], found
    assert len(found[rule]) == 1
    assert found[rule][0].startswith(("the charger", "the central system"))


def test_a_limit_with_a_fraction_is_a_multiple_of_a_tenth() -> None:
    made = story()
    period = {"startPeriod": 0, "limit": 16.1}
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
    answer = {"status": "Accepted", "chargingSchedule": schedule}
    made.exchange("GetCompositeSchedule", {"connectorId": 0, "duration": 60}, answer, way="<")
    assert made.broken() == {}
