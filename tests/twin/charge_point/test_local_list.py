"""The local list and the cache: what a charger knows of tags by itself."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point.authorize import MAX_CACHED
from twin.charge_point.local_list import MAX_LENGTH, MAX_SENT


def _entry(id_tag: str, **said: str) -> dict[str, Any]:
    return {"idTag": id_tag, "idTagInfo": {"status": "Accepted", **said}}


async def _send(rig: Any, version: int, kind: str, *entries: dict[str, Any]) -> str:
    payload = {"listVersion": version, "updateType": kind, "localAuthorizationList": [*entries]}
    answer: dict[str, str] = await rig.ask("SendLocalList", payload)
    return answer["status"]


async def _starts(rig: Any, id_tag: str) -> bool:
    rig.plug_in()
    await rig.run(1)
    rig.tag(id_tag)
    await rig.run(10)
    return bool(rig.cp.in_transaction())


@pytest.mark.parametrize(
    ("said", "starts"),
    [
        ({}, True),
        ({"status": "Blocked"}, False),
        ({"expiryDate": "2026-01-01T00:00:30Z"}, False),
        ({"expiryDate": "2026-01-02T00:00:00Z"}, True),
    ],
)
async def test_the_list_decides_offline(rig: Any, said: dict[str, str], starts: bool) -> None:
    await rig.boot(configuration={"AllowOfflineTxForUnknownId": "true"})
    assert await _send(rig, 1, "Full", _entry("Tag1", **said)) == "Accepted"
    await rig.run(60)
    rig.cp.cut_network()
    await rig.run(1)
    assert await _starts(rig, "tAG1") is starts


async def test_offline_the_list_counts_only_where_that_is_allowed(rig: Any) -> None:
    await rig.boot(configuration={"LocalAuthorizeOffline": "false"})
    assert await _send(rig, 1, "Full", _entry("TAG1")) == "Accepted"
    rig.cp.cut_network()
    await rig.run(1)
    assert not await _starts(rig, "TAG1")


async def test_the_list_survives_a_power_cut(rig: Any) -> None:
    cp = await rig.boot()
    assert await _send(rig, 7, "Full", _entry("TAG1")) == "Accepted"
    cp.cut_power()
    await rig.run(10)
    cp.cut_network()
    cp.restore_power()
    await rig.run(20)
    assert await _starts(rig, "TAG1")
    cp.restore_network()
    await rig.until(lambda: rig.cp.online)
    assert await rig.ask("GetLocalListVersion", {}) == {"listVersion": 7}


async def test_an_entry_without_a_word_is_taken_out_by_a_part(rig: Any) -> None:
    await rig.boot()
    assert await _send(rig, 1, "Full", _entry("TAG1"), _entry("TAG2")) == "Accepted"
    assert await _send(rig, 2, "Differential", {"idTag": "tag1"}) == "Accepted"
    rig.cp.cut_network()
    await rig.run(1)
    assert not await _starts(rig, "TAG1")
    rig.tag("TAG2")
    await rig.until(lambda: rig.cp.in_transaction())


@pytest.mark.parametrize(
    ("version", "entries"),
    [
        (0, [_entry("NEW")]),
        (-1, [_entry("NEW")]),
        (2, [{"idTag": "NEW"}]),
        (2, [_entry("NEW"), _entry("new")]),
        (2, [_entry("NEW", expiryDate="0000-01-01T00:00:00Z")]),
        (2, [_entry(f"TAG{number}") for number in range(MAX_SENT + 1)]),
    ],
    ids=["version 0", "version -1", "without a word", "twice", "the year 0", "too many"],
)
async def test_an_update_that_cannot_be_changes_nothing(
    rig: Any, version: int, entries: list[dict[str, Any]]
) -> None:
    await rig.boot()
    assert await _send(rig, 1, "Full", _entry("OLD")) == "Accepted"
    assert await _send(rig, version, "Full", *entries) == "Failed"
    assert await rig.ask("GetLocalListVersion", {}) == {"listVersion": 1}
    rig.cp.cut_network()
    await rig.run(1)
    assert await _starts(rig, "OLD")


async def test_no_more_tags_are_taken_than_the_key_says(rig: Any) -> None:
    await rig.boot()
    version = 0
    for first in range(0, MAX_LENGTH, MAX_SENT):
        version += 1
        tags = [_entry(f"TAG{number}") for number in range(first, first + MAX_SENT)]
        assert await _send(rig, version, "Differential", *tags) == "Accepted"
    assert await _send(rig, version + 1, "Differential", _entry("ONE MORE")) == "Failed"
    assert await rig.ask("GetLocalListVersion", {}) == {"listVersion": version}


async def test_where_the_central_system_contradicts_its_list_it_is_told(rig: Any) -> None:
    rig.central.tags = {"TAG1": {"status": "Blocked"}}
    await rig.boot()
    assert await _send(rig, 1, "Full", _entry("TAG1")) == "Accepted"
    rig.tag("TAG1")
    await rig.run(1)
    last = rig.central.of("StatusNotification")[-1]
    assert (last["connectorId"], last["status"]) == (0, "Available")
    assert (last["errorCode"], last["info"]) == ("LocalListConflict", "TAG1")


async def test_a_listed_tag_is_not_remembered_besides(rig: Any) -> None:
    cp = await rig.boot()
    rig.tag("TAG1")
    await rig.run(1)
    rig.tag("TAG1")
    await rig.run(1)
    assert await _send(rig, 1, "Full", _entry("TAG1", status="Blocked")) == "Accepted"
    assert await _send(rig, 2, "Differential", {"idTag": "TAG1"}) == "Accepted"
    cp.cut_network()
    await rig.run(1)
    assert not await _starts(rig, "TAG1"), "the cache has forgotten it"


async def test_the_cache_forgets_what_it_learnt_longest_ago(rig: Any) -> None:
    rig.central.tag_info = lambda _: {"status": "Blocked"}
    cp = await rig.boot(configuration={"AllowOfflineTxForUnknownId": "true"})
    for number in range(MAX_CACHED + 1):
        rig.tag(f"TAG{number}")
        await rig.run(1)
    cp.cut_network()
    await rig.run(1)
    assert not await _starts(rig, "TAG1"), "remembered as blocked"
    rig.tag("TAG0")
    await rig.until(lambda: rig.cp.in_transaction())


async def test_a_tag_in_use_elsewhere_is_not_remembered_as_refused(rig: Any) -> None:
    cp = await rig.boot()
    rig.tag("TAG1")
    await rig.run(1)
    rig.central.answers["StartTransaction"] = lambda _: {
        "transactionId": 7,
        "idTagInfo": {"status": "ConcurrentTx"},
    }
    rig.plug_in()
    await rig.until(lambda: bool(rig.central.of("StopTransaction")))
    rig.unplug(by_force=True)
    await rig.run(5)
    cp.cut_network()
    await rig.run(1)
    assert await _starts(rig, "TAG1")
