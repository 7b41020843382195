"""Power goes at any instant of a session under the firmware's two programs: nothing is lost."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.peers.charger_laws import transactions_are_whole
from tests.peers.firmware_rig import WholeFirmwareRig
from tests.peers.host_program import host_program
from tests.peers.scripted_central import ScriptedCentral

__all__ = ["host_program"]

KEYS = {"MeterValueSampleInterval": "20", "TransactionMessageRetryInterval": "20"}
CUTS = st.lists(
    st.tuples(
        # How long the charge has gone on when something happens: nothing, or its end.
        st.sampled_from([0.0, 3.0, 61.0]),
        st.booleans(),
        # From there to the cut, and how long it lasts. A message takes 20 to 80 ms.
        st.integers(0, 2_500_000),
        st.sampled_from([0.001, 0.5, 30.0]),
    ),
    min_size=1,
    max_size=4,
)


async def play(program: Path, cuts: list[tuple[float, bool, int, float]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rig = WholeFirmwareRig(ScriptedCentral(), Path(folder), program)
        await rig.central.start()
        try:
            await rig.boot(configuration=KEYS)
            for charged_s, stopping, cut_us, off_s in cuts:
                rig.plug_in()
                await rig.run(1)
                rig.tag()
                if charged_s:
                    await rig.until(lambda: rig.evses[0].report().closed)
                    await rig.run(charged_s)
                    if stopping:
                        rig.tag()
                await rig.driver.advance(cut_us)
                rig.cp.cut_power()
                await rig.run(off_s)
                rig.cp.restore_power()
                await rig.until(lambda: rig.cp.online)
                await rig.until(lambda: rig.cp.queued == 0, 300)
                assert not rig.cp.in_transaction(), "what a cut has ended goes on"
                rig.unplug(by_force=True)
                await rig.run(2)
        finally:
            note(f"events: {rig.events}")
            await rig.close()
            await rig.central.stop()
        assert rig.central.violations == []
        transactions_are_whole(rig)


def any_cuts(program: Path, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(CUTS)
    def course(cuts: list[tuple[float, bool, int, float]]) -> None:
        asyncio.run(play(program, cuts))

    course()


def test_no_transaction_is_lost_and_none_told_twice(host_program: Path) -> None:
    any_cuts(host_program, 10)


@pytest.mark.full
def test_no_transaction_is_lost_in_very_many_cuts(host_program: Path) -> None:
    any_cuts(host_program, 300)
