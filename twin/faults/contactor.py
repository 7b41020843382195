"""Faults of contactors, contacts and connector lock."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from twin.electrics.contactor import Pole
from twin.faults.fault import Fault, Param, Params
from twin.plant.power_flow import CONNECTOR_OHM, CONTACTOR_OHM
from twin.plant.wiring import Wiring

POLES = ("n", "l1", "l2", "l3")
CONTACTORS = ("main", "l2l3", "both")


def _poles(evse: Wiring) -> Iterator[tuple[str, Pole]]:
    for contactor in evse.gear.contactors.values():
        yield from contactor.poles.items()


def _weld(evse: Wiring, params: Params) -> None:
    for name, pole in _poles(evse):
        pole.welded = params["pole"] in (name, "all")
    evse.gear.poles_changed()


def _unweld(evse: Wiring) -> None:
    _weld(evse, {"pole": None})


def _stick(evse: Wiring, params: Params) -> None:
    whole = params["pole"] == "all"
    for name, contactor in evse.gear.contactors.items():
        contactor.stuck_open = whole and params["contactor"] in (name, "both")
    for name, pole in _poles(evse):
        pole.broken = params["pole"] == name
    evse.gear.poles_changed()
    evse.gear.coils_changed()


def _free(evse: Wiring) -> None:
    _stick(evse, {"contactor": None, "pole": None})


def _bounce(evse: Wiring, params: Params) -> None:
    _rest(evse)
    for name, pole in _poles(evse):
        if params["pole"] in (name, "all"):
            pole.bounce_us = round(1000 * params["bounce_ms"])


def _rest(evse: Wiring) -> None:
    bounces_us = dict(zip(POLES, evse.parts.bounces_us, strict=True))
    for name, pole in _poles(evse):
        pole.bounce_us = bounces_us[name]


def _slow(evse: Wiring, params: Params) -> None:
    for contactor in evse.gear.contactors.values():
        contactor.release_us = round(1000 * params["release_ms"])


def _quick(evse: Wiring) -> None:
    for contactor in evse.gear.contactors.values():
        contactor.release_us = evse.parts.release_us


def _slow_closing(evse: Wiring, params: Params) -> None:
    for contactor in evse.gear.contactors.values():
        contactor.close_us = round(1000 * params["close_ms"])


def _quick_closing(evse: Wiring) -> None:
    for contactor in evse.gear.contactors.values():
        contactor.close_us = evse.parts.close_us


def _hold(evse: Wiring, params: Params) -> None:
    evse.gear.hold_us = round(1000 * params["hold_ms"])


def _let_go(evse: Wiring) -> None:
    evse.gear.hold_us = 0


def _arc(evse: Wiring, params: Params) -> None:
    evse.path.extra_arc_us = round(1000 * params["arc_ms"])


def _no_arc(evse: Wiring) -> None:
    evse.path.extra_arc_us = 0


def _worn_pole(evse: Wiring, params: Params) -> None:
    evse.path.set_contacts(contactor_ohm=params["resistance_mohm"] / 1000)


def _good_pole(evse: Wiring) -> None:
    evse.path.set_contacts(contactor_ohm=CONTACTOR_OHM)


def _worn_plug(evse: Wiring, params: Params) -> None:
    evse.path.set_contacts(connector_ohm=params["resistance_mohm"] / 1000)


def _good_plug(evse: Wiring) -> None:
    evse.path.set_contacts(connector_ohm=CONNECTOR_OHM)


def _jam(jammed: bool, evse: Wiring, _: Params | None = None) -> None:
    evse.lock.jammed = jammed
    evse.lock.follow()


FAULTS = (
    Fault(
        "contactor_welded",
        "a main pole is welded: it conducts whatever the coil does, the others open and close",
        (Param("pole", "l1", "which", choices=("all", *POLES)),),
        _weld,
        _unweld,
    ),
    Fault(
        "contactor_stuck_open",
        "a contactor does not pull in, or one pole makes no contact from the next closing on",
        (
            Param("contactor", "main", "which; of a single pole its own", choices=CONTACTORS),
            Param(
                "pole",
                "all",
                "all: the armature; one: no mirror contact shows it",
                choices=("all", *POLES),
            ),
        ),
        _stick,
        _free,
    ),
    Fault(
        "contactor_bounce",
        "poles bounce for long when they close; gaps that outlast the arc interrupt a current",
        (
            Param("bounce_ms", 60.0, "from first touch to rest", 0.0, 1000.0),
            Param("pole", "all", "which", choices=("all", *POLES)),
        ),
        _bounce,
        _rest,
    ),
    Fault(
        "contactor_slow_release",
        "the contactors let go late (a plain diode across the coil)",
        (Param("release_ms", 60.0, "from coil off to contacts parting", 1.0, 60_000.0),),
        _slow,
        _quick,
    ),
    Fault(
        "contactor_slow_closing",
        "the contactors pull in late",
        (Param("close_ms", 100.0, "from coil on to the armature's arrival", 1.0, 60_000.0),),
        _slow_closing,
        _quick_closing,
    ),
    Fault(
        "coil_hold_up",
        "a capacitor holds the coils when their supply goes",
        (Param("hold_ms", 100.0, "on top of the release time", 0.0, 60_000.0),),
        _hold,
        _let_go,
    ),
    Fault(
        "contactor_arc",
        "the arc of parting contacts burns on after the current zero",
        (Param("arc_ms", 50.0, "longer than it should", 0.0, 60_000.0),),
        _arc,
        _no_arc,
    ),
    Fault(
        "contact_resistance",
        "the main contacts are worn",
        (Param("resistance_mohm", 20.0, "of each pole", 0.0, 1000.0),),
        _worn_pole,
        _good_pole,
    ),
    Fault(
        "connector_resistance",
        "the plug's contacts are worn",
        (Param("resistance_mohm", 20.0, "of each contact", 0.0, 1000.0),),
        _worn_plug,
        _good_plug,
    ),
    Fault(
        "lock_jammed",
        "the connector lock does not move",
        (),
        partial(_jam, True),
        partial(_jam, False),
    ),
)
"""What this topic can break."""
