"""A disagreement of two controllers as a scenario that anybody can run."""

from __future__ import annotations

from collections.abc import Iterator

from hil.target import EvseFacts
from hil.targets.twin import STARTED_US
from scenarios.words import as_told
from tests.peers.lockstep_course import Course
from tests.peers.lockstep_difference import BEGIN, MS, Difference
from twin.process import Phase

SETTINGS = """\
*** Settings ***
Documentation       {why}
...                 Run it with --seed {seed}: at another phase of the ticks it may be different.
Resource            scenarios/resources/electrics.resource


*** Test Cases ***
{title}
    [Tags]    needs:command    needs:contactor    needs:power    needs:supply    needs:vehicle
"""


def scenario(course: Course, difference: Difference) -> str:
    """Return the text of a scenario that passes where the expected one of the two controls."""
    why = (
        f"At {difference.at_us / 1e6:.6f} s {difference.what} is {difference.expected} under one "
        f"controller and {difference.seen} under the other."
    )
    head = SETTINGS.format(why=why, seed=course.seed, title="Two Controllers Agree")
    return head + "".join(f"    {step}\n" for step in _steps(course, difference))


def _steps(course: Course, difference: Difference) -> Iterator[str]:
    yield _evse(course.evse)
    now_us = STARTED_US
    acts = [*BEGIN, *course.acts][: difference.after + 1]
    for number, (words, wait_ms) in enumerate(acts):
        yield from _act(words)
        last = number == difference.after
        end_us = difference.at_us if last else now_us + wait_ms * MS
        yield f"Let Time Pass    {(end_us - now_us) / MS:.3f} ms"
        now_us = end_us
    for words in _expected(difference):
        yield f"Wait Until    {words}    within=0 s"


def _evse(evse: EvseFacts) -> str:
    ventilation = "yes" if evse.ventilation else "no"
    return f"Use EVSE    kind={evse.kind}    phases={evse.phases}    ventilation={ventilation}"


def _act(words: str) -> Iterator[str]:
    if words.startswith("plug in "):
        yield "    ".join(["Plug In Vehicle", *words.removeprefix("plug in ").split()])
    elif words != "nothing":
        yield f"It Happens    {words}"


def _expected(difference: Difference) -> Iterator[str]:
    what, expected, seen = difference.what, difference.expected, difference.seen
    if isinstance(expected, frozenset) and isinstance(seen, frozenset):
        yield from sorted(f"fault {code.value}" for code in expected - seen)
        yield from sorted(f"no fault {code.value}" for code in seen - expected)
    elif what in ("controller_phase", "phase"):
        assert isinstance(expected, (int, float))
        yield f"phase {Phase(int(expected)).name.lower()}"
    elif difference.signal:
        yield f"signal {what} {expected}"
    else:
        yield f"report {what} {as_told(expected)}"
