"""What a vehicle reads from a duty (IEC 61851-1 Table A.8)."""

from __future__ import annotations

import pytest

from twin.vehicle.pilot_reading import allowed_current_a


@pytest.mark.parametrize(
    ("duty_percent", "amps"),
    [
        (0, 0), (2.9, 0), (3, 0), (5, 0), (7, 0), (7.9, 0),
        (8, 6), (9.9, 6), (10, 6), (26.67, 16.002), (53.33, 31.998), (85, 51),
        (85.1, 52.75), (89.2, 63), (96, 80), (96.1, 80), (97, 80), (97.1, 0), (100, 0),
    ],
)  # fmt: skip
def test_a_duty_allows_the_current_of_the_table(duty_percent, amps):
    assert allowed_current_a(duty_percent) == pytest.approx(amps)
