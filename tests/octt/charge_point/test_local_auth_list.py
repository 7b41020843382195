"""Local authorization list management."""

from __future__ import annotations

from typing import Any

import pytest

from tests.octt.charge_point.states import configure, now, steps
from tests.peers.firmware_rig import FirmwareRig
from twin.charge_point.store import Volatile

Entry = dict[str, Any]


def _listed(*id_tags: str, status: str = "Accepted") -> list[Entry]:
    return [{"idTag": id_tag, "idTagInfo": {"status": status}} for id_tag in id_tags]


async def _send(rig: Any, version: int, kind: str, entries: list[Entry]) -> str:
    payload = {"listVersion": version, "updateType": kind, "localAuthorizationList": entries}
    answer: dict[str, str] = await rig.ask("SendLocalList", payload)
    return answer["status"]


async def _version(rig: Any) -> int:
    answer: dict[str, int] = await rig.ask("GetLocalListVersion", {})
    return answer["listVersion"]


@pytest.mark.parametrize("why", ["disabled", "not supported"])
async def test_tc_042_1_cs_without_a_list_there_is_no_version(
    rig: Any, refusal: type[Exception], why: str
) -> None:
    if why == "disabled":
        await rig.boot()
        await configure(rig, LocalAuthListEnabled="false")
        assert await _version(rig) == -1
    else:
        await rig.boot(profiles=["Core"])
        with pytest.raises(refusal, match="NotSupported"):
            await _version(rig)


async def test_tc_042_2_cs_an_empty_list_has_version_0(rig: Any) -> None:
    await rig.boot()
    assert await _send(rig, 1, "Full", []) == "Accepted"
    assert await _version(rig) == 0


async def test_tc_043_cs_a_list_is_sent_whole_and_then_in_parts(rig: Any) -> None:
    await rig.boot()
    assert await _send(rig, 1, "Full", _listed("TAG1")) == "Accepted"
    assert await _send(rig, 2, "Differential", _listed("TAG2")) == "Accepted"
    assert await _version(rig) == 2


async def test_tc_043_1_cs_a_charge_point_without_the_profile_supports_no_list(
    rig: Any, refusal: type[Exception]
) -> None:
    await rig.boot(profiles=["Core"])
    with pytest.raises(refusal, match="NotSupported"):
        await _send(rig, 1, "Full", _listed("TAG1"))


async def test_tc_043_2_cs_a_part_that_is_older_than_the_list_is_not_taken(rig: Any) -> None:
    await rig.boot()
    assert await _send(rig, 2, "Full", _listed("TAG1")) == "Accepted"
    assert await _version(rig) == 2
    assert await _send(rig, 5, "Differential", _listed("TAG2")) == "Accepted"
    assert await _version(rig) == 5
    assert await _send(rig, 4, "Differential", _listed("TAG3")) == "VersionMismatch"
    assert await _version(rig) == 5


async def test_tc_043_3_cs_a_list_that_cannot_be_stored_has_failed(rig: Any) -> None:
    if isinstance(rig, FirmwareRig):
        await rig.boot()
        assert await _send(rig, 1, "Full", _listed("OLD")) == "Accepted"
        # From the next start on its memory takes nothing.
        rig.cp.kill()
        (rig.folder / "ocpp" / "faults.json").write_text('{"writes_fail_from": 1}')
        rig.cp.start()
        await rig.until(lambda: rig.cp.online)
        await rig.run(2)
        tags = 40
    else:
        store = Volatile()
        await rig.boot(store=store)
        assert await _send(rig, 1, "Full", _listed("OLD")) == "Accepted"
        database = store.open()
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}")
        # More than the free pages of an almost empty file can hold.
        tags = 250
    many = [
        {
            "idTag": f"TAG{number:05}",
            "idTagInfo": {
                "status": "Accepted",
                "parentIdTag": "GROUP".ljust(20, "X"),
                "expiryDate": "2030-01-01T00:00:00Z",
            },
        }
        for number in range(tags)
    ]
    assert await _send(rig, 2, "Full", many) == "Failed"
    assert await _version(rig) == 1, "the list is as it was"


async def test_tc_008_cs_a_listed_tag_starts_without_asking(rig: Any) -> None:
    await rig.boot()
    await configure(
        rig,
        LocalAuthListEnabled="true",
        AuthorizationCacheEnabled="false",
        LocalPreAuthorize="true",
        AuthorizeRemoteTxRequests="true",
    )
    assert await _send(rig, 1, "Full", _listed("TAG1")) == "Accepted"
    before = now(rig)
    rig.plug_in()
    await rig.run(1)
    assert steps(rig, before) == ["1 Preparing"]
    answer = await rig.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "TAG1"})
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: rig.central.statuses()[-1] == "Charging")
    await rig.run(5)
    assert steps(rig, before) == ["1 Preparing", "StartTransaction 1 TAG1", "1 Charging"]
