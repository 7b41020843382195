"""What ends a fault: its cause, the vehicle's leaving, or somebody's acknowledgement."""

from __future__ import annotations

from typing import Any

import pytest

from twin.control.faults import POLICIES, Ends, FaultBook
from twin.controller import ControllerSettings
from twin.process import FaultCode, Phase, StopKind

DELAY_US = ControllerSettings().retry_delay_us


@pytest.fixture
def book() -> FaultBook:
    return FaultBook(ControllerSettings())


def test_every_fault_has_a_policy() -> None:
    assert set(POLICIES) == set(FaultCode)


@pytest.mark.parametrize("code", FaultCode, ids=lambda code: code.value)
def test_a_fault_stands_as_long_as_its_cause(book: FaultBook, code: FaultCode) -> None:
    causes = {code: StopKind.IMMEDIATE}
    for now_us in range(0, 10 * DELAY_US, DELAY_US):
        book.update(now_us, causes, True, True)
        assert book.codes == {code}
        assert book.latched is not book.healing


@pytest.mark.parametrize("code", FaultCode, ids=lambda code: code.value)
def test_an_acknowledgement_ends_any_fault_whose_cause_is_gone(
    book: FaultBook, code: FaultCode
) -> None:
    book.update(0, {code: StopKind.SOFT}, False)
    book.update(1_000, {}, False, True)
    assert not book.codes


@pytest.mark.parametrize("code", FaultCode, ids=lambda code: code.value)
def test_a_fault_ends_as_its_policy_says_and_not_before(book: FaultBook, code: FaultCode) -> None:
    book.update(0, {code: StopKind.IMMEDIATE}, False)
    book.update(1_000, {}, False)
    ends = POLICIES[code].ends
    assert (not book.codes) is (ends is Ends.COOLED)
    book.update(1_000 + DELAY_US - 1, {}, False)
    assert (not book.codes) is (ends is Ends.COOLED)
    book.update(1_000 + DELAY_US, {}, False)
    assert (not book.codes) is (ends in (Ends.COOLED, Ends.CAUSE_GONE))
    book.update(100 * DELAY_US, {}, True)
    assert (not book.codes) is (ends is not Ends.ACKNOWLEDGED)


@pytest.mark.parametrize("code", FaultCode, ids=lambda code: code.value)
def test_a_vehicle_that_leaves_ends_what_it_may_have_caused(
    book: FaultBook, code: FaultCode
) -> None:
    book.update(0, {code: StopKind.IMMEDIATE}, False)
    book.update(1_000, {}, True)
    ended = POLICIES[code].unplug_ends or POLICIES[code].ends is Ends.COOLED
    assert (not book.codes) is ended


def test_a_cause_that_comes_back_starts_its_delay_anew(book: FaultBook) -> None:
    causes = {FaultCode.EARTH_LOST: StopKind.IMMEDIATE}
    book.update(0, causes, False)
    book.update(1_000, {}, False)
    book.update(DELAY_US, causes, False)
    book.update(DELAY_US + 1_000, {}, False)
    book.update(2 * DELAY_US, {}, False)
    assert book.codes
    assert book.due_us == 2 * DELAY_US + 1_000


def test_two_faults_that_heal_together_are_one_retry(book: FaultBook) -> None:
    both = {
        FaultCode.UNDER_VOLTAGE: StopKind.SOFT,
        FaultCode.PHASE_LOST: StopKind.IMMEDIATE,
    }
    now_us = 0
    for _ in range(3):
        book.update(now_us, both, False)
        assert book.healing
        book.update(now_us + 1_000, {}, False)
        now_us += 1_000 + DELAY_US
        book.update(now_us, {}, False)
        assert not book.codes
    book.update(now_us, both, False)
    assert book.latched


def test_an_immediate_fault_beside_a_soft_one_opens_at_once(book: FaultBook) -> None:
    book.update(0, {FaultCode.UNDER_VOLTAGE: StopKind.SOFT}, False)
    assert (book.soft, book.immediate) == (True, False)
    book.update(0, {FaultCode.EARTH_LOST: StopKind.IMMEDIATE}, False)
    assert (book.soft, book.immediate) == (False, True)


def test_charging_resumes_by_itself_after_a_fault_that_heals(bench: Any) -> None:
    bench.charge(amps=0.0)
    bench.inputs.earth_sense = False
    bench.run(100)
    bench.inputs.earth_sense = True
    bench.run(9_900)
    assert bench.phase is Phase.RECOVERING
    bench.run(1_000)
    assert bench.coil


def test_a_fourth_failure_in_ten_minutes_waits_for_a_person_or_another_vehicle(
    bench: Any,
) -> None:
    bench.charge(amps=0.0)
    for _ in range(4):
        assert bench.coil
        bench.inputs.earth_sense = False
        bench.run(100)
        bench.inputs.earth_sense = True
        bench.run(14_000)
    assert bench.phase is Phase.FAULTED
    bench.command(clear_faults_count=1)
    bench.run(4_000)
    assert bench.coil


def test_a_fault_that_heals_out_of_service_ends_out_of_service(bench: Any) -> None:
    bench.command(available=False)
    bench.run(500)
    bench.inputs.earth_sense = False
    bench.run(100)
    assert bench.phase is Phase.RECOVERING
    bench.inputs.earth_sense = True
    bench.run(11_000)
    assert bench.phase is Phase.UNAVAILABLE
