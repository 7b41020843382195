"""Power goes at any instant of a charge: no transaction is lost or doubled, and little energy.

The firmware's two programs are killed together, at a tick that the seed draws, or one of them
alone. What the central system has then is compared with what the charger says of itself, and
the energy of each transaction with what has flown at the plant.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from hil.central import Central
from tests.peers.charger_laws import transactions_are_whole
from tests.peers.firmware_rig import WholeFirmwareRig
from tests.peers.host_program import host_program
from tests.peers.power_cut_course import (
    KEYS,
    Books,
    Course,
    Cut,
    Player,
    Session,
    Told,
    draw,
)
from tests.peers.scripted_central import ScriptedCentral
from twin.driver import ExternalClock

__all__ = ["host_program"]

Play = Callable[[Path, Course, Books], Awaitable[None]]


def play_all(
    play: Play,
    program: Path,
    seeds: Iterable[int],
    capsys: pytest.CaptureFixture[str],
    *,
    at_least: int,
) -> None:
    """Play the courses of these seeds, in which so many cuts come.

    `POWER_CUT_SEED` in the environment names one seed to play instead.
    """
    books = Books()
    given = os.environ.get("POWER_CUT_SEED")
    for seed in seeds if given is None else [int(given)]:
        try:
            asyncio.run(play(program, draw(seed), books))
        except BaseException as error:
            test = os.environ["PYTEST_CURRENT_TEST"].split()[0]
            error.add_note(f"{draw(seed)}\nagain: POWER_CUT_SEED={seed} .venv/bin/pytest {test}")
            raise
    with capsys.disabled():
        sys.stdout.write(f"\n{books}\n")
    if given is None:
        assert books.cuts.total() >= at_least


# --- with a central system that looks at every frame ---


async def play_scripted(
    program: Path,
    course: Course,
    books: Books,
    memory_faults: Mapping[str, object] = MappingProxyType({}),
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = WholeFirmwareRig(ScriptedCentral(), Path(folder), program)
        await rig.central.start()
        try:
            rig.add_evse(kind=course.kind, tolerance="random", seed=course.seed)
            (Path(folder) / "evse1" / "faults.json").write_text(json.dumps(dict(memory_faults)))
            await rig.boot(configuration=KEYS, seed=course.seed)
            player = Player(rig, course)
            await player.play()
        finally:
            await rig.close()
            await rig.central.stop()
        assert rig.central.violations == []
        transactions_are_whole(rig)
        player.judge(told_to(rig.central), books)


def told_to(central: ScriptedCentral) -> list[Told]:
    # One that comes again, since it was not acknowledged, is the same to the letter.
    starts = {str(call): call for call in central.of("StartTransaction")}.values()
    stops = {str(call): call for call in central.of("StopTransaction")}.values()
    return [
        Told(start["meterStart"], stop["meterStop"], stop.get("reason", "Local"))
        for start, stop in zip(starts, stops, strict=True)
    ]


def test_no_transaction_is_lost_or_doubled_and_energy_is_within_the_rule(
    host_program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play_all(play_scripted, host_program, range(20), capsys, at_least=40)


def test_a_controller_whose_memory_takes_nothing_is_found_out(host_program: Path) -> None:
    cut = Cut("power", 0, 500_000)
    course = Course(1, "tethered", (Session("byd-atto-3", False, 60_000_000, False, (cut,)),))
    with pytest.raises(AssertionError, match="the register has lost"):
        asyncio.run(play_scripted(host_program, course, Books(), {"writes_fail_from": 1}))


@pytest.mark.full
def test_so_it_is_in_hundreds_of_cuts(
    host_program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play_all(play_scripted, host_program, range(1_000, 1_200), capsys, at_least=500)


# --- with the real one ---


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    made = Central(tmp_path / "central")
    made.start()
    made.add_tag("TAG1")
    yield made
    made.stop()


def with_the_real(central: Central) -> Play:
    async def play(program: Path, course: Course, books: Books) -> None:
        identity = f"CP{course.seed}"
        clock = ExternalClock(central.control, central.epoch)
        with tempfile.TemporaryDirectory() as folder:
            rig = WholeFirmwareRig(ScriptedCentral(), Path(folder), program, on_exchange=clock.tell)
            try:
                rig.add_evse(kind=course.kind, tolerance="random", seed=course.seed)
                await rig.boot(
                    identity=identity,
                    url=central.ocpp,
                    key=central.add_charger(identity),
                    utc_at_zero=central.epoch,
                    configuration=KEYS,
                    seed=course.seed,
                )
                player = Player(rig, course)
                await player.play()
            finally:
                await rig.close()
                await clock.close()
                central.has_reached(rig.clock.now_us)
            player.judge(told_to_the_real(central, identity), books)

    return play


def told_to_the_real(central: Central, identity: str) -> list[Told]:
    sessions = central.sessions(identity)[::-1]
    for each in sessions:
        assert each["status"] == "completed"
        assert not each["provisional"]
        assert not each["orphan"]
        read = [point["timestamp"] for point in central.readings(identity, each["transaction_id"])]
        assert read == sorted(read)
    return [
        Told(each["meter_start_wh"], each["meter_stop_wh"], each["stop_reason"])
        for each in sessions
    ]


def test_the_real_central_system_has_them_too(
    host_program: Path, central: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    play_all(with_the_real(central), host_program, range(2_000, 2_008), capsys, at_least=12)


@pytest.mark.full
def test_the_real_central_system_has_them_after_a_hundred_cuts_too(
    host_program: Path, central: Central, capsys: pytest.CaptureFixture[str]
) -> None:
    play_all(with_the_real(central), host_program, range(2_100, 2_150), capsys, at_least=100)
