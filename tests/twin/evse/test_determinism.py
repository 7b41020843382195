"""Same seed, same trace, byte for byte; another seed, another one."""

from __future__ import annotations

import pytest

from twin.trace.export import write_csv
from twin.vehicle import Vehicle


def session(build, path, seed):
    bench = build(seed=seed, tolerance="random", kind="socket")
    vehicle = Vehicle("vw-id3-58", soc_percent=96, tolerance="random", seed=seed)
    bench.charge(vehicle)
    bench.evse.inject("residual_dc", current_ma=30.0)
    bench.run(5)
    bench.evse.clear("residual_dc")
    bench.run(1800)
    write_csv(bench.trace, path)
    return path.read_bytes()


@pytest.mark.parametrize("seed", [0, 1, 12345])
def test_the_same_seed_makes_the_same_bytes(build, tmp_path, seed):
    first = session(build, tmp_path / "first.csv", seed)
    second = session(build, tmp_path / "second.csv", seed)
    assert first == second
    assert len(first) > 1000


def test_another_seed_makes_other_bytes(build, tmp_path):
    assert session(build, tmp_path / "a.csv", 1) != session(build, tmp_path / "b.csv", 2)
