"""Limits of charging profiles at the plug, at their instants."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.peers.charging_profiles import MAX, install, now_s, offered, profile
from tests.peers.scripted_central import EPOCH
from twin.charge_point import Status


async def test_the_pilot_follows_the_schedule_at_its_instants(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    assert offered(rig) == 32
    base = int(now_s(rig)) + 10  # the clock lags by the latency of the boot's answer, 20…80 ms
    assert await install(rig, 1, profile((0, 16), (20, 10.5), (40, 8), start_s=base)) == "Accepted"
    for second, wanted in ((-0.1, 32), (0.1, 16), (19.9, 16), (20.1, 10.5), (40.1, 8)):
        await rig.run(base + second - now_s(rig))
        assert offered(rig) == wanted, second
    await rig.run(10)
    assert rig.evses[0].current_a("l1") == pytest.approx(8, abs=0.3)


async def test_between_changes_no_timer_of_smart_charging_wakes_anybody(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await install(rig, 1, profile((0, 16), (3600, 10), start_s=now_s(rig)))
    await rig.run(1)
    limits = [event for event in rig.events if event.startswith("limit")]
    await rig.run(3500)
    assert [event for event in rig.events if event.startswith("limit")] == limits
    assert limits == ["limit 16.0 A on 3 phase(s)"]


async def test_steps_closer_than_five_seconds_end_with_the_right_last_value(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    await rig.run(10)
    base = int(now_s(rig)) + 2
    steps = [(0, 20), (1, 18), (2, 16), (3, 14), (4, 12)]
    await install(rig, 1, profile(*steps, start_s=base))
    seen = []
    for _ in range(150):
        await rig.run(0.1)
        if not seen or seen[-1][1] != offered(rig):
            seen.append((now_s(rig), offered(rig)))
    assert [amps for _, amps in seen] == [32, 20, 12]
    assert seen[2][0] - seen[1][0] >= 4.9, "IEC 61851-1: duty changes are 5 s apart"


async def test_a_limit_of_zero_suspends_and_a_later_one_resumes(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    base = int(now_s(rig)) + 2
    await install(rig, 1, profile((0, 0), (60, 16), start_s=base))
    await rig.run(20)
    assert rig.cp.status() is Status.SUSPENDED_EVSE
    assert not rig.evses[0].report().closed
    assert rig.cp.in_transaction()
    await rig.run(80)
    assert rig.cp.status() is Status.CHARGING
    assert offered(rig) == 16


@pytest.mark.parametrize("limit", [0.1, 5.9])
async def test_below_six_amperes_there_is_no_energy(rig: Any, limit: float) -> None:
    await rig.boot()
    await install(rig, 0, profile((0, limit)))
    rig.plug_in()
    await rig.run(1)
    rig.tag()
    await rig.run(60)
    assert rig.cp.in_transaction()
    assert not rig.evses[0].report().closed
    assert rig.central.statuses()[-2:] == ["Preparing", "SuspendedEVSE"]


async def test_a_profile_for_one_phase_switches_to_it_and_back(rig: Any) -> None:
    await rig.boot()
    await rig.charging()
    base = int(now_s(rig)) + 2
    await install(rig, 1, profile((0, 3680), unit="W", phases=1, start_s=base, duration=120))
    await rig.run(100)
    evse = rig.evses[0]
    assert (evse.pole_closed("l1"), evse.pole_closed("l2")) == (True, False)
    assert offered(rig) == 16
    assert evse.current_a("l1") == pytest.approx(16, abs=0.5)
    await rig.run(100)
    assert (evse.pole_closed("l1"), evse.pole_closed("l2")) == (True, True)


async def test_a_socket_without_a_pilot_is_on_or_off(rig: Any) -> None:
    rig.add_evse(kind="plain", phases=1, rating_a=16.0)
    await rig.boot()
    rig.plug_in(model="horwin-cr6")
    rig.tag()
    await rig.until(lambda: rig.evses[0].pole_closed("l1"))
    base = int(now_s(rig)) + 2
    await install(rig, 1, profile((0, 5), (60, 6), start_s=base))
    await rig.run(30)
    assert not rig.evses[0].pole_closed("l1")
    assert rig.cp.status() is Status.SUSPENDED_EVSE
    await rig.run(60)
    assert rig.evses[0].pole_closed("l1")


async def test_a_relative_default_counts_from_each_start(rig: Any) -> None:
    await rig.boot()
    await install(rig, 0, profile((0, 10), (60, 16), kind="Relative"))
    for _ in range(2):
        await rig.charging()
        assert offered(rig) == 10
        await rig.run(60)
        assert offered(rig) == 16
        rig.tag()
        await rig.run(20)
        rig.unplug()
        await rig.run(20)


async def test_a_clock_that_runs_too_fast_or_too_slow_does_not_shift_a_relative_schedule(
    central: Any, make_rig: Any, tmp_path: Any
) -> None:
    for drift in (-200_000.0, 200_000.0):
        rig = make_rig(central)
        rig.folder = tmp_path / str(drift)
        cp = await rig.boot(drift_ppm=drift)
        rig.plug_in()
        await rig.run(1)
        await install(rig, 0, profile((0, 10), (60, 16), kind="Relative"))
        rig.tag()
        await rig.until(lambda cp=cp: cp.in_transaction())
        await rig.run(59.9)
        assert offered(rig) == 10
        await rig.run(0.2)
        assert offered(rig) == 16
        await cp.close()


async def test_a_clock_set_at_boot_moves_the_schedule_with_it(rig: Any) -> None:
    wrong = EPOCH - timedelta(days=400)
    await rig.boot(utc_at_zero=wrong)
    await install(rig, 0, profile((0, 10), start_s=0))
    await rig.charging()
    assert offered(rig) == 10


async def test_meter_values_show_what_is_offered(rig: Any) -> None:
    await rig.boot(
        configuration={
            "MeterValueSampleInterval": "10",
            "MeterValuesSampledData": "Current.Offered,Power.Offered",
        }
    )
    await rig.charging()
    for phases in (3, 1):
        await install(rig, 1, profile((0, 10), phases=phases))
        await rig.run(60)
        sampled = rig.central.of("MeterValues")[-1]["meterValue"][0]["sampledValue"]
        values = {each["measurand"]: float(each["value"]) for each in sampled}
        assert values["Current.Offered"] == 10
        assert values["Power.Offered"] == pytest.approx(2300 * phases, rel=0.03)


async def test_the_maximum_is_shared_while_two_charge_and_given_back(rig: Any) -> None:
    rig.add_evse()
    rig.add_evse()
    await rig.boot()
    assert await install(rig, 0, profile((0, 20), purpose=MAX)) == "Accepted"
    await rig.charging(1)
    assert offered(rig, 1) == 20
    await rig.charging(2, id_tag="TAG2")
    await rig.run(6)
    assert (offered(rig, 1), offered(rig, 2)) == (10, 10)
    rig.tag("TAG1", 1)
    await rig.run(20)
    assert offered(rig, 2) == 20


async def test_where_there_is_too_little_for_two_the_second_waits_and_follows(rig: Any) -> None:
    rig.add_evse()
    rig.add_evse()
    await rig.boot()
    await install(rig, 0, profile((0, 10), purpose=MAX))
    await rig.charging(1)
    rig.plug_in(2)
    await rig.run(1)
    rig.tag("TAG2", 2)
    await rig.run(30)
    assert (rig.cp.status(1), rig.cp.status(2)) == (Status.CHARGING, Status.SUSPENDED_EVSE)
    assert offered(rig, 1) == 10
    rig.tag("TAG1", 1)
    await rig.run(30)
    assert rig.cp.status(2) is Status.CHARGING
