"""Plays the plan of one charger: people come, charge and go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Literal

from twin.charge_point import Booking, Entry, Event
from twin.charge_point.charger import Charger
from twin.driver import Driver
from twin.evse import ConnectorLockedError
from twin.fleet.books import Books
from twin.fleet.obedience import LOOK_US, Kept, Obedience
from twin.fleet.orders import Orders
from twin.fleet.plan import MINUTE_US, SECOND_US, ChargerPlan, Visit
from twin.fleet.second_opinion import SecondOpinion
from twin.fleet.told_time import ToldTime
from twin.fleet.trouble import Tally, Trouble
from twin.fleet.watch import Findings, Watch
from twin.vehicle import Vehicle

SECOND_TRY_US = 90 * SECOND_US
"""A driver whose session has not begun by then shows the tag once more, and again."""
TRIES = 4

TAKE_PLUG_US = 20 * SECOND_US
"""From ending a session to taking the plug."""

PATIENCE = 30
"""Minutes that a driver waits for a locked connector, asking again every minute, before force."""


@dataclass(frozen=True, slots=True)
class Remote:
    """What a driver asks of the central system by its app."""

    what: Literal["start", "stop"]
    identity: str
    connector: int
    id_tag: str
    transaction_id: int | None = None


class Player:
    """One charger of the fleet.

    Args:
        plan: What happens.
        central_url: Where the central system listens.
        driver: Moves the clock.
        utc_at_zero: What a right clock shows at the twin's time 0.
        state: Folder for the non-volatile memory; None: in memory.
        key: Authorization key; None: security profile 0.
        findings, kept, tally: Where to count.
        now_s: Wall time, seconds from anywhere.
        remote: Takes what the drivers ask by the app; None: there is none.
    """

    def __init__(
        self,
        plan: ChargerPlan,
        central_url: str,
        driver: Driver,
        *,
        utc_at_zero: datetime,
        state: Path | None,
        key: bytes | None,
        findings: Findings,
        kept: Kept,
        tally: Tally,
        now_s: Callable[[], float],
        remote: Callable[[Remote], None] | None,
    ) -> None:
        self.plan = plan
        self.books = Books()
        self._driver = driver
        self._clock = driver.clock
        self._findings = findings
        self._tally = tally
        self._remote = remote
        self._over = False
        self._drivers: dict[int, Visit] = {}
        self._booked_before: dict[int, int] = {}
        self._random = Random(f"{plan.seed}/people")
        shown_at_zero = utc_at_zero + timedelta(seconds=plan.off_s)
        self._charger = Charger(
            plan.identity,
            plan.evses(),
            central_url,
            driver,
            state,
            key=key,
            seed=plan.seed,
            configuration=plan.make.configuration,
            utc_at_zero=shown_at_zero,
            drift_ppm=plan.drift_ppm,
        )
        self.evses = self._charger.evses
        self.charge_point = self._charger.charge_point
        self._obedience = [Obedience(evse, kept) for evse in self.evses]
        self._trouble = Trouble(self._charger.charge_point, self.evses, self._clock, tally)
        shown = ToldTime(shown_at_zero, plan.drift_ppm, by_heartbeat=driver.is_everybodys_time)
        self._orders = Orders(shown, lambda: driver.clock.now_us)
        self._opinion = SecondOpinion(
            plan.identity,
            self.evses,
            self._orders,
            self._clock,
            switches=plan.switches_phases,
            findings=findings,
            kept=kept,
        )
        self._watch = Watch(plan.identity, findings, now_s, self._trouble.excuses, self._orders)
        self._trouble.on_power_cut = self._watch.cut
        self.charge_point.on_booking(self._booked)
        self.charge_point.on_event(self._event)
        self.charge_point.on_frame(lambda _, direction, text: self._watch.frame(direction, text))

    def start(self) -> None:
        """Plan everything, from now on."""
        plan, clock = self.plan, self._clock
        clock.after(plan.boots_us, self._switch_on)
        for connector, visits in enumerate(plan.visits, 1):
            for visit in visits:
                clock.after(visit.arrives_us, partial(self._arrive, connector, visit))
        self._trouble.start(plan)
        clock.after(LOOK_US + self._random.randrange(LOOK_US), self._look)
        self._charger.keep(MINUTE_US)

    def _switch_on(self) -> None:
        if self._trouble.powered:
            self.charge_point.start()

    def wind_up(self) -> None:
        """End all trouble, and let everybody leave; nothing new comes."""
        self._over = True
        self._trouble.end()
        for connector, visit in list(self._drivers.items()):
            # Not all at once, and only when a charger that has just got power is up again.
            pause_us = self._random.randint(10 * SECOND_US, MINUTE_US)
            self._clock.after(pause_us, partial(self._leave, connector, visit))
        self._clock.after(2 * MINUTE_US, self._end_forgotten)

    def _end_forgotten(self) -> None:
        """Have sessions that somebody has left behind ended by their owners."""
        for transaction in self.books.transactions.values():
            connector = transaction.connector
            if transaction.stopped_at is None and connector not in self._drivers:
                self.evses[connector - 1].present_tag(transaction.id_tag)
        self._clock.after(2 * MINUTE_US, self._end_forgotten)

    @property
    def settled(self) -> bool:
        """Everybody has left, and the central system knows everything."""
        return (
            self.charge_point.settled
            and not any(evse.plugged for evse in self.evses)
            and all(each.stopped_at is not None for each in self.books.transactions.values())
        )

    async def close(self) -> None:
        """Switch it off in order."""
        await self._charger.close()

    # --- people ---

    def _arrive(self, connector: int, visit: Visit) -> None:
        evse = self.evses[connector - 1]
        if self._over or evse.plugged or connector in self._drivers:
            self._tally.turned_away += not self._over
            return
        vehicle = Vehicle(
            visit.model,
            soc_percent=visit.soc_percent,
            target_percent=max(visit.target_percent, visit.soc_percent),
        )
        self._tally.visits += 1
        self._drivers[connector] = visit
        self._booked_before[connector] = len(self.books.transactions)

        def plug_in() -> None:
            if self._is_here(connector, visit):
                evse.plug_in(vehicle)

        def ask() -> None:
            if self._is_here(connector, visit):
                self._ask_for_energy(connector, visit, 1)

        first, second = (ask, plug_in) if visit.tag_first else (plug_in, ask)
        first()
        self._clock.after(visit.pause_us, second)
        stay_us = visit.leaves_us - visit.arrives_us
        self._clock.after(stay_us, partial(self._leave, connector, visit))

    def _is_here(self, connector: int, visit: Visit) -> bool:
        return self._drivers.get(connector) is visit and not self._over

    def _ask_for_energy(self, connector: int, visit: Visit, count: int) -> None:
        """Start by app or by tag; look later whether it has worked."""
        if visit.remote and self._remote is not None and count == 1:
            self._tally.remote_starts += 1
            self._remote(Remote("start", self.plan.identity, connector, visit.id_tag))
        else:
            self.evses[connector - 1].present_tag(visit.id_tag)

        def look() -> None:
            if self._is_here(connector, visit) and not self._began(connector) and count < TRIES:
                self._ask_for_energy(connector, visit, count + 1)

        self._clock.after(SECOND_TRY_US, look)

    def _began(self, connector: int) -> bool:
        """Whether the driver who is here has had a session, or has one."""
        since = list(self.books.transactions.values())[self._booked_before[connector] :]
        return any(each.connector == connector for each in since)

    def _leave(self, connector: int, visit: Visit) -> None:
        if self._drivers.get(connector) is not visit:
            return  # gone already
        # A lock holds the plug, and a plain socket does not see it go: both need the tag.
        if not visit.forgets or self.evses[connector - 1].config.kind != "tethered":
            self._end_session(connector, visit, remote=visit.remote)
        self._clock.after(TAKE_PLUG_US, partial(self._take_plug, connector, visit, 1))

    def _end_session(self, connector: int, visit: Visit, *, remote: bool) -> None:
        if not self.charge_point.in_transaction(connector):
            return
        number = self.charge_point.transaction_id(connector)
        if remote and self._remote is not None and number is not None and number > 0:
            self._remote(Remote("stop", self.plan.identity, connector, visit.id_tag, number))
        else:
            self.evses[connector - 1].present_tag(visit.id_tag)

    def _take_plug(self, connector: int, visit: Visit, count: int) -> None:
        if self._drivers.get(connector) is not visit:
            return
        evse = self.evses[connector - 1]
        if evse.plugged:
            try:
                evse.unplug(by_force=count > PATIENCE)
            except ConnectorLockedError:
                # The session goes on, or the cable is kept for its owner: the tag ends either.
                if self.charge_point.in_transaction(connector):
                    self._end_session(connector, visit, remote=False)
                else:
                    evse.present_tag(visit.id_tag)
                self._clock.after(MINUTE_US, partial(self._take_plug, connector, visit, count + 1))
                return
            self._tally.by_force += count > PATIENCE
        del self._drivers[connector]

    # --- looking ---

    def _booked(self, booking: Booking) -> None:
        self.books.booked(booking)
        record = booking.record
        if booking.entry is Entry.START:
            self._orders.began(record.connector, record.id_tag)
        elif booking.entry is Entry.STOP:
            self._orders.ended(record.connector)

    def _look(self) -> None:
        for number, (evse, obedience) in enumerate(
            zip(self.evses, self._obedience, strict=True), 1
        ):
            if evse.plugged:
                wrong = obedience.look()
                if wrong is not None:
                    self._findings.complain("over_limit", f"{self.plan.identity}/{number}: {wrong}")
        self._opinion.look()
        self._clock.after(LOOK_US, self._look)

    def _event(self, event: Event) -> None:
        if event.connector == 0:
            self._watch.event(event.text)
