"""The catalogue of real models."""

from __future__ import annotations

from itertools import pairwise

import pytest

from twin.vehicle import Vehicle, catalogue

REAL = [name for name in catalogue.names() if name != "instrument"]
MOTORCYCLES = ["zero-sr-f", "bmw-ce-04", "energica-ego", "super-soco-tc-max", "horwin-cr6"]
KINDS = {"maker", "press", "project", "database", "derived", "estimate", "by definition"}


def test_there_are_twelve_real_models_and_three_motorcycles_or_more():
    assert len(REAL) >= 12
    assert len(set(MOTORCYCLES) & set(REAL)) >= 3


def test_there_are_one_two_and_three_phase_models_and_every_kind_of_pilot():
    models = [catalogue.model(name) for name in REAL]
    assert {model.phases for model in models} == {1, 2, 3}
    assert {model.pilot for model in models} == {"full", "simplified", "none"}


@pytest.mark.parametrize("name", catalogue.names())
def test_every_number_names_its_source_and_every_estimate_its_reason(name):
    sources = catalogue.model(name).sources
    assert "*" in sources
    assert set(sources) - {"*"} <= catalogue.FIELDS
    for source in sources.values():
        kind, _, where = source.partition(": ")
        assert kind in KINDS
        assert len(where) > 10


@pytest.mark.parametrize("name", REAL)
def test_battery_and_on_board_charger_have_a_source_of_their_own(name):
    assert {"phases", "max_a", "chemistry", "series", "capacity_ah"} <= set(
        catalogue.model(name).sources
    )


@pytest.mark.parametrize(
    ("name", "kwh"),
    [
        ("byd-atto-3", 60.48),
        ("tesla-model-3-long-range", 74.0),
        ("vw-id3-58", 58.0),
        ("vw-e-up", 32.3),
        ("renault-zoe-ze50", 52.0),
        ("nissan-leaf-40", 39.0),
        ("hyundai-kona-64", 64.0),
        ("kia-ev6-77", 77.4),
        ("bmw-i3-120", 37.9),
        ("fiat-500e-42", 37.3),
        ("dacia-spring", 26.8),
        ("zero-sr-f", 12.6),
        ("energica-ego", 18.9),
    ],
)
def test_a_battery_holds_the_published_energy_within_four_per_cent(name, kwh):
    model = catalogue.model(name)
    curve = catalogue.chemistry(model.chemistry).curve
    mean_v = sum((b - a) * (x + y) / 2 for (a, x), (b, y) in pairwise(curve))
    assert mean_v * model.series * model.capacity_ah / 1000 == pytest.approx(kwh, rel=0.04)


@pytest.mark.parametrize("name", MOTORCYCLES)
def test_motorcycles_draw_between_a_half_and_3_3_kilowatts(name):
    model = catalogue.model(name)
    assert 500 <= 230 * model.max_a * model.phases <= 3300


@pytest.mark.parametrize("name", catalogue.names())
def test_every_model_can_be_built_and_has_charge_to_its_name(name):
    vehicle = Vehicle(name, soc_percent=50)
    assert vehicle.soc_percent == pytest.approx(50)
    assert vehicle.battery.open_v(0.0) < vehicle.battery.max_v


def test_an_unknown_model_is_refused_with_those_that_are_near():
    with pytest.raises(ValueError, match="did you mean byd-atto-3"):
        Vehicle("byd-atto3")


def test_an_unknown_field_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="no field"):
        Vehicle("byd-atto-3", colour="red")


@pytest.mark.parametrize("bad", [{"soc_percent": 101}, {"target_percent": 0}, {"phases": 4}])
def test_impossible_vehicles_are_refused(bad):
    with pytest.raises(ValueError, match=r"has to be|1, 2 or 3"):
        Vehicle("byd-atto-3", **bad)


def test_tolerances_draw_pilot_parts_by_seed_inside_their_bands():
    parts = [Vehicle(tolerance="random", seed=seed).model.resistance_b_ohm for seed in range(50)]
    assert len(set(parts)) == 50
    assert all(2740 * 0.97 <= ohm <= 2740 * 1.03 for ohm in parts)
    assert Vehicle(tolerance="worst", seed=1).model.resistance_b_ohm in (
        2740 * 0.97,
        2740 * 1.03,
    )


def test_parts_given_by_hand_and_the_instrument_are_never_drawn():
    by_hand = Vehicle(tolerance="worst", seed=1, resistance_b_ohm=1870.0)
    assert by_hand.model.resistance_b_ohm == 1870.0
    instrument = Vehicle("instrument", tolerance="worst", seed=1)
    assert instrument.model == Vehicle("instrument").model
