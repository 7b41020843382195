"""What people and things around the charger can do, and what they are told when they cannot."""

from __future__ import annotations

import pytest

from twin.evse import ConnectorLockedError
from twin.evse_config import Cable, EvseConfig
from twin.process import Phase
from twin.vehicle import Vehicle


def test_a_vehicle_charges_from_plug_to_current(build):
    bench = build()
    vehicle = bench.charge()
    assert bench.evse.report().phase is Phase.CHARGING
    assert bench.evse.current_a("l1") == pytest.approx(16.0)
    assert vehicle.s2_closed


def test_two_plugs_do_not_fit_one_socket(build):
    bench = build()
    bench.evse.plug_in(Vehicle())
    with pytest.raises(ValueError, match="unplug it first"):
        bench.evse.plug_in(Vehicle())


def test_one_vehicle_does_not_fit_two_chargers(build):
    vehicle = Vehicle()
    build().evse.plug_in(vehicle)
    with pytest.raises(ValueError, match="plugged in elsewhere"):
        build().evse.plug_in(vehicle)


def test_nothing_can_be_unplugged_twice(build):
    bench = build()
    bench.evse.plug_in(Vehicle())
    bench.evse.unplug()
    with pytest.raises(ValueError, match="nothing is plugged in"):
        bench.evse.unplug()


def test_a_tethered_charger_takes_no_cable_and_a_plain_socket_no_pilot_vehicle(build):
    with pytest.raises(ValueError, match="takes no cable"):
        build().evse.plug_in(Vehicle(), Cable())
    with pytest.raises(ValueError, match="needs a control pilot"):
        build(kind="plain", phases=1, rating_a=10.0).evse.plug_in(Vehicle())


def test_a_refused_plug_leaves_everything_as_it_was(build):
    bench, other = build(), build()
    vehicle = Vehicle()
    other.evse.plug_in(vehicle)
    with pytest.raises(ValueError, match="elsewhere"):
        bench.evse.plug_in(vehicle)
    assert not bench.evse.plugged
    assert bench.evse.pilot_mv()[0] == 12_000
    bench.evse.plug_in(Vehicle())
    assert bench.evse.plugged


def test_a_locked_plug_stays_in_unless_force_is_used(build):
    bench = build(kind="socket")
    bench.charge()
    assert bench.evse.lock.home
    with pytest.raises(ConnectorLockedError):
        bench.evse.unplug()
    assert bench.evse.plugged
    bench.evse.unplug(by_force=True)
    assert not bench.evse.plugged


def test_a_plug_pulled_under_load_parts_its_pilot_first(build):
    bench = build()
    bench.charge()
    pulled_us = bench.clock.now_us
    bench.evse.unplug()
    bench.run(2)
    assert bench.trace.first("pilot_high_mv", 12_000, after_us=pulled_us) == pulled_us
    opened_us = bench.trace.first("pole_l1", 0, after_us=pulled_us)
    assert pulled_us < opened_us <= pulled_us + 100_000  # IEC 61851-1 Table A.6 seq. 2.2
    assert bench.evse.current_a("l1") == 0.0


def test_the_cables_rating_reaches_the_proximity_pin_and_the_offer(build):
    bench = build(kind="socket")
    vehicle = Vehicle("renault-zoe-ze50", soc_percent=30)
    bench.evse.plug_in(vehicle, Cable(rating_a=20))
    bench.evse.command(permitted=True, limit_a=32.0)
    bench.run(40)
    assert bench.evse.report().cable_rating_a == 20
    assert bench.evse.current_a("l1") <= 20


def test_a_single_phase_cable_carries_one_line(build):
    bench = build(kind="socket")
    bench.evse.plug_in(Vehicle("bmw-i3-120"), Cable(phases=1))
    bench.evse.command(permitted=True, limit_a=16.0)
    bench.run(30)
    assert bench.evse.current_a("l1") > 15
    assert bench.evse.current_a("l2") == 0.0


def test_tags_and_buttons_are_heard_only_with_power(build):
    bench, heard = build(), []
    bench.evse.on_tag(heard.append)
    bench.evse.on_press(heard.append)
    bench.evse.present_tag("CAFE")
    bench.evse.press("start")
    bench.evse.cut_power()
    bench.evse.present_tag("DEAD")
    bench.evse.press("stop")
    assert heard == ["CAFE", "start"]
    bench.run(1)
    assert bench.evse.inputs.tag_seq == 1


@pytest.mark.parametrize("tag", ["", "X" * 21])
def test_a_tag_that_no_card_has_is_refused(build, tag):
    with pytest.raises(ValueError, match="1 to 20 characters"):
        build().evse.present_tag(tag)


def test_a_pressed_button_is_let_go(build):
    bench = build()
    bench.evse.press("stop", duration_us=100_000)
    bench.run(0.05)
    assert bench.evse.inputs.button_stop
    bench.run(0.1)
    assert not bench.evse.inputs.button_stop


def test_an_unknown_field_of_a_command_is_refused_and_changes_nothing(build):
    bench = build()
    with pytest.raises(ValueError, match="no field 'amps'"):
        bench.evse.command(permitted=True, amps=16)
    assert not bench.controller.command.permitted


def test_a_sample_is_at_most_a_tick_old(build):
    bench, seen = build(), []
    bench.charge()
    bench.run(600)
    bench.evse.sample(lambda now_us, report: seen.append((now_us, report.energy_wh)))
    asked_us, true_wh = bench.clock.now_us, bench.evse.energy_wh()
    bench.run(0.002)
    [(told_us, energy_wh)] = seen
    assert asked_us <= told_us <= asked_us + 1000
    assert energy_wh == pytest.approx(true_wh, abs=0.01)


def test_a_power_cut_opens_everything_and_keeps_the_register(build):
    bench = build()
    bench.charge()
    bench.run(1800)
    true_wh = bench.evse.energy_wh()
    bench.evse.cut_power()
    assert not bench.evse.powered
    bench.run(1)
    assert not bench.evse.pole_closed("l1")
    assert bench.evse.pilot_mv()[0] == 0
    bench.evse.restore_power()
    bench.run(2)
    kept_wh = bench.evse.report().energy_wh
    assert true_wh - 10 * 11_000 / 3600 <= kept_wh <= true_wh + 0.01


def test_a_report_comes_after_every_boot(build):
    bench, told = build(), []
    bench.evse.on_report(lambda now_us, report: told.append(now_us))
    bench.evse.cut_power()
    bench.run(1)
    told.clear()
    restored_us = bench.clock.now_us
    bench.evse.restore_power()
    bench.run(2)
    assert restored_us + 800_000 <= told[0] <= restored_us + 802_000


def test_a_reset_lets_the_contactor_go_and_boots_again(build):
    bench = build()
    bench.charge()
    reset_us = bench.clock.now_us
    bench.evse.reset_controller()
    bench.run(0.2)
    assert bench.evse.pilot_mv() == (pytest.approx(5995, abs=3), None)
    assert bench.trace.first("pole_l1", 0, after_us=reset_us) <= reset_us + 50_000
    bench.run(30)
    assert bench.evse.report().phase is Phase.CHARGING


def test_a_hung_controller_keeps_its_outputs_until_its_watchdog_resets_it(build):
    bench = build()
    bench.charge()
    hung_us = bench.clock.now_us
    bench.evse.hang_controller()
    steps = bench.controller.steps
    bench.run(0.2)
    assert bench.controller.steps <= steps + 1
    dropped_us = bench.trace.first("coil_main", 0, after_us=hung_us)
    assert 50_000 <= dropped_us - hung_us <= 51_000
    assert not bench.evse.pole_closed("l1")
    bench.run(30)
    assert bench.evse.report().phase is Phase.CHARGING


def test_a_cut_while_the_controller_hangs_opens_at_once_and_boots_once(build):
    bench = build()
    bench.charge()
    bench.evse.hang_controller()
    bench.run(0.01)
    bench.evse.cut_power()
    bench.run(0.035)
    assert not bench.evse.pole_closed("l1")
    bench.run(5)
    assert not bench.evse.ticker.running
    bench.evse.restore_power()
    bench.run(30)
    assert bench.evse.report().phase is Phase.CHARGING


def test_a_cut_shorter_than_a_tick_is_ridden_through(build):
    bench = build()
    bench.evse.cut_power()
    bench.evse.restore_power()
    steps = bench.controller.steps
    bench.evse.plug_in(Vehicle())
    bench.run(0.1)
    assert bench.controller.steps > steps
    assert bench.evse.report().plugged


def test_a_plain_socket_charges_a_motorcycle_without_a_pilot(build):
    bench = build(kind="plain", phases=1, rating_a=10.0)
    bench.evse.plug_in(Vehicle("super-soco-tc-max", soc_percent=50))
    bench.evse.command(permitted=True, limit_a=10.0)
    bench.run(60)
    assert bench.evse.current_a("l1") == pytest.approx(4.0)


def test_a_simplified_pilot_goes_straight_to_state_c(build):
    bench = build()
    bench.evse.plug_in(Vehicle("energica-ego", soc_percent=50))
    assert bench.evse.pilot_mv()[0] == pytest.approx(5995, abs=3)
    bench.evse.command(permitted=True, limit_a=16.0)
    bench.run(60)
    assert bench.evse.current_a("l1") == pytest.approx(10.0)


def test_a_measurement_that_does_not_exist_now_says_so(build):
    bench = build()
    with pytest.raises(ValueError, match="no signal 'colour'"):
        bench.evse.measure("colour")
    with pytest.raises(ValueError, match="pilot_low_mv has no value now"):
        bench.evse.measure("pilot_low_mv")
    assert bench.evse.measure("voltage_l1_v") == 230.0


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "wall"}, {"phases": 2}, {"rating_a": 5.0}, {"exec_us": 0}, {"tolerance": "x"}],
)
def test_an_impossible_charger_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        EvseConfig(**wrong)


@pytest.mark.parametrize("interruption", ["reset_controller", "hang_controller"])
def test_a_reset_in_mid_charge_loses_and_gains_nothing_of_the_register(build, interruption):
    bench = build(seed=9)
    bench.charge()
    bench.run(907)
    reports = []
    bench.evse.sample(lambda _, report: reports.append(report))
    bench.run(0.01)
    true_wh = bench.evse.energy_wh()
    getattr(bench.evse, interruption)()
    bench.run(2)
    bench.evse.sample(lambda _, report: reports.append(report))
    bench.run(0.01)
    before, after = (report.energy_wh for report in reports)
    passed_wh = bench.evse.energy_wh() - true_wh
    assert passed_wh > 0
    assert after - before == pytest.approx(passed_wh, abs=0.05)


def test_the_converter_starts_anew_with_the_power_alone(build):
    bench = build()
    bench.charge()
    bench.run(60)
    bench.evse.sample(lambda _at_us, _report: None)
    bench.run(0.01)
    counted_ws = sum(bench.evse.inputs.total_vi_ws)
    bench.evse.reset_controller()
    bench.run(2)
    assert sum(bench.evse.inputs.total_vi_ws) >= counted_ws > 0
    bench.evse.cut_power()
    bench.run(1)
    bench.evse.restore_power()
    bench.run(0.9)
    assert bench.evse.inputs.total_vi_ws == (0.0, 0.0, 0.0)
