"""The pin table and what is generated from it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from twin.link.generate import PYTHON, load_table, render
from twin.link.pins import QUANTA, Inputs, Outputs, PilotMode

TABLE = load_table()


def test_the_generated_pins_are_current():
    assert PYTHON.read_text(encoding="utf-8") == render(TABLE)


def test_every_pin_has_a_direction_a_kind_and_a_meaning():
    for pin in TABLE["pin"]:
        assert pin["direction"] in ("to_plant", "from_plant")
        assert pin["kind"] in ("bool", "int", "float", "text", "choice")
        assert pin["doc"]


@pytest.mark.parametrize(("side", "direction"), [(Outputs, "to_plant"), (Inputs, "from_plant")])
def test_the_dataclasses_have_the_pins_of_their_side_in_the_tables_order(side, direction):
    names = [pin["name"] for pin in TABLE["pin"] if pin["direction"] == direction]
    assert [field.name for field in fields(side)] == names


def test_every_output_has_a_reset_value_and_they_are_the_defaults():
    outputs = Outputs()
    for pin in TABLE["pin"]:
        if pin["direction"] == "to_plant":
            value = getattr(outputs, pin["name"])
            assert (value.name if isinstance(value, PilotMode) else value) == pin["reset"] or (
                pin["kind"] == "choice" and value.name == pin["reset"]
            )
    assert outputs.contactor_main is outputs.contactor_l2l3 is False


def test_numbers_name_their_unit_or_range_and_analogue_pins_their_quantum():
    for pin in TABLE["pin"]:
        if pin["kind"] in ("int", "float"):
            low, high = pin["range"]
            assert low < high
    assert {pin["name"] for pin in TABLE["pin"] if "quantum" in pin} == set(QUANTA)


def test_what_the_plant_hands_over_stays_inside_the_tables_ranges(build):
    bench = build(kind="socket")
    bench.charge()
    bench.run(600)
    for pin in TABLE["pin"]:
        if pin["direction"] != "from_plant" or "range" not in pin:
            continue
        value = getattr(bench.evse.inputs, pin["name"])
        low, high = pin["range"]
        for number in value if isinstance(value, tuple) else (value,):
            measure = len(number) if isinstance(number, str) else number
            assert low <= measure <= high, pin["name"]
