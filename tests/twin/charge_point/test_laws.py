"""Whatever happens at a charger, in whatever order, these laws hold."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.peers.charger_course import COURSES, Course
from tests.peers.charger_laws import play_course


async def _play(
    make: Callable[[Path], Any], refusal: Any, backup_s: float, actions: list[tuple[Any, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await play_course(make(Path(folder)), Course, refusal, actions, backup_s=backup_s)


def _any_course(make: Callable[[Path], Any], refusal: Any, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from([0.0, 0.0, 5.0]), COURSES)
    def course(backup_s: float, actions: list[tuple[Any, ...]]) -> None:
        asyncio.run(_play(make, refusal, backup_s, actions))

    course()


def test_in_any_course_of_events_the_laws_hold(fresh_rig: Any, refusal: Any) -> None:
    _any_course(fresh_rig, refusal, 40)


@pytest.mark.full
def test_in_very_many_courses_of_events_the_laws_hold(fresh_rig: Any, refusal: Any) -> None:
    _any_course(fresh_rig, refusal, 400)
