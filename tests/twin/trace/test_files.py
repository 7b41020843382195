"""Traces as MDF4, CSV and pictures."""

from __future__ import annotations

import csv

import pytest

from twin.trace import Trace
from twin.trace.export import write_csv, write_mdf
from twin.trace.plot import plot
from twin.vehicle import Vehicle


@pytest.fixture
def charged(build):
    bench = build()
    bench.charge(Vehicle("bmw-i3-120", soc_percent=50))
    return bench


def test_csv_holds_every_sample_in_order_of_time(charged, tmp_path):
    path = tmp_path / "trace.csv"
    write_csv(charged.trace, path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    times = [int(row["time_us"]) for row in rows]
    assert times == sorted(times)
    held = [float(row["value"]) for row in rows if row["signal"] == "pilot_high_mv"]
    assert held == list(charged.trace.samples("pilot_high_mv").value)
    assert {row["unit"] for row in rows if row["signal"] == "pilot_high_mv"} == {"mV"}


def test_mdf_gives_back_times_values_and_units(charged, tmp_path):
    from asammdf import MDF

    path = tmp_path / "trace.mf4"
    write_mdf(charged.trace, path)
    with MDF(path) as file:
        channel = file.get("current_l1_a")
        samples = charged.trace.samples("current_l1_a")
        assert list(channel.samples) == list(samples.value)
        assert [round(at * 1e6) for at in channel.timestamps] == list(samples.time_us)
        assert channel.unit == "A"


@pytest.mark.parametrize(("ending", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_a_picture_of_a_charging_start_is_drawn(charged, tmp_path, ending, magic):
    path = tmp_path / f"start{ending}"
    plot(charged.trace, path, from_us=1_500_000, to_us=13_000_000, marks=[(5_000_000, "closed")])
    assert path.read_bytes().startswith(magic)
    assert path.stat().st_size > 10_000


def test_the_same_trace_makes_the_same_picture(charged, tmp_path):
    for name in ("first.svg", "second.svg"):
        plot(charged.trace, tmp_path / name, from_us=1_500_000, to_us=13_000_000)
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_a_picture_of_an_empty_trace_is_an_empty_screen(tmp_path):
    plot(Trace(), tmp_path / "empty.png", from_us=0, to_us=1000)
    assert (tmp_path / "empty.png").stat().st_size > 1000


def test_a_picture_that_cannot_be_drawn_is_refused(tmp_path):
    with pytest.raises(ValueError, match="nothing to draw"):
        plot(Trace(), tmp_path / "x.png", from_us=5, to_us=5)
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        plot(Trace(), tmp_path / "x.jpg", from_us=0, to_us=5)
