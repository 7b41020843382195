"""A power cut at any commit leaves what was there before, or what was ordered: never half of it."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.peers.charge_point_rig import Rig
from tests.peers.charging_profiles import MAX, composite, profile
from tests.peers.file_servers import http_server
from tests.peers.firmware_orders import order, signer
from tests.peers.pki import Authority
from tests.peers.power_cuts import Killed, dying_at
from tests.peers.scripted_central import ScriptedCentral
from twin.charge_point import SecuritySetup
from twin.charge_point.security.hashes import hash_data

KEY, NEW_KEY = b"0123456789abcdef", b"fedcba9876543210"
LATER = "2026-01-01T09:00:00Z"
AUTHORITY, SECOND = Authority("First"), Authority("Second")
SIGNER = signer(AUTHORITY)
SECURITY = SecuritySetup(1, central_roots=AUTHORITY.pem, manufacturer_roots=AUTHORITY.pem)

Call = tuple[str, dict[str, Any]]
Look = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Deed:
    """One call that a power cut comes into.

    Attributes:
        before: What was asked for earlier.
        call: In which power goes.
        look: At what it is about.
        old, new: What is seen without it and with it.
    """

    name: str
    before: tuple[Call, ...]
    call: Call
    look: Look
    old: Any
    new: Any


# --- what is looked at ---


async def _list(rig: Any) -> Any:
    version = (await rig.ask("GetLocalListVersion", {}))["listVersion"]
    rows = rig.cp._running.store.database.execute("SELECT folded FROM listed_tag").fetchall()
    return version, sorted(row[0] for row in rows)


async def _statuses(rig: Any) -> Any:
    return [rig.cp.status(number).value for number in (0, 1, 2)]


async def _limits(rig: Any) -> Any:
    return [(await composite(rig, number))[0][1] for number in (0, 1, 2)]


async def _interval(rig: Any) -> Any:
    key = {"key": ["MeterValueSampleInterval"]}
    return (await rig.ask("GetConfiguration", key))["configurationKey"][0]["value"]


async def _key(rig: Any) -> Any:
    return rig.central.credentials().removeprefix(b"CP1:")


async def _roots(rig: Any) -> Any:
    asked = {"certificateType": "CentralSystemRootCertificate"}
    found = await rig.ask("GetInstalledCertificateIds", asked)
    return sorted(each["serialNumber"] for each in found.get("certificateHashData", []))


async def _order(rig: Any) -> Any:
    """Which order of firmware waits, and what is told of it when somebody asks."""
    rows = rig.cp._running.store.database.execute(
        "SELECT request_id, location FROM firmware_update"
    ).fetchall()
    await rig.ask("ExtendedTriggerMessage", {"requestedMessage": "FirmwareStatusNotification"})
    await rig.run(1)
    told = rig.central.of("SignedFirmwareStatusNotification")[-1]
    assert told.get("requestId", rows[0][0]) == rows[0][0]
    return rows


def _serial(*authorities: Authority) -> list[str]:
    return sorted(f"{each.root.certificate.serial_number:x}" for each in authorities)


# --- the calls ---


def _tags(kind: str, version: int, *tags: str) -> Call:
    entries = [{"idTag": tag, "idTagInfo": {"status": "Accepted"}} for tag in tags]
    return "SendLocalList", {
        "listVersion": version,
        "updateType": kind,
        "localAuthorizationList": entries,
    }


def _reserve(connector: int, id_tag: str) -> Call:
    expiry = {"reservationId": 7, "expiryDate": LATER}
    return "ReserveNow", {"connectorId": connector, "idTag": id_tag, **expiry}


def _limit(connector: int, limit: float, **how: Any) -> Call:
    return "SetChargingProfile", {
        "connectorId": connector,
        "csChargingProfiles": profile((0, limit), **how),
    }


def _configure(key: str, value: str) -> Call:
    return "ChangeConfiguration", {"key": key, "value": value}


def _install(authority: Authority) -> Call:
    kind = "CentralSystemRootCertificate"
    return "InstallCertificate", {"certificateType": kind, "certificate": authority.pem}


def _firmware(number: int) -> Call:
    location = f"http://127.0.0.1:9/{number}"
    update = order(location, b"", SIGNER, request_id=number, retrieveDateTime=LATER)
    return "SignedUpdateFirmware", update


DEEDS = [
    Deed(
        "a whole list in the place of another",
        (_tags("Full", 3, "A", "B"),),
        _tags("Full", 1, "C", "D", "E"),
        _list,
        (3, ["a", "b"]),
        (1, ["c", "d", "e"]),
    ),
    Deed(
        "a change of the list",
        (_tags("Full", 1, "A", "B"),),
        (
            "SendLocalList",
            {
                "listVersion": 2,
                "updateType": "Differential",
                "localAuthorizationList": [
                    {"idTag": "A"},
                    {"idTag": "C", "idTagInfo": {"status": "Blocked"}},
                ],
            },
        ),
        _list,
        (1, ["a", "b"]),
        (2, ["b", "c"]),
    ),
    Deed(
        "a reservation",
        (),
        _reserve(2, "A"),
        _statuses,
        ["Available", "Available", "Available"],
        ["Available", "Available", "Reserved"],
    ),
    Deed(
        "a reservation that moves to another connector",
        (_reserve(1, "A"),),
        _reserve(2, "B"),
        _statuses,
        ["Available", "Reserved", "Available"],
        ["Available", "Available", "Reserved"],
    ),
    Deed(
        "a cancelled reservation",
        (_reserve(1, "A"),),
        ("CancelReservation", {"reservationId": 7}),
        _statuses,
        ["Available", "Reserved", "Available"],
        ["Available", "Available", "Available"],
    ),
    Deed(
        "a charge point out of operation, and its reservation with it",
        (_reserve(1, "A"),),
        ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}),
        _statuses,
        ["Available", "Reserved", "Available"],
        ["Unavailable", "Unavailable", "Unavailable"],
    ),
    Deed(
        "a profile in the place of two others",
        (_limit(1, 10, number=1), _limit(2, 12, number=2), _limit(0, 20, number=3, level=4)),
        _limit(0, 8, number=1, level=4),
        _limits,
        [22, 10, 12],
        [20, 8, 12],
    ),
    Deed(
        "all profiles cleared",
        (_limit(1, 10, number=1), _limit(2, 12, number=2), _limit(0, 16, number=3, purpose=MAX)),
        ("ClearChargingProfile", {}),
        _limits,
        [16, 10, 12],
        [64, 32, 32],
    ),
    Deed(
        "a configuration key",
        (_configure("MeterValueSampleInterval", "20"),),
        _configure("MeterValueSampleInterval", "30"),
        _interval,
        "20",
        "30",
    ),
    Deed(
        "an authorization key",
        (),
        _configure("AuthorizationKey", NEW_KEY.hex()),
        _key,
        KEY,
        NEW_KEY,
    ),
    Deed("a root", (), _install(SECOND), _roots, _serial(AUTHORITY), _serial(AUTHORITY, SECOND)),
    Deed(
        "a root that is deleted",
        (_install(SECOND),),
        (
            "DeleteCertificate",
            {"certificateHashData": hash_data(SECOND.root.certificate, SECOND.root.certificate)},
        ),
        _roots,
        _serial(AUTHORITY, SECOND),
        _serial(AUTHORITY),
    ),
    Deed(
        "an order of firmware in the place of another",
        (_firmware(1),),
        _firmware(2),
        _order,
        [(1, "http://127.0.0.1:9/1")],
        [(2, "http://127.0.0.1:9/2")],
    ),
]


async def _restart(rig: Any) -> None:
    rig.cp.kill()
    await rig.driver.settle()
    rig.cp.start()
    await rig.until(lambda: rig.cp.settled, 120)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)
async def test_cut_at_any_commit_the_old_or_the_new_is_there(
    deed: Deed,
    central: ScriptedCentral,
    make_rig: Callable[[ScriptedCentral], Rig],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []
    for step in itertools.count(1):
        rig = make_rig(central)
        rig.folder = tmp_path / str(step)
        rig.add_evse(seed=1)
        rig.add_evse(seed=2)
        cp = await rig.boot(key=KEY, security=SECURITY)
        for action, payload in deed.before:
            assert (await rig.ask(action, payload))["status"] == "Accepted"
        await rig.run(1)
        answers: list[dict[str, Any]] = []
        action, payload = deed.call
        died = False
        with dying_at(step, monkeypatch):
            try:
                cp._running.calls.handlers[action](payload, answers.append)
                await rig.run(3)
            except Killed:
                died = True
        await _restart(rig)
        seen.append(await deed.look(rig))
        assert seen[-1] in (deed.old, deed.new), step
        if answers:
            assert answers[0]["status"] in {"Accepted", "AcceptedCanceled"}
            assert seen[-1] == deed.new, "it was acknowledged"
        # And it goes on: what comes next is taken.
        await rig.ask(action, payload)
        await rig.run(3)
        await cp.close()
        if not died:
            break
    assert seen[0] == deed.old
    assert seen[-1] == deed.new
    assert seen == sorted(seen, key=lambda each: each == deed.new), "no way back"


async def test_cut_at_any_commit_of_a_start_its_reservation_is_used_or_kept(
    central: ScriptedCentral,
    make_rig: Callable[[ScriptedCentral], Rig],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends = []
    for step in itertools.count(1):
        rig = make_rig(central)
        rig.folder = tmp_path / str(step)
        central.calls.clear()
        cp = await rig.boot()
        await rig.ask(*_reserve(1, "TAG1"))
        rig.plug_in()
        await rig.run(1)
        died = False
        with dying_at(step, monkeypatch):
            try:
                rig.tag("TAG1")
                await rig.run(5)
            except Killed:
                died = True
        await _restart(rig)
        await rig.run(15)
        started = central.of("StartTransaction")
        assert len({each["timestamp"] for each in started}) <= 1
        assert all(each["reservationId"] == 7 for each in started)
        cancelled = await rig.ask("CancelReservation", {"reservationId": 7})
        ends.append((bool(started), cancelled["status"]))
        await cp.close()
        if not died:
            break
    assert set(ends) == {(False, "Accepted"), (True, "Rejected")}


async def test_cut_at_any_commit_diagnostics_that_were_promised_are_brought(
    central: ScriptedCentral,
    make_rig: Callable[[ScriptedCentral], Rig],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for step in itertools.count(1):
        rig = make_rig(central)
        rig.folder = tmp_path / str(step)
        central.calls.clear()
        cp = await rig.boot()
        answers: list[dict[str, Any]] = []
        died = False
        with http_server() as files:
            with dying_at(step, monkeypatch):
                try:
                    cp._running.calls.handlers["GetDiagnostics"](
                        {"location": f"{files.url}/logs"}, answers.append
                    )
                    await rig.run(3)
                except Killed:
                    died = True
            await _restart(rig)
            await rig.run(5)
            if answers:
                assert f"/logs/{answers[0]['fileName']}" in files.received
                told = [each["status"] for each in central.of("DiagnosticsStatusNotification")]
                assert told[-1] == "Uploaded"
            await cp.close()
        if not died:
            break
    assert step > 4
