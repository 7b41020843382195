"""Random courses of events in the words of the scenarios, and one that is played on a target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import strategies as st

from hil.target import EvseFacts, Target, VehicleFacts
from scenarios.words import happen
from twin.faults import FAULTS

REPETITIONS_OF_A_SEED = 100_000
"""`evseloop scenarios --seed N` begins at this times N."""

FAULT_VALUES: dict[str, tuple[str, ...]] = {
    "pilot_short": ("resistance_ohm=1", "resistance_ohm=80 where=behind"),
    "pilot_glitch": ("duration_us=2000", "duration_us=61000"),
    "ev_resistance": ("r2_ohm=2740", "r2_ohm=8000", "r3_ohm=100000", "r3_ohm=270", "r2_ohm=300"),
    "generator_amplitude": ("positive_v=9.5", "negative_v=-8", "positive_v=0 negative_v=0"),
    "source_resistance": ("resistance_ohm=1700", "resistance_ohm=520"),
    "proximity_resistance": ("", "resistance_ohm=0", "resistance_ohm=680", "resistance_ohm=1e9"),
    "contactor_welded": ("pole=l1", "pole=l3", "pole=all"),
    "contactor_stuck_open": ("", "contactor=l2l3", "pole=l2"),
    "residual_dc": ("current_ma=6.5", "current_ma=60", "current_ma=-200"),
    "residual_ac": ("", "resistance_ohm=700"),
    "terminal_temperature": (
        "temperature_c=57",
        "temperature_c=67.5",
        "temperature_c=71.5",
        "temperature_c=77",
        "temperature_c=91",
    ),
    "supply_voltage": (
        "factor=0.8",
        "factor=0.865",
        "factor=0.3",
        "factor=1.09",
        "factor=1.13",
        "factor=0.7 line=l2",
        "factor=0.2 line=l1",
        "factor=1.2 line=l3",
    ),
    "phase_lost": ("line=l1", "line=l2", "line=l3"),
    "neutral_lost": ("shift_v=60", "shift_v=60 towards=l3", "shift_v=35"),
    "over_current": ("factor=1.05", "factor=1.5", "factor=3"),
    "short_circuit": ("", "current_a=200 line=l1"),
    "overload": ("current_a=4", "current_a=12", "current_a=60 line=l2"),
    "slow_follow": ("delay_s=4.2", "delay_s=11"),
}
"""What is tried of a fault, where not its defaults: on either side of limits, never at one."""

NOT_TRIED = {
    "ambient": "changes a temperature over hours",
    "contact_resistance": "changes a temperature over minutes",
    "connector_resistance": "changes a temperature over minutes",
}
"""Faults that no course of minutes shows; `terminal_temperature` crosses every limit at once."""

VEHICLES = (
    "another vehicle comes",
    "plug in renault-zoe-ze50 soc=20",
    "plug in nissan-leaf-40 soc=97 cable=20",
    "plug in bmw-i3-120 soc=60 cable=13",
)
EVENTS = (
    "plug is pulled",
    "permission is given",
    "permission is withdrawn",
    "limit 0",
    "limit 6",
    "limit 13.37",
    "limit 32",
    "one phase is wanted",
    "three phases are wanted",
    "cable is to be held",
    "cable may be let go",
    "charger is taken out of service",
    "charger is put into service",
    "unlock is commanded",
    "faults are acknowledged",
    "stop button is pressed",
    "start button is pressed",
    "controller resets",
    "controller hangs",
    "power is cut",
    "power returns",
    "vehicle pauses",
    "vehicle resumes",
    "vehicle falls asleep",
    "vehicle toggles",
    "vehicle asks for ventilation",
)
WAITS_MS = (3, 47, 270, 1_730, 4_370, 7_930, 13_690, 41_300)
"""Between two events. No filter, time-out or interval of either controller is one of these or a
sum of a few: a course in which it takes luck which of two things comes first tells nothing."""

BLIND_MS = 270
"""The converter is dead for so long: no longer, as each of its milliseconds is an exchange, and no
shorter, as the two need not find it at the same time (20 and 50 ms, of the 60 they have)."""

PULLED_MS = 270
"""A plug takes a moment to be out."""


@dataclass(frozen=True)
class Course:
    """An EVSE, and what happens to it.

    Attributes:
        evse: its type plate.
        seed: as of `evseloop scenarios --seed`.
        acts: what happens, and how many milliseconds pass after it.
    """

    evse: EvseFacts
    seed: int
    acts: tuple[tuple[str, int], ...]


@dataclass
class _Scene:
    """What of a plant decides whether an event can happen."""

    plugged: bool = False
    paused: bool = False
    powered: bool = True
    faults: set[str] = field(default_factory=set)

    def has_room_for(self, words: str) -> bool:
        """Say whether this can happen now, and take it for happened."""
        if words in VEHICLES:
            possible = not self.plugged
            self.plugged, self.paused = True, False
        elif words.startswith("no fault "):
            name = words.removeprefix("no fault ")
            possible = name in self.faults
            self.faults.discard(name)
        elif words.startswith("fault "):
            possible = True
            name = words.split()[1]
            if not FAULTS[name].passes:
                self.faults.add(name)
        elif words == "plug is pulled":
            possible = self.plugged
            self.plugged = False
        elif words.startswith("vehicle "):
            possible = self.plugged and (words != "vehicle toggles" or self.paused)
            if words != "vehicle toggles":
                self.paused = words == "vehicle pauses"
        elif words in ("power is cut", "power returns"):
            possible = self.powered is (words == "power is cut")
            self.powered = words == "power returns"
        else:
            possible = self.powered or not words.startswith("controller ")
        return possible


def possible(acts: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return of these acts those that can happen, in their order."""
    scene = _Scene()
    left = []
    for words, wait_ms in acts:
        if scene.has_room_for(words):
            blind = "pilot_converter_dead" in scene.faults
            least_ms = PULLED_MS if words == "plug is pulled" else 0
            left.append((words, BLIND_MS if blind else max(least_ms, wait_ms)))
            if blind:
                left.append(("no fault pilot_converter_dead", 270))
                scene.faults.discard("pilot_converter_dead")
    return tuple(left)


def _fault_events() -> Iterator[str]:
    for name in sorted(set(FAULTS) - set(NOT_TRIED)):
        for value in FAULT_VALUES.get(name, ("",)):
            yield f"fault {name} {value}".rstrip()


def _mending(event: str) -> str:
    return f"no fault {event.split()[1]}"


_FAULTS = tuple(_fault_events())
_ACTS = st.tuples(
    st.one_of(
        st.sampled_from(EVENTS),
        st.sampled_from(VEHICLES),
        st.sampled_from(_FAULTS),
        st.sampled_from(_FAULTS).map(_mending),
    ),
    st.sampled_from(WAITS_MS),
)
CHARGE = [("another vehicle comes", 1_730), ("permission is given", 270), ("limit 32", 13_690)]

COURSES = st.builds(
    Course,
    evse=st.builds(
        EvseFacts,
        kind=st.sampled_from(["tethered", "socket"]),
        phases=st.sampled_from([3, 1]),
        ventilation=st.booleans(),
    ),
    seed=st.integers(min_value=1, max_value=10_000),
    acts=st.builds(
        list.__add__,
        st.sampled_from([CHARGE, []]),
        st.lists(_ACTS, min_size=1, max_size=10),
    ).map(possible),
)


def begin(target: Target, course: Course) -> None:
    """Set a target up for a course."""
    target.set_up(course.evse, course.seed * REPETITIONS_OF_A_SEED)


def act(target: Target, words: str) -> None:
    """Make one act of a course happen."""
    if words.startswith("plug in "):
        model, *pairs = words.removeprefix("plug in ").split()
        values = dict(pair.split("=") for pair in pairs)
        cable = int(values["cable"]) if "cable" in values else None
        target.plug_in(VehicleFacts(model, float(values["soc"])), cable)
    else:
        happen(target, words)
