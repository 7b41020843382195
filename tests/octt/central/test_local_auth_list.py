"""Local authorization list profile: lists as the operator writes them.

Those that the central system makes of the id tags ask the charger first what it has and takes; so
they are tests of their own here.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.octt.central.case import Case, moment

LENGTHS = [
    {"key": key, "readonly": True, "value": "100"}
    for key in ("LocalAuthListMaxLength", "SendLocalListMaxLength")
]


async def _send(case: Case, **body: Any) -> httpx.Response:
    """Have the central system make a list; it asks how long that may be."""
    case.charger.answers["GetConfiguration"] = {"configurationKey": LENGTHS}
    return await case.rest.post(f"/api/chargers/{case.charge_point_id}/local-list", json=body)


async def _seen(case: Case) -> dict[str, Any]:
    seen: dict[str, Any] = await case.get(f"/api/chargers/{case.charge_point_id}/local-list")
    return seen


async def test_tc_042_1_csms_a_charger_without_a_local_list_is_told(case: Case):
    await case.boot()
    await case.operates("get-local-list-version", {"listVersion": -1})
    assert case.last_payload == {}
    assert (await _seen(case))["version"] == -1


async def test_tc_042_2_csms_an_empty_list_has_version_0(case: Case):
    await case.boot()
    assert (await _seen(case))["version"] is None
    await case.operates("get-local-list-version", {"listVersion": 0})
    assert case.last_payload == {}
    seen = await _seen(case)
    assert (seen["version"], seen["entries"]) == (0, [])


def _entry(tag: str, **info: str) -> dict[str, Any]:
    """Return an entry as the operator writes it."""
    return {"id_tag": tag, "id_tag_info": {"status": "Accepted"} | info}


def _sent(tag: str, **info: str) -> dict[str, Any]:
    """Return an entry as the charger gets it."""
    return {"idTag": tag, "idTagInfo": {"status": "Accepted"} | info}


async def _update(
    case: Case, version: int, kind: str, *entries: dict[str, Any], status: str = "Accepted"
) -> dict[str, Any]:
    """Send a list; gives its payload. The operator is told what the charger answered."""
    told = await case.operates(
        "send-local-list",
        {"status": status},
        list_version=version,
        update_type=kind,
        local_authorization_list=entries,
    )
    assert (told["success"], told["status"]) == (status == "Accepted", status)
    return case.last_payload


async def test_tc_043_1_csms_a_list_that_is_not_supported_is_not_taken_for_sent(case: Case):
    await _refused(case, "NotSupported")


async def test_tc_043_3_csms_a_list_that_failed_is_not_taken_for_sent(case: Case):
    await _refused(case, "Failed")


async def _refused(case: Case, status: str) -> None:
    await case.boot()
    tag = await case.add_tag()
    sent = await _update(case, 1, "Full", _entry(tag), status=status)
    assert sent == {
        "listVersion": 1,
        "updateType": "Full",
        "localAuthorizationList": [_sent(tag)],
    }
    seen = await _seen(case)
    assert (seen["version"], seen["entries"]) == (None, None)


async def test_tc_043_4_csms_a_full_list_has_info_in_every_entry(case: Case):
    await case.boot()
    first, second = sorted([await case.add_tag(), await case.add_tag()])
    until = moment(3600)
    sent = await _update(
        case,
        7,
        "Full",
        _entry(first, parent_id_tag="GROUP"),
        _entry(second, status="Blocked", expiry_date=until),
    )
    assert sent == {
        "listVersion": 7,
        "updateType": "Full",
        "localAuthorizationList": [
            _sent(first, parentIdTag="GROUP"),
            _sent(second, status="Blocked", expiryDate=until),
        ],
    }
    seen = await _seen(case)
    assert seen["version"] == 7
    assert seen["entries"] == sent["localAuthorizationList"]


async def test_tc_043_5_csms_a_differential_list_has_info_in_every_added_entry(case: Case):
    await case.boot()
    first, second, removed = sorted([await case.add_tag() for _ in range(3)])
    await _update(case, 1, "Full", _entry(first), _entry(removed))
    await case.operates("get-local-list-version", {"listVersion": 1})
    sent = await _update(
        case,
        2,
        "Differential",
        _entry(first, status="Blocked"),
        _entry(second),
        {"id_tag": removed},
    )
    assert sent == {
        "listVersion": 2,
        "updateType": "Differential",
        "localAuthorizationList": [
            _sent(first, status="Blocked"),
            _sent(second),
            {"idTag": removed},
        ],
    }
    seen = await _seen(case)
    assert seen["version"] == 2
    assert seen["entries"] == [_sent(first, status="Blocked"), _sent(second)]


async def test_a_full_list_with_an_entry_without_info_is_not_sent(case: Case):
    await case.boot()
    path = f"/api/ocpp/{case.charge_point_id}/send-local-list"
    for body in ({"id_tag": "TAG"}, {"id_tag": "TAG", "id_tag_info": None}):
        answer = await case.rest.post(
            path,
            json={"list_version": 1, "update_type": "Full", "local_authorization_list": [body]},
        )
        assert answer.status_code == 422
    assert case.charger.commands == []


@pytest.mark.parametrize(
    ("version", "status", "sends"),
    [(-1, "NotSupported", 0), (0, "NotSupported", 1), (0, "Failed", 1)],
)
async def test_a_list_of_the_tags_that_is_refused_is_not_taken_for_sent(
    case: Case, version: int, status: str, sends: int
):
    await case.boot()
    tag = await case.add_tag()
    case.charger.answers |= {
        "GetLocalListVersion": {"listVersion": version},
        "SendLocalList": {"status": status},
    }
    answer = await _send(case, update_type="Full", id_tags=[tag])
    assert answer.status_code == 409
    actions = [call.action for call in case.charger.commands]
    assert actions.count("SendLocalList") == sends
    assert (status in answer.json()["error"]["what"]) == bool(sends)
    seen = await _seen(case)
    assert (seen["version"], seen["entries"]) == (version, [])


async def test_a_full_list_of_the_tags_has_info_in_every_entry(case: Case):
    await case.boot()
    tag = await case.add_tag(parent_id_tag="GROUP")
    blocked = await case.add_tag(status="Blocked")
    until = moment(-60)
    expired = await case.add_tag(expires_at=until)
    case.charger.answers |= {
        "GetLocalListVersion": {"listVersion": 7},
        "SendLocalList": {"status": "Accepted"},
    }
    answer = await _send(case, update_type="Full", id_tags=[tag, blocked, expired])
    assert answer.status_code == 200, answer.text
    assert [call.action for call in case.charger.commands] == [
        "GetLocalListVersion",
        "GetConfiguration",
        "SendLocalList",
    ]
    sent = case.last_payload
    assert (sent["updateType"], sent["listVersion"]) == ("Full", 8)
    assert {entry["idTag"]: entry["idTagInfo"] for entry in sent["localAuthorizationList"]} == {
        tag: {"status": "Accepted", "parentIdTag": "GROUP"},
        blocked: {"status": "Blocked"},
        expired: {"status": "Expired", "expiryDate": until},
    }
    seen = await _seen(case)
    assert seen["version"] == 8
    assert seen["entries"] == sent["localAuthorizationList"]


async def test_a_differential_list_of_the_tags_says_what_has_changed(case: Case):
    await case.boot()
    kept, changed, removed = [await case.add_tag() for _ in range(3)]
    case.charger.answers |= {
        "GetLocalListVersion": {"listVersion": 0},
        "SendLocalList": {"status": "Accepted"},
    }
    await _send(case, update_type="Full", id_tags=[kept, changed, removed])
    added = await case.add_tag()
    await case.rest.put(f"/api/id-tags/{changed}", json={"status": "Blocked"})
    case.charger.answers["GetLocalListVersion"] = {"listVersion": 1}
    answer = await _send(case, id_tags=[kept, changed, added])
    assert answer.status_code == 200, answer.text
    sent = case.last_payload
    assert (sent["updateType"], sent["listVersion"]) == ("Differential", 2)
    entries = {entry.pop("idTag"): entry for entry in sent["localAuthorizationList"]}
    assert entries == {
        changed: {"idTagInfo": {"status": "Blocked"}},
        added: {"idTagInfo": {"status": "Accepted"}},
        removed: {},
    }
    seen = await _seen(case)
    assert seen["version"] == 2
    assert {entry["idTag"] for entry in seen["entries"]} == {kept, changed, added}
    case.charger.answers["GetLocalListVersion"] = {"listVersion": 2}
    assert (await _send(case, id_tags=[kept, changed, added])).status_code == 200
    assert case.charger.commands[-1].action == "GetLocalListVersion", "nothing was left to send"
