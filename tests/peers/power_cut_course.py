"""Charges under the firmware's two programs that power cuts come into, drawn by seed and played."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from random import Random
from typing import Literal, NamedTuple

from tests.peers.firmware_rig import WholeFirmwareRig
from twin.charge_point import Event
from twin.evse import Evse

Kind = Literal["power", "controller", "hang", "business"]

KEYS = {
    "MeterValueSampleInterval": "20",
    "TransactionMessageRetryInterval": "20",
    "AllowOfflineTxForUnknownId": "true",
}
ALLOWANCE_S, ALLOWANCE_WH = 10, 10.0
"""A power cut loses at most 10 s of power or 10 Wh, whichever is larger: `POWER_CUT_LOSS`."""
CLASS_B = 0.01
"""EN 50470-3: what a class B meter may be off by, of what has flown."""
VEHICLES = ("byd-atto-3", "renault-zoe-ze50", "nissan-leaf-40")
S = 1_000_000
LOOKS_PER_S = 2


@dataclass(frozen=True)
class Cut:
    """Something dies.

    Attributes:
        kind: `power`: both programs at once, with the mains; `controller`: it alone, reset at its
            next tick; `hang`: likewise, by its watchdog; `business`: the OCPP client alone.
        after_us: since what came before it.
        off_us: how long the power, or the OCPP client, is away.
    """

    kind: Kind
    after_us: int
    off_us: int


@dataclass(frozen=True)
class Session:
    """A plug, a tag, and what cuts the charge short.

    Attributes:
        vehicle: its model.
        offline: the network is away from the plug to the last cut.
        charged_us: how long it has charged when the cuts begin; 0: they begin with the tag.
        stopping: the tag is shown again right before them.
        cuts: one after another.
    """

    vehicle: str
    offline: bool
    charged_us: int
    stopping: bool
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class Course:
    """The life of one charger: facts of its EVSE, and its sessions."""

    seed: int
    kind: Literal["socket", "tethered"]
    sessions: tuple[Session, ...]


def draw(seed: int) -> Course:
    """Return the course of a seed."""
    random = Random(seed)

    def cut() -> Cut:
        kind = random.choices(("power", "controller", "hang", "business"), (6, 1, 1, 2))[0]
        # A message takes 20 to 80 ms, a boot 0.8 s and 3 s more, a save comes every 8 s.
        after_us = random.randrange(random.choice((300_000, 2_500_000, 10_000_000)))
        return Cut(kind, after_us, random.choice((1_100, 500_000, 30_000_000)))

    def session() -> Session:
        return Session(
            random.choice(VEHICLES),
            random.random() < 0.2,
            random.choice((0, random.randrange(3_000_000), random.randrange(90_000_000))),
            random.random() < 0.3,
            tuple(cut() for _ in range(random.choices((1, 2, 3), (5, 2, 1))[0])),
        )

    kind = random.choices(("tethered", "socket"), (2, 1))[0]
    return Course(seed, kind, tuple(session() for _ in range(random.randint(1, 3))))


class Told(NamedTuple):
    """A transaction as a central system has it."""

    start_wh: int
    stop_wh: int
    reason: str


@dataclass
class Own:
    """A transaction as the charger tells it, and what the plant's own meter shows meanwhile.

    Attributes:
        begun_wh: energy that had flown when it began.
        allowed_wh: what cuts may have lost since the one before it began.
        reason: why it ended; "" as long as it runs.
    """

    begun_wh: float
    allowed_wh: float = 0.0
    reason: str = ""


@dataclass
class Books:
    """What was found over many courses."""

    courses: int = 0
    cuts: Counter[str] = field(default_factory=Counter)
    transactions: int = 0
    energy_wh: float = 0.0
    lost_wh: float = 0.0

    def __str__(self) -> str:
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.cuts.most_common())
        return (
            f"{self.courses} chargers, {self.cuts.total()} cuts ({kinds}), "
            f"{self.transactions} transactions, {self.energy_wh / 1000:.1f} kWh, "
            f"of which {self.lost_wh:.0f} Wh were lost"
        )


class Player:
    """Plays a course at a charger that is online, and keeps its books.

    Args:
        rig: with one EVSE.
        course: whose sessions are played.
    """

    def __init__(self, rig: WholeFirmwareRig, course: Course) -> None:
        self.rig, self.course = rig, course
        self.cuts: Counter[str] = Counter()
        self.own: list[Own] = []
        self._allowed_wh = 0.0
        self._flown_wh: deque[float] = deque(maxlen=1 + ALLOWANCE_S * LOOKS_PER_S)
        rig.cp.on_event(self._event)
        self._look()

    @property
    def evse(self) -> Evse:
        return self.rig.evses[0]

    def _event(self, event: Event) -> None:
        if event.text.startswith("transaction started by "):
            assert not self.own or self.own[-1].reason, "one begins before the other has ended"
            self.own.append(Own(self.evse.energy_wh()))
        elif event.text.startswith("transaction ended: "):
            assert not self.own[-1].reason, "one ends twice"
            self.own[-1].reason = event.text.removeprefix("transaction ended: ")

    async def play(self) -> None:
        for session in self.course.sessions:
            await self._play(session)

    def _look(self) -> None:
        self._flown_wh.append(self.evse.energy_wh())
        self.rig.clock.after(S // LOOKS_PER_S, self._look)

    async def _play(self, session: Session) -> None:
        rig, cp = self.rig, self.rig.cp
        flown_wh, register_wh = self.evse.energy_wh(), self.evse.report().energy_wh
        self._allowed_wh = 0.0
        if session.offline:
            cp.cut_network()
        rig.plug_in(model=session.vehicle)
        await rig.run(1)
        rig.tag()
        if session.charged_us:
            await rig.until(lambda: self.evse.report().closed)
            await rig.driver.advance(session.charged_us)
        if session.stopping:
            rig.tag()
        for cut in session.cuts:
            await rig.driver.advance(cut.after_us)
            await self._die(cut)
        if session.offline:
            cp.restore_network()
        await rig.until(lambda: cp.settled, 600)
        await rig.run(5)
        if cp.in_transaction():
            rig.tag()
            await rig.until(lambda: not cp.in_transaction())
        rig.unplug(by_force=True)
        await rig.run(2)
        await rig.until(lambda: cp.settled, 600)
        flown_wh = self.evse.energy_wh() - flown_wh
        counted_wh = self.evse.report().energy_wh - register_wh
        assert counted_wh <= (1 + CLASS_B) * flown_wh + 0.001, "the register has gained"
        lost_wh = flown_wh - counted_wh
        allowed_wh = self._allowed_wh + CLASS_B * flown_wh + 0.001
        assert lost_wh <= allowed_wh, f"{session}: the register has lost {lost_wh:.1f} Wh"

    async def _die(self, cut: Cut) -> None:
        cp, evse, ticker = self.rig.cp, self.evse, self.evse.ticker
        runs = {"power": cp.running or ticker.running, "business": cp.running}
        self.cuts[cut.kind] += runs.get(cut.kind, ticker.running)
        if cut.kind == "controller":
            evse.reset_controller()
        elif cut.kind == "hang":
            evse.hang_controller()
        elif cut.kind == "business":
            cp.kill()
            await self.rig.driver.advance(cut.off_us)
            cp.start()
        else:
            cp.cut_power()
            may_wh = max(ALLOWANCE_WH, evse.energy_wh() - self._flown_wh[0])
            await self.rig.driver.advance(cut.off_us)
            self._allowed_wh += may_wh
            if self.own:
                self.own[-1].allowed_wh += may_wh
            cp.restore_power()

    def judge(self, told: list[Told], books: Books) -> None:
        """Compare the charger's transactions with the central system's, and both with the plant.

        What a cut has lost may be missing later: what was told of a register stays, and the next
        transaction begins there, though the register has to come by it first.
        """
        assert [each.reason for each in told] == [each.reason for each in self.own]
        flown_wh = [each.begun_wh for each in self.own] + [self.evse.energy_wh()]
        lost_wh = allowed_wh = 0.0
        for number, (own, there) in enumerate(zip(self.own, told, strict=True)):
            true_wh = flown_wh[number + 1] - own.begun_wh
            paid_wh = there.stop_wh - there.start_wh
            slack_wh = 1 + CLASS_B * true_wh
            assert 0 <= paid_wh <= true_wh + slack_wh, f"transaction {number + 1} has gained"
            lost_wh += true_wh - paid_wh
            allowed_wh += own.allowed_wh + slack_wh
            assert lost_wh <= allowed_wh, f"transaction {number + 1} has lost {lost_wh:.1f} Wh"
        books.courses += 1
        books.cuts += self.cuts
        books.transactions += len(told)
        books.energy_wh += flown_wh[-1]
        books.lost_wh += lost_wh
