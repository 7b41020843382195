"""The bytes of the link's blocks: the same on both sides, and nothing lost on the way."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.control.hardware import Hardware
from twin.link.codec import LinkValueError, codec
from twin.link.generate_cpp import files
from twin.link.layout import BLOCKS, Field, block_size, fields
from twin.link.pins import Indicator, Inputs, Outputs, PilotMode
from twin.process import Command, FaultCode, Phase, Report

OBJECTS = {
    "inputs": Inputs,
    "outputs": Outputs,
    "hardware": Hardware,
    "command": Command,
    "report": Report,
}
LIMITS = {
    "u8": (0, 255),
    "u16": (0, 65_535),
    "u32": (0, (1 << 32) - 1),
    "i32": (1 - (1 << 31), (1 << 31) - 1),
    "i64": (-(1 << 50), 1 << 50),
}


def _values(field: Field) -> st.SearchStrategy:
    if field.kind == "bool":
        one: st.SearchStrategy = st.booleans()
    elif field.kind in ("choice", "text-choice"):
        one = st.sampled_from(field.choices)
    elif field.kind == "set":
        one = st.frozensets(st.sampled_from(field.choices))
    elif field.kind == "text":
        one = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)
    elif field.kind == "float":
        one = st.integers(*LIMITS[field.wire]).map(lambda number: number / field.fixed)
    else:
        one = st.integers(*LIMITS[field.wire])
    return one if field.count == 1 else st.tuples(*[one] * field.count)


def test_the_generated_headers_are_current() -> None:
    for path, text in files().items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: python -m twin.link.generate_cpp"


@pytest.mark.parametrize("block", [block for block in BLOCKS if block != "hardware"])
@settings(max_examples=30)
@given(data=st.data())
def test_every_value_that_the_wire_has_a_place_for_arrives_as_it_was(block, data) -> None:
    sent = OBJECTS[block](**{field.name: data.draw(_values(field)) for field in fields()[block]})
    packed = codec(block).pack(sent)
    assert len(packed) == block_size(block)
    assert codec(block).unpack(packed) == sent


@pytest.mark.parametrize(
    "hardware",
    [Hardware(), Hardware("socket", 63.0, 1, ventilation=True, lock=True), Hardware("plain", 16.0)],
)
def test_a_type_plate_arrives_as_it_was(hardware: Hardware) -> None:
    assert codec("hardware").unpack(codec("hardware").pack(hardware)) == hardware


def test_golden_bytes_of_the_outputs() -> None:
    outputs = Outputs(
        pilot_mode=PilotMode.PWM,
        pilot_duty_ppm=266_666,
        contactor_main=True,
        indicator=Indicator.CHARGING,
        display_1="Charging 16.0 A",
    )
    assert codec("outputs").pack(outputs).hex(" ") == (
        "01 aa 11 04 00 01 00 00 00 00 03 "
        "43 68 61 72 67 69 6e 67 20 31 36 2e 30 20 41 00 00 00 00 00 " + " ".join(["00"] * 20)
    )


def test_golden_bytes_of_the_command() -> None:
    command = Command(permitted=True, limit_a=16.0, phases=1, unlock_count=2)
    assert codec("command").pack(command).hex(" ") == (
        "01 80 3e 00 00 01 01 00 02 00 00 00 00 00 00 00"
    )


def test_golden_bytes_of_a_reports_sets_and_signs() -> None:
    report = Report(
        phase=Phase.FAULTED,
        power_w=(-1.5, 0.0, 0.0),
        faults=frozenset({FaultCode.PILOT_SHORTED, FaultCode.EARTH_LOST}),
    )
    packed = codec("report").pack(report)
    assert packed[0] == 8
    assert packed[46:50].hex(" ") == "24 fa ff ff"
    assert packed[-4:].hex(" ") == "09 00 00 00"


def test_a_value_that_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(LinkValueError, match="unlock_count = -1"):
        codec("command").pack(Command(unlock_count=-1))


def test_what_the_plant_measures_past_the_wires_end_shows_its_end() -> None:
    shown = codec("inputs").unpack(codec("inputs").pack(Inputs(residual_ma=1e9)))
    assert shown.residual_ma == pytest.approx(2_147_483.647)


@pytest.mark.parametrize(("block", "at"), [("outputs", 0), ("outputs", 10), ("report", 0)])
def test_a_choice_that_does_not_exist_is_refused_by_name(block, at) -> None:
    packed = bytearray(codec(block).pack(OBJECTS[block]()))
    packed[at] = 99
    with pytest.raises(LinkValueError, match="is 99"):
        codec(block).unpack(bytes(packed))


def test_a_fault_bit_that_does_not_exist_is_refused() -> None:
    packed = bytearray(codec("report").pack(Report()))
    packed[-1] = 0x80
    with pytest.raises(LinkValueError, match="faults"):
        codec("report").unpack(bytes(packed))


def test_fields_keep_the_order_of_the_python_objects() -> None:
    for block in BLOCKS:
        assert [field.name for field in fields()[block]] == [
            field.name for field in dataclasses.fields(OBJECTS[block])
        ]
