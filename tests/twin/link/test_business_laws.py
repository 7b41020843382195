"""Whatever happens at a charger with the firmware's OCPP client, the laws of a charger hold."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.peers.charger_course import COURSES, Course
from tests.peers.charger_laws import play_course
from tests.peers.firmware_rig import FirmwareRig
from tests.peers.host_program import host_program
from tests.peers.scripted_central import Refusal, ScriptedCentral
from twin.charge_point import Event

__all__ = ["host_program"]

STARTED = "transaction started by "


class FirmwareCourse(Course):
    """What begins and ends is heard from the events that the program tells."""

    def _listen(self) -> None:
        self.rig.cp.on_event(self._event)

    def _event(self, event: Event) -> None:
        if event.text.startswith(STARTED):
            self._begun(event.connector, event.text.removeprefix(STARTED))
        elif event.text.startswith("transaction ended"):
            self.orders.end(event.connector)


async def play(program: Path, actions: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = FirmwareRig(ScriptedCentral(), Path(folder), program)
        await play_course(rig, FirmwareCourse, Refusal, actions)


def any_course(program: Path, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(COURSES)
    def course(actions: list[tuple[Any, ...]]) -> None:
        asyncio.run(play(program, actions))

    course()


def test_in_any_course_of_events_the_laws_hold(host_program: Path) -> None:
    any_course(host_program, 15)


@pytest.mark.full
def test_in_very_many_courses_of_events_the_laws_hold(host_program: Path) -> None:
    any_course(host_program, 400)
