"""Keywords that set the scene and make things happen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.target import EvseFacts, Target, VehicleFacts
from scenarios.conclude import show_picture
from scenarios.session import current
from scenarios.situation import Situation
from scenarios.words import S, happen, seen


@library(scope="GLOBAL")
class Situations(DynamicCore):  # type: ignore[misc]
    """Sets the scene of a scenario: the EVSE, the vehicle, and how far they have come.

    ``Use EVSE`` says what kind of charger it is, ``Vehicle Is Charging``, ``Vehicle Waits`` and
    ``Nothing Is Plugged In`` describe the situation; it stands at once, and keywords that repeat
    a measurement build it anew each time. The other keywords make things happen now.
    """

    def __init__(self) -> None:
        super().__init__([])

    # --- the scene ---------------------------------------------------------------------------

    @keyword
    def use_evse(
        self,
        kind: Literal["tethered", "socket", "plain"] = "tethered",
        rating: float = 32,
        phases: int = 3,
        ventilation: bool = False,
        meter: Literal["A", "B", "C"] = "B",
        nominal: bool = False,
        cable_pf: float = 750,
        pilot: Literal["settled", "raw"] = "settled",
        served_mwh: float = 0,
    ) -> None:
        """Say what kind of EVSE the scenario wants; rating in A per phase.

        A ``nominal`` one has nominal components whatever the tolerance of the run; ``cable_pf``
        is the cable's capacitance on the pilot. With ``pilot=raw`` the twin serves its controller
        a stream of samples instead of settled plateaus. ``served_mwh`` is what its meter has
        counted before.

        | Use EVSE | kind=socket | rating=80 | ventilation=yes |
        """
        evse = EvseFacts(
            kind, rating, phases, ventilation, meter, cable_pf, nominal, pilot, served_mwh
        )
        _stand(current().situation.changed(evse=evse))

    @keyword
    def nothing_is_plugged_in(self, limit: float | None = None) -> None:
        """Stand at state A; with a limit (A) charging is permitted for whoever comes."""
        _stand(Situation(evse=current().situation.evse, limit_a=limit))

    @keyword
    def vehicle_is_charging(
        self,
        model: str = "byd-atto-3",
        soc: float = 40,
        limit: float | None = None,
        cable: int | None = None,
        settle: timedelta = timedelta(seconds=20),
        precise: bool = False,
        **changes: float,
    ) -> None:
        """Stand with a vehicle charging: plugged in, permitted, closed, its current settled.

        ``limit`` is what is permitted in A (default: the EVSE's rating), ``cable`` the rating of
        the cable in a socket; any further argument changes the model's own value of that name.

        | Vehicle Is Charging | renault-zoe-r135 | soc=20 | limit=16 |
        """
        situation = current().situation
        _stand(
            Situation(
                evse=situation.evse,
                vehicle=VehicleFacts(model, soc, precise, changes),
                limit_a=situation.evse.rating_a if limit is None else limit,
                cable_rating_a=cable,
                charging=True,
                settle_s=settle.total_seconds(),
            )
        )

    @keyword
    def vehicle_waits(
        self,
        model: str = "byd-atto-3",
        soc: float = 40,
        limit: float | None = None,
        cable: int | None = None,
        paused: bool = False,
        precise: bool = False,
        **changes: float,
    ) -> None:
        """Stand with a vehicle plugged in; not permitted to charge unless a limit (A) is given.

        A ``paused`` vehicle does not ask for energy: it stays in state B.
        """
        _stand(
            Situation(
                evse=current().situation.evse,
                vehicle=VehicleFacts(model, soc, precise, changes),
                limit_a=limit,
                cable_rating_a=cable,
                paused=paused,
            )
        )

    @keyword
    def fault_is_there(self, fault: str, **parameters: Any) -> None:
        """Have a fault be there from the start, before a vehicle comes."""
        situation = current().situation
        faults = {**situation.faults, fault: _numbers(parameters)}
        _stand(situation.changed(faults=faults))

    @keyword
    def then_it_happened(self, event: str) -> None:
        """Make something happen and have it belong to the situation from now on."""
        session = current()
        session.situation = session.situation.changed(history=(*session.situation.history, event))
        happen(session.target, event)

    @keyword
    def situation_settles(self, duration: timedelta) -> None:
        """Let time pass that belongs to the situation from now on."""
        session = current()
        passed_us = int(duration.total_seconds() * S)
        session.situation = session.situation.changed(
            history=(*session.situation.history, passed_us)
        )
        session.target.advance(passed_us)

    # --- what happens now --------------------------------------------------------------------

    @keyword
    def plug_in_vehicle(
        self,
        model: str = "byd-atto-3",
        soc: float = 40,
        cable: int | None = None,
        precise: bool = False,
        **changes: float,
    ) -> None:
        """Plug a vehicle in now.

        | Plug In Vehicle | byd-atto-3 | soc=40 |
        """
        _target().plug_in(VehicleFacts(model, soc, precise, changes), cable)

    @keyword
    def permit_charging(self, limit: float | None = None) -> None:
        """Permit charging with up to ``limit`` A per phase (default: the EVSE's rating)."""
        evse = current().situation.evse
        _target().command(
            permitted=True, limit_a=evse.rating_a if limit is None else limit, phases=evse.phases
        )

    @keyword
    def it_happens(self, event: str) -> None:
        """Make something happen now; the words are those of the timing keywords.

        | It Happens | fault earth_lost |
        """
        happen(_target(), event)

    @keyword
    def instant_of(self, event: str) -> float:
        """Make something happen now and return the instant in seconds."""
        happen(_target(), event)
        return _target().now_us / S

    @keyword
    def let_time_pass(self, duration: timedelta) -> None:
        """Let time pass, on the target's clock."""
        _target().advance(int(duration.total_seconds() * S))

    @keyword
    def wait_until(self, what: str, within: timedelta = timedelta(seconds=60)) -> float:
        """Let time pass until something is seen; return the instant in seconds.

        Fails if it is not seen in time.
        """
        session = current()
        condition = seen(session.target, session.situation.evse, what)
        instant_us = session.target.wait_for(condition, int(within.total_seconds() * S))
        if instant_us is None:
            raise AssertionError(f"'{what}' was not seen within {within}")
        return instant_us / S

    @keyword
    def show_signals(self, last: timedelta = timedelta(seconds=10)) -> None:
        """Put a picture of the signals of the last seconds into the log."""
        session = current()
        if not session.pictures:
            return
        target = session.target
        path = session.plot_path("signals")
        target.plot(path, max(0, target.now_us - int(last.total_seconds() * S)), target.now_us)
        show_picture(path)


def _target() -> Target:
    return current().target


def _stand(situation: Situation) -> None:
    """Remember the situation and build it once, so that things can happen in it."""
    session = current()
    session.situation = situation
    situation.build(session.target, next(session.seeds(1)))


def _numbers(parameters: dict[str, Any]) -> dict[str, Any]:
    numbers = {}
    for name, value in parameters.items():
        try:
            numbers[name] = float(value)
        except (TypeError, ValueError):
            numbers[name] = value
    return numbers
