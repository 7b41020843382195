"""What the firmware's OCPP client does with a central system, and a memory, as they should not be.

The program on a real socket, and the controllers are programs too where a contactor is at stake.
What each single frame is answered is in the unit tests of `firmware/lib/ocpp`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.peers.charge_point_fixtures import central
from tests.peers.firmware_rig import FirmwareRig, WholeFirmwareRig
from tests.peers.host_program import host_program
from tests.peers.scripted_central import EPOCH, Refusal, ScriptedCentral
from twin.link.frames import LinkError

__all__ = ["central", "host_program"]

OPEN_US = 100_000
"""From a plug that is pulled to open main poles, at most (IEC 61851-1 Table A.6, sequence 8.1)."""


@pytest.fixture
async def rig(
    central: ScriptedCentral, tmp_path: Path, host_program: Path
) -> AsyncIterator[WholeFirmwareRig]:
    made = WholeFirmwareRig(central, tmp_path, host_program)
    yield made
    await made.close()


def order(rig: FirmwareRig, **faults: object) -> None:
    """Let the memory of the OCPP client go wrong from its next start on."""
    memory = rig.folder / "ocpp"
    memory.mkdir(exist_ok=True)
    (memory / "faults.json").write_text(json.dumps(faults))


def closed(rig: FirmwareRig) -> bool:
    return rig.evses[0].report().closed


async def pull(rig: FirmwareRig) -> None:
    """Pull the plug under load, and see the contactor open in time."""
    pulled_us = rig.clock.now_us
    rig.unplug()
    await rig.until(lambda: not rig.evses[0].report().closed, 1)
    assert rig.clock.now_us - pulled_us <= OPEN_US


async def still_charges_and_ends(rig: FirmwareRig) -> None:
    """Go on with the transaction that runs, and end it in order."""
    await rig.run(10)
    assert closed(rig)
    assert rig.cp.transaction_id() == 100
    await pull(rig)
    await rig.until(lambda: rig.cp.settled)
    (start,) = rig.central.of("StartTransaction")
    (stop,) = rig.central.of("StopTransaction")
    assert stop["transactionId"] == 100
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh) > start["meterStart"]


# --- frames ---

MALFORMED = (
    "",
    "x",
    "null",
    "{}",
    "[]",
    "[2]",
    '[2,"",]',
    '[2,"a',
    '["2"]',
    '[3,"nobody asked",{}]',
    '[4,"nobody asked","InternalError","",{}]',
    "[3,17,{}]",
    "[" * 5_000,
    '[2,"\\ud800"',
    "\x00\x01\x02",
)


async def test_frames_that_are_none_leave_a_session_as_it_is(rig: WholeFirmwareRig) -> None:
    await rig.boot()
    await rig.charging()
    for text in MALFORMED:
        await rig.central.say(text)
        await rig.run(0.1)
    answer = await rig.ask("GetConfiguration", {"key": ["HeartbeatInterval"]})
    assert answer["configurationKey"][0]["value"] == "300"
    assert sum("not JSON" in event for event in rig.events) > 0
    await still_charges_and_ends(rig)


def profile(periods: int) -> dict[str, Any]:
    return {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "startSchedule": "2026-01-01T00:00:00Z",
                "chargingSchedulePeriod": [
                    {"startPeriod": 60 * number, "limit": 0.0} for number in range(periods)
                ],
            },
        },
    }


async def test_a_profile_with_10000_periods_is_refused_and_limits_nobody(
    rig: WholeFirmwareRig,
) -> None:
    await rig.boot()
    await rig.charging()
    with pytest.raises(Refusal) as refused:
        await rig.ask("SetChargingProfile", profile(10_000))
    assert refused.value.code == "InternalError"
    assert refused.value.description == "the message is larger than this charger can take"
    assert any("larger than this charger can take" in text for text in rig.events)
    # One that fits a frame, and has one period more than there is room for.
    assert await rig.ask("SetChargingProfile", profile(21)) == {"status": "Rejected"}
    await rig.run(10)
    await still_charges_and_ends(rig)


async def test_a_frame_of_1_mb_is_refused_and_a_larger_one_costs_the_socket(
    rig: WholeFirmwareRig,
) -> None:
    await rig.boot()
    await rig.charging()
    room = (1 << 20) - 200
    with pytest.raises(Refusal) as refused:
        await rig.ask("DataTransfer", {"vendorId": "v", "data": "x" * room})
    assert refused.value.code == "InternalError"
    boots = len(rig.central.of("BootNotification"))
    await rig.central.say("x" * (1 << 20) + "x")
    await rig.run(1)
    await rig.until(lambda: rig.cp.online, 600)
    assert len(rig.central.of("BootNotification")) == boots
    await still_charges_and_ends(rig)


# --- clocks ---

YEARS = timedelta(days=3652)


def shift(rig: FirmwareRig, by: timedelta) -> None:
    """Put the clock of the central system forward, or back."""
    was = rig.central.now
    rig.central.now = lambda: was() + by


def last(rig: FirmwareRig, action: str) -> dict[str, Any]:
    return rig.central.of(action)[-1]


def when(payload: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(payload["timestamp"])


@pytest.mark.parametrize("years", [YEARS, -YEARS])
async def test_a_clock_that_jumps_by_ten_years_with_a_heartbeat_moves_stamps_alone(
    rig: WholeFirmwareRig, years: timedelta
) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "60"})
    await rig.charging()
    shift(rig, years)
    await rig.run(900)
    assert rig.central.of("Heartbeat")
    # The charger takes it over for its stamps: values as often as before, and the same transaction.
    assert 14 <= len(rig.central.of("MeterValues")) <= 15
    await still_charges_and_ends(rig)
    ended = when(last(rig, "StopTransaction")) - EPOCH - years
    assert timedelta(minutes=15) < ended < timedelta(hours=1)


@pytest.mark.parametrize("years", [YEARS, -YEARS])
async def test_a_clock_that_jumps_by_ten_years_at_a_boot_costs_no_transaction(
    rig: WholeFirmwareRig, years: timedelta
) -> None:
    await rig.boot()
    await rig.charging()
    await rig.run(20)
    rig.cp.cut_power()
    shift(rig, years)
    await rig.run(1)
    rig.cp.restore_power()
    await rig.until(lambda: rig.cp.settled, 120)
    stop = last(rig, "StopTransaction")
    assert (stop["transactionId"], stop["reason"]) == (100, "PowerLoss")
    assert stop["meterStop"] > last(rig, "StartTransaction")["meterStart"]
    # It ended by the clock of before; the next one begins by the new clock.
    assert when(stop) - EPOCH < timedelta(minutes=2)
    rig.unplug()
    await rig.run(5)
    await rig.charging()
    assert closed(rig)
    assert abs(when(last(rig, "StartTransaction")) - EPOCH - years) < timedelta(minutes=5)


# --- the memory ---


async def test_a_full_journal_drops_values_and_no_transaction(rig: WholeFirmwareRig) -> None:
    await rig.boot(configuration={"MeterValueSampleInterval": "1"})
    await rig.charging()
    rig.cp.cut_network()
    await rig.run(200)
    assert any("a meter value is dropped: the journal is full" in text for text in rig.events)
    assert closed(rig)
    await pull(rig)
    # Nothing can begin that could not be told to its end.
    await rig.run(5)
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(5)
    assert not closed(rig)
    assert any("no transaction: the journal is full" in text for text in rig.events)
    rig.unplug()
    rig.cp.restore_network()
    await rig.until(lambda: rig.cp.settled, 600)
    (start,) = rig.central.of("StartTransaction")
    (stop,) = rig.central.of("StopTransaction")
    assert stop["transactionId"] == 100
    assert stop["meterStop"] == int(rig.evses[0].report().energy_wh) > start["meterStart"]


async def test_a_session_with_a_memory_that_stalls_at_every_write_is_told_whole_and_in_order(
    rig: WholeFirmwareRig,
) -> None:
    order(rig, write_us=400_000)
    await rig.boot()
    await rig.charging()
    await rig.run(60)
    await still_charges_and_ends(rig)
    assert rig.central.statuses() == ["Available", "Preparing", "Charging", "Available"]
    assert rig.central.actions.index("StartTransaction") < rig.central.actions.index(
        "StopTransaction"
    )


async def test_a_stall_delays_what_is_told_and_no_contactor(rig: WholeFirmwareRig) -> None:
    order(rig, write_us=400_000)
    await rig.boot()
    await rig.charging()
    pulled_us = rig.clock.now_us
    await pull(rig)
    await rig.until(lambda: bool(rig.central.of("StopTransaction")), 60)
    # At least the record of the end is written before it is told.
    assert rig.clock.now_us - pulled_us > 400_000


async def test_a_memory_that_refuses_every_write_lets_nobody_charge_who_could_not_be_billed(
    rig: WholeFirmwareRig,
) -> None:
    order(rig, writes_fail_from=1)
    await rig.boot()
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(10)
    assert not closed(rig)
    assert rig.central.of("StartTransaction") == []
    assert any("the journal is full, or the memory fails" in text for text in rig.events)


async def test_a_memory_that_fails_in_mid_session_stops_nobody_and_the_end_is_told_later(
    rig: WholeFirmwareRig,
) -> None:
    order(rig, writes_fail_from=60, writes_fail=60)
    await rig.boot(configuration={"MeterValueSampleInterval": "1"})
    await rig.charging()
    await rig.until(lambda: any("dropped" in text for text in rig.events), 120)
    assert closed(rig)
    await pull(rig)
    await rig.run(2)
    assert rig.central.of("StopTransaction") == []
    await rig.until(lambda: rig.cp.settled, 600)
    assert last(rig, "StopTransaction")["meterStop"] == int(rig.evses[0].report().energy_wh) > 0


@pytest.mark.parametrize("write", [5, 6, 7, 8, 12, 24])
async def test_power_that_goes_in_the_midst_of_a_write_tells_a_session_once_and_whole(
    central: ScriptedCentral, tmp_path: Path, host_program: Path, write: int
) -> None:
    before = WholeFirmwareRig(central, tmp_path, host_program)
    order(before, cut_at_write=write, cut_after_bytes=30)
    ended = ""
    try:
        await before.boot(configuration={"MeterValueSampleInterval": "10"})
        await before.charging()
        await before.run(300)
    except LinkError as error:
        ended = str(error)
    assert "killed by SIGKILL" in ended
    await before.close()
    after = WholeFirmwareRig(central, tmp_path, host_program)
    order(after)
    await after.boot()
    await after.until(lambda: after.cp.settled, 600)
    # What was begun is told, with one number however often it was said, and so is its end.
    begun = {json.dumps(start, sort_keys=True) for start in central.of("StartTransaction")}
    ends = [(stop["transactionId"], stop["reason"]) for stop in central.of("StopTransaction")]
    assert ends == [(100, "PowerLoss")] * len(begun)
    await after.charging()
    await after.close()


async def test_settings_that_make_no_sense_end_the_program_with_a_line(
    rig: WholeFirmwareRig, capfd: pytest.CaptureFixture[str]
) -> None:
    rig.build(configuration={})
    order(rig, write_s=1)
    with pytest.raises(LinkError, match="exit code 2"):
        rig.cp.start()
    assert "faults.json: write_s is none of the faults" in capfd.readouterr().err
