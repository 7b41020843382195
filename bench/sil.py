"""How fast the firmware runs on the twin's electrics, and how fast it opens: `python -m bench.sil`.

One EVSE under a program at the co-simulation link. First a charging day without a network: two
cars, full electrics, every tick of 1 ms run by the program. Then an hour's session of the
firmware's controller and its OCPP client through a central system, in held time. Then detection to
open, over components drawn at random and any phase of ticks, PWM and mains: a plug is pulled under
load, and the time until L1 no longer conducts is taken, each time at an EVSE that is drawn anew.
The last line is one JSON object with the figures.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from bench.machine import describe
from hil.central import Central
from hil.target import EvseFacts, VehicleFacts
from hil.targets.sil import HOST_BUILD, SilTarget
from hil.targets.twin_charger import TwinCharger

HOUR_US = 3_600_000_000
LIMIT_MS = 100
"""IEC 61851-1 Table A.6: from leaving state C to open, at most."""


def run_day(program: Path, seed: int) -> dict[str, float]:
    """Run a day with two cars; return its figures."""
    target = SilTarget(program)
    target.set_up(EvseFacts(), seed)
    begin, begin_us = time.perf_counter(), target.now_us
    for model, hours in (("byd-atto-3", 9), ("renault-zoe-ze50", 7)):
        target.advance(4 * HOUR_US)
        target.plug_in(VehicleFacts(model, soc_percent=20))
        target.command(permitted=True, limit_a=16.0)
        target.advance((hours - 4) * HOUR_US)
        target.command(permitted=False)
        target.advance(60_000_000)
        target.unplug()
    target.advance(24 * HOUR_US - (target.now_us - begin_us))
    wall_s = time.perf_counter() - begin
    exchanges = target.exchanges
    energy_kwh = target.report().energy_wh / 1000
    target.close()
    return {
        "day_s": round(wall_s, 3),
        "real_time_factor": round(86_400 / wall_s),
        "exchanges": exchanges,
        "exchange_us": round(1e6 * wall_s / exchanges, 1),
        "energy_kwh": round(energy_kwh, 1),
    }


def run_session(program: Path, seed: int) -> dict[str, float]:
    """Charge for an hour under both programs, through a central system; return its figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        central = Central(folder / "central")
        central.start()
        central.add_tag("DRIVER1")
        target = SilTarget(program, business=program)
        key = central.add_charger("CP1")
        charger = TwinCharger(target, central, "CP1", key, EvseFacts(), folder, seed)
        charger.get_online(60_000_000)
        begin, begin_us = time.perf_counter(), charger.now_us()
        charger.plug_in(VehicleFacts("byd-atto-3", soc_percent=20))
        charger.advance(1_000_000)
        charger.do(lambda: charger.evse.present_tag("DRIVER1"))
        charger.advance(HOUR_US)
        charger.do(lambda: charger.evse.present_tag("DRIVER1"))
        charger.advance(60_000_000)
        wall_s = time.perf_counter() - begin
        passed_s = (charger.now_us() - begin_us) / 1e6
        messages = len(charger.frames)
        charger.close()
        target.close()
        central.stop()
    return {
        "session_s": round(wall_s, 3),
        "session_real_time_factor": round(passed_s / wall_s),
        "session_messages": messages,
        "target_session_real_time_factor": 20,
    }


def time_openings(program: Path, pulls: int, seed: int) -> list[float]:
    """Pull so many plugs under load, each at an EVSE of its own; return the times to open, ms."""
    random, opened_ms = Random(seed), list[float]()
    target = SilTarget(program, "random")
    for _ in range(pulls):
        target.set_up(EvseFacts(), random.getrandbits(32))
        target.plug_in(VehicleFacts("byd-atto-3", soc_percent=40))
        target.command(permitted=True, limit_a=16.0)
        if target.wait_for(lambda: target.current_a() > 5, 30_000_000) is None:
            raise SystemExit(f"{program} does not charge: {target.report()}")
        target.advance(random.randrange(1_000_000))
        pulled_us = target.now_us
        target.unplug()
        open_us = target.wait_for(lambda: not target.pole_closed("l1"), 10_000_000)
        if open_us is None:
            raise SystemExit(f"{program} does not open: {target.report()}")
        opened_ms.append((open_us - pulled_us) / 1000)
    target.close()
    return opened_ms


def show(opened_ms: list[float]) -> None:
    """Print a histogram, one line a millisecond."""
    counts = Counter(int(ms) for ms in opened_ms)
    most = max(counts.values())
    for ms in range(min(counts), max(counts) + 1):
        print(f"{ms:4} ms {counts[ms]:6} {'#' * round(60 * counts[ms] / most)}")


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--program", type=Path, default=HOST_BUILD, help="at the link")
    options.add_argument("--days", type=int, default=3, help="days timed; the median counts")
    options.add_argument("--pulls", type=int, default=10_000, help="plugs pulled under load")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    if not chosen.program.is_file():
        raise SystemExit(f"no program {chosen.program}: make firmware, or --program")
    program = chosen.program.resolve()

    days = []
    for run in range(chosen.days):
        days.append(run_day(program, chosen.seed + run))
        print(
            f"day {run + 1}: {days[-1]['day_s']:.2f} s, {days[-1]['real_time_factor']} times real "
            f"time, {days[-1]['exchanges']} exchanges of {days[-1]['exchange_us']} us, "
            f"{days[-1]['energy_kwh']} kWh",
            flush=True,
        )
    # A program of somebody else's has no OCPP side.
    session = run_session(program, chosen.seed) if chosen.program == HOST_BUILD else {}
    if session:
        print(
            f"an hour's session with a central system: {session['session_s']:.2f} s, "
            f"{session['session_real_time_factor']} times real time, "
            f"{session['session_messages']} messages",
            flush=True,
        )
    begin = time.perf_counter()
    opened_ms = sorted(time_openings(program, chosen.pulls, chosen.seed))
    pull_ms = 1000 * (time.perf_counter() - begin) / len(opened_ms)
    show(opened_ms)
    figures = {
        "benchmark": "sil",
        **sorted(days, key=lambda day: day["day_s"])[len(days) // 2],
        "target_real_time_factor": 500,
        **session,
        "pulls": len(opened_ms),
        "pull_wall_ms": round(pull_ms, 2),
        "open_ms_least": opened_ms[0],
        "open_ms_median": opened_ms[len(opened_ms) // 2],
        "open_ms_p99": opened_ms[int(0.99 * len(opened_ms))],
        "open_ms_most": opened_ms[-1],
        "limit_open_ms": LIMIT_MS,
        "over_the_limit": sum(ms > LIMIT_MS for ms in opened_ms),
        "machine": describe(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
