"""Who comes when and what breaks when is drawn from a description and a seed, and nothing else."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.fleet import draw, load, profile, profiles
from twin.fleet.drawing import CHANGE_OF_DRIVERS_US
from twin.fleet.plan import HOUR_US, UNKNOWN


@pytest.mark.parametrize("name", profiles())
def test_the_same_seed_draws_the_same_plans(name: str) -> None:
    described = profile(name)
    assert draw(described, 30, 7) == draw(described, 30, 7)
    assert draw(described, 30, 7) != draw(described, 30, 8)


def test_a_larger_fleet_begins_with_the_smaller_one() -> None:
    described = profile("chaos")
    assert draw(described, 40, 3)[:10] == draw(described, 10, 3)


def test_another_fault_moves_no_visit() -> None:
    described = profile("chaos")
    calm = msgspec.structs.replace(described, faults=[])
    for with_faults, without in zip(draw(described, 20, 1), draw(calm, 20, 1), strict=True):
        assert with_faults.visits == without.visits
        assert with_faults.link_losses == without.link_losses
        assert not without.breakages


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(profiles()), seed=st.integers(0, 2**32), hours=st.floats(0.1, 72))
def test_nobody_comes_before_the_one_before_has_left(name: str, seed: int, hours: float) -> None:
    for plan in draw(profile(name), 5, seed, hours=hours):
        for visits in plan.visits:
            for visit in visits:
                assert 0 <= visit.arrives_us < visit.leaves_us
                assert visit.arrives_us < hours * HOUR_US
                assert 1 <= len(visit.id_tag) <= 20
            for one, next_one in itertools.pairwise(visits):
                assert next_one.arrives_us >= one.leaves_us + CHANGE_OF_DRIVERS_US


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), hours=st.floats(1, 72))
def test_outages_of_one_kind_lie_apart_and_end(seed: int, hours: float) -> None:
    for plan in draw(profile("chaos"), 5, seed, hours=hours):
        for outage in (*plan.power_cuts, *plan.link_losses, *plan.breakages):
            assert 0 <= outage.begins_us < outage.ends_us
            assert outage.begins_us < hours * HOUR_US
        for one, next_one in itertools.pairwise(plan.power_cuts):
            assert next_one.begins_us > one.ends_us


def test_makes_are_dealt_out_by_their_shares() -> None:
    counts = Counter(plan.make.kind for plan in draw(profile("chaos"), 100, 1))
    assert counts == {"socket": 40, "tethered": 40, "plain": 20}


def test_rates_are_what_is_drawn_on_the_average() -> None:
    described = profile("chaos")
    plans = draw(described, 400, 1)
    cuts = sum(len(plan.power_cuts) for plan in plans) / len(plans)
    assert cuts == pytest.approx(described.power.cuts_per_day, rel=0.1)
    earth = [each for plan in plans for each in plan.breakages if each.name == "earth_lost"]
    connectors = sum(len(plan.visits) for plan in plans)
    assert len(earth) / connectors == pytest.approx(0.5, rel=0.15)


def test_a_storm_takes_its_chargers_at_once_and_brings_them_back_within_seconds() -> None:
    described = profile("highway")
    storm = described.link.storms[0]
    begins_us = round((5 + 10 / 60) * HOUR_US)
    ends_us = [
        outage.ends_us
        for plan in draw(described, 200, 1)
        for outage in plan.link_losses
        if outage.begins_us == begins_us
    ]
    assert len(ends_us) == 200
    assert 0 < max(ends_us) - min(ends_us) <= storm.back_within_s * 1e6


def test_nobody_charges_in_two_places_with_the_fleets_own_tags() -> None:
    owners: dict[str, set[tuple[str, int]]] = {}
    for plan in draw(profile("motorcycle-swap-yard"), 50, 1):
        for connector, visits in enumerate(plan.visits):
            for visit in visits:
                owners.setdefault(visit.id_tag, set()).add((plan.identity, connector))
    assert all(len(places) == 1 for places in owners.values())


def test_tags_of_the_operators_are_dealt_out_and_unknown_ones_are_not_to_be_admitted() -> None:
    plans = draw(profile("chaos"), 20, 1, id_tags=["A", "B", "C"])
    known = {tag for plan in plans for tag in plan.id_tags()}
    assert known == {"A", "B", "C"}
    shown = {visit.id_tag for plan in plans for visits in plan.visits for visit in visits}
    assert any(tag.startswith(UNKNOWN) for tag in shown)


def test_a_fleet_needs_chargers_and_an_identity_for_each() -> None:
    described = profile("office-day")
    with pytest.raises(ValueError, match="at least one charger"):
        draw(described, 0, 1)
    with pytest.raises(ValueError, match="3 chargers, but only 2 identities"):
        draw(described, 3, 1, identities=["A", "B"])
    assert [plan.identity for plan in draw(described, 2, 1, identities=["A", "B"])] == ["A", "B"]


def test_a_window_over_midnight_is_drawn_over_midnight(tmp_path: Path) -> None:
    path = tmp_path / "night.yaml"
    path.write_text(
        """\
about: a night
begins: "20:00"
hours: 12
chargers:
  - vehicles: {byd-atto-3: 1}
    visits:
      - {between: ["22:00", "02:00"], per_connector: 1, stay_h: [1, 2]}
""",
        encoding="utf-8",
    )
    arrivals_h = [
        visit.arrives_us / HOUR_US
        for plan in draw(load(path), 100, 1)
        for visits in plan.visits
        for visit in visits
    ]
    assert 2 <= min(arrivals_h) < 4 < max(arrivals_h) <= 6
