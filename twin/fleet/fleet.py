"""Many chargers at once against one central system: started, run, wound up, reported."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from twin.driver import Driver
from twin.fleet.obedience import Kept
from twin.fleet.plan import MINUTE_US, SECOND_US, ChargerPlan
from twin.fleet.player import Player, Remote
from twin.fleet.trouble import Tally
from twin.fleet.watch import Findings

SETTLE_US = 60 * MINUTE_US
"""How long after the end the last charger may take to tell everything, in the twin's time."""

_LOOK_US = 5 * SECOND_US


class Fleet:
    """Runs the plans of a fleet on one driver.

    Everything is called on the loop that runs the driver.

    Args:
        plans: The chargers.
        central_url: Where the central system listens, such as `ws://127.0.0.1:9000`.
        driver: Moves the clock; entered by the caller.
        utc_at_zero: What a right clock shows at the twin's time 0.
        now_s: Wall time, seconds from anywhere, for the times to answer.
        keys: Authorization keys by identity; a charger without one uses security profile 0.
        state: Folder for the chargers' non-volatile memory; None: in this process's memory.
        remote: Carries out what drivers ask by the app; None: they use their tags.

    Raises:
        ValueError: A plan cannot be.
    """

    def __init__(
        self,
        plans: Sequence[ChargerPlan],
        central_url: str,
        driver: Driver,
        *,
        utc_at_zero: datetime,
        now_s: Callable[[], float],
        keys: Mapping[str, bytes] | None = None,
        state: Path | None = None,
        remote: Callable[[Remote], Awaitable[None]] | None = None,
    ) -> None:
        self.driver = driver
        self.findings = Findings()
        self.kept = Kept()
        self.tally = Tally()
        self._remote = remote
        self._asked: deque[Remote] = deque()
        keys = keys or {}
        self.players = [
            Player(
                plan,
                central_url,
                driver,
                utc_at_zero=utc_at_zero,
                state=state,
                key=keys.get(plan.identity),
                findings=self.findings,
                kept=self.kept,
                tally=self.tally,
                now_s=now_s,
                remote=None if remote is None else self._asked.append,
            )
            for plan in plans
        ]

    def start(self) -> None:
        """Plan everything, from now on; nothing happens until time moves."""
        for player in self.players:
            player.start()

    async def run(self, dt_us: int, *, until: Callable[[], bool] | None = None) -> None:
        """Play for `dt_us` of the twin's time, or until `until()` is true.

        Raises:
            WallTimeout: The central system took too long to answer, in held time.
            DriverFailed: The twin stopped at an error of its own.
        """
        end_us = self.driver.clock.now_us + dt_us

        def stop() -> bool:
            return bool(self._asked) or (until is not None and until())

        while (left_us := end_us - self.driver.clock.now_us) > 0:
            await self.driver.advance_until(stop, left_us)
            await self._carry_out()
            if until is not None and until():
                return

    async def _carry_out(self) -> None:
        """Carry out what drivers have asked by the app."""
        if not self._asked:
            return
        assert self._remote is not None
        asked = [self._asked.popleft() for _ in range(len(self._asked))]
        async with self.driver.exchange():
            await asyncio.gather(*map(self._remote, asked))

    async def wind_up(
        self, settle_us: int = SETTLE_US, *, until: Callable[[], bool] | None = None
    ) -> bool:
        """Mend everything, let everybody leave, wait until the central system knows it all.

        Returns:
            Whether every charger has settled within `settle_us`, and before `until()` was true.
        """
        for player in self.players:
            player.wind_up()
        end_us = self.driver.clock.now_us + settle_us
        while self.driver.clock.now_us < end_us and not (until is not None and until()):
            await self.run(_LOOK_US, until=until)
            if all(player.settled for player in self.players):
                break
        unsettled = [player for player in self.players if not player.settled]
        for player in unsettled:
            charge_point = player.charge_point
            self.findings.complain(
                "not_settled",
                f"{player.plan.identity}: {'on' if charge_point.online else 'off'}line, "
                f"{charge_point.queued} messages queued",
            )
        self._audit()
        return not unsettled

    def _audit(self) -> None:
        """Look through the books for what no single frame shows."""
        given: dict[int, str] = {}
        for player in self.players:
            identity = player.plan.identity
            for number in player.books.numbers():
                if number in given:
                    self.findings.complain(
                        "numbers_given_twice",
                        f"{identity}: transaction {number} is one of {given[number]} too",
                    )
                given[number] = identity
            for _ in range(player.books.lost):
                self.findings.complain("lost_messages", identity)

    async def close(self) -> None:
        """Switch all chargers off in order."""
        await asyncio.gather(*(player.close() for player in self.players))

    # --- looking at it ---

    @property
    def online(self) -> int:
        """How many chargers the central system has accepted and reaches."""
        return sum(player.charge_point.online for player in self.players)

    @property
    def in_session(self) -> int:
        """How many connectors have a transaction."""
        return sum(
            player.charge_point.in_transaction(connector)
            for player in self.players
            for connector in range(1, len(player.evses) + 1)
        )

    @property
    def sessions(self) -> int:
        """How many transactions have begun."""
        return sum(len(player.books.transactions) for player in self.players)

    @property
    def energy_wh(self) -> int:
        """Energy of all transactions that have ended."""
        return sum(player.books.energy_wh for player in self.players)
