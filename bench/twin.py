"""How fast the twin runs: `python -m bench.twin`.

One day of 50 EVSEs with three sessions each: full electrics, vehicles of the
catalogue, the reference controller at its ticks, events to the microsecond,
no OCPP. Then a month of them, for memory. Prints charger-hours per wall
second; the last line is one JSON object with the figures and the machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import dataclass
from functools import partial
from random import Random

from bench.machine import describe
from twin.clock import Clock
from twin.controller import ControllerSettings, Hardware, ReferenceController
from twin.evse import Evse
from twin.evse_config import EvseConfig
from twin.vehicle import Vehicle, catalogue

EVSES = 50
SESSIONS_A_DAY = 3
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


@dataclass(frozen=True)
class Session:
    """One visit: when, who, how empty, how long."""

    evse: int
    arrives_us: int
    leaves_us: int
    model: str
    soc_percent: float
    limit_a: float


def plan(seed: int, day: int) -> list[Session]:
    """Draw the sessions of a day: one in each third of it, 1.5 to 6.5 hours long."""
    random = Random(f"{seed}/{day}")
    models = [name for name in catalogue.names() if catalogue.model(name).pilot == "full"]
    models.remove("instrument")
    third_us = DAY_US // SESSIONS_A_DAY
    sessions = []
    for evse in range(EVSES):
        for part in range(SESSIONS_A_DAY):
            begin_us = day * DAY_US + part * third_us
            arrives_us = begin_us + random.randrange(HOUR_US)
            sessions.append(
                Session(
                    evse,
                    arrives_us,
                    arrives_us + random.randrange(3 * HOUR_US // 2, 13 * HOUR_US // 2),
                    random.choice(models),
                    random.uniform(15, 75),
                    random.choice((10.0, 16.0, 32.0)),
                )
            )
    return sessions


class Site:
    """50 EVSEs under the reference controller, on one clock."""

    def __init__(self, seed: int) -> None:
        self.clock = Clock()
        self.seed = seed
        self.evses = [
            Evse(
                self.clock,
                EvseConfig(seed=seed * 1000 + index),
                ReferenceController(ControllerSettings(), Hardware()),
            )
            for index in range(EVSES)
        ]
        self.clock.run_until(2_000_000)

    def run_day(self, day: int, sessions: list[Session]) -> None:
        """Run the sessions of a day, to its end."""
        for session in sessions:
            self.clock.at(
                max(session.arrives_us, self.clock.now_us), partial(self._arrive, session)
            )
        self.clock.run_until((day + 1) * DAY_US)

    def _arrive(self, session: Session) -> None:
        evse = self.evses[session.evse]
        evse.plug_in(Vehicle(session.model, soc_percent=session.soc_percent))
        evse.command(permitted=True, limit_a=session.limit_a)
        self.clock.at(session.leaves_us, partial(self._stop, evse))

    def _stop(self, evse: Evse) -> None:
        evse.command(permitted=False)
        self.clock.after(30_000_000, evse.unplug)

    def energy_kwh(self) -> float:
        """Return what has gone through all meters."""
        return sum(evse.energy_wh() for evse in self.evses) / 1000


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5, help="days timed; the median counts")
    options.add_argument("--month", type=int, default=30, help="days of the memory run")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()

    seconds, cpu = [], []
    energy_kwh = 0.0
    for run in range(chosen.runs):
        site = Site(chosen.seed + run)
        sessions = plan(site.seed, 0)
        begin, begin_cpu = time.perf_counter(), time.process_time()
        site.run_day(0, sessions)
        seconds.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - begin_cpu)
        energy_kwh = site.energy_kwh()
        print(
            f"day {run + 1}: {seconds[-1]:.3f} s ({cpu[-1]:.3f} s of a core), "
            f"{EVSES * 24 / seconds[-1]:.0f} charger-hours a second, {energy_kwh:.1f} kWh",
            flush=True,
        )
    median = sorted(seconds)[len(seconds) // 2]

    site = Site(chosen.seed)
    resident = []
    for day in range(chosen.month):
        site.run_day(day, plan(site.seed, day))
        resident.append(_resident_mib())
    figures = {
        "benchmark": "twin",
        "charger_hours_per_s": round(EVSES * 24 / median),
        "charger_hours_per_cpu_s": round(EVSES * 24 / sorted(cpu)[len(cpu) // 2]),
        "day_s": round(median, 4),
        "session_ms": round(1000 * median / (EVSES * SESSIONS_A_DAY), 3),
        "sessions": EVSES * SESSIONS_A_DAY,
        "energy_kwh": round(energy_kwh, 1),
        "month_days": chosen.month,
        "rss_mib_after_first_day": resident[0] if resident else None,
        "rss_mib_after_last_day": resident[-1] if resident else None,
        "target_charger_hours_per_s": 10_000,
        "machine": describe(),
    }
    print(json.dumps(figures))


def _resident_mib() -> float:
    """Return the greatest resident size so far, MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    main()
