"""Benchmark of fleets: `python -m bench.fleet [--chargers 1000] [--hours 14] [--storm 5000]`.

Twins and central system are processes of their own, each on its own core:

- so many twins in one process, all switched on at once: time to the last accepted boot, memory;
- an office day of them at 60 times life against `evseloop central --clock x60`: how far they fall
  behind wall time × 60 at most, and the books of both sides afterwards;
- a storm: so many connected chargers (light ones, no twins) lose their links at once, in
  mid-message, come back within 10 s and deliver three messages each: time until all are online,
  times to answer, and over REST whether everything is there once.

What is said beside a figure is its aim. The last line is JSON with the figures and the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from bench import fleet_storm, fleet_twins
from bench.central_process import ADMIN_EMAIL, Server, central
from bench.central_rest import add_chargers
from bench.fleet_process import allow_sockets, cores, play
from bench.fleet_rest import count_sessions, count_values
from bench.machine import describe


def main() -> None:
    """Run all parts and print the figures; the last line is JSON."""
    options = _options()
    allow_sockets()
    figures: dict[str, Any] = {"load_average": os.getloadavg()}
    with tempfile.TemporaryDirectory(prefix="bench-fleet-", dir=options.folder) as folder:
        if options.chargers:
            figures["twins"] = _twins(Path(folder), options)
        if options.storm:
            figures["storm"] = _storm(Path(folder), options)
    print(json.dumps({"bench": "fleet", "figures": figures, "machine": describe()}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fleet", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--chargers", type=int, default=1_000, help="twins; 0 leaves them out")
    parser.add_argument("--hours", type=float, default=14.0, help="of the office day; 0: boot only")
    parser.add_argument("--speed", type=float, default=60.0, help="twin seconds per wall second")
    parser.add_argument("--profile", default="office-day")
    parser.add_argument("--storm", type=int, default=5_000, help="chargers of the storm; 0: none")
    parser.add_argument("--back-within", type=float, default=10.0, help="seconds")
    parser.add_argument("--folder", help="where the databases go; default: the temporary folder")
    return parser.parse_args()


def _twins(work: Path, options: argparse.Namespace) -> dict[str, Any]:
    folder = work / "twins"
    folder.mkdir()
    its_core, our_core = cores()
    with central(folder, "--clock", f"x{options.speed:g}") as server:
        pin_server(server, its_core)
        job = fleet_twins.Job(
            ocpp=server.ocpp,
            http=server.http,
            email=ADMIN_EMAIL,
            password=server.admin_password,
            chargers=options.chargers,
            profile=options.profile,
            speed=options.speed,
            hours=options.hours,
            core=our_core,
        )
        before_s = server.cpu_s()
        result = play("bench.fleet_twins", job)
        result["central_cpu_s"] = round(server.cpu_s() - before_s, 2)
        sessions, energy_wh = count_sessions(server)
        result["central_rss_mb"] = server.rss_mb()
    held = {"sessions": sessions, "energy_wh": energy_wh}
    result["books_equal"] = held == result["totals"]
    summary = result.pop("summary")
    result |= {name: summary[name] for name in ("frames", "answer_ms", "people")}
    print(
        f"{options.chargers} twins: all online after {result['boot_s']} s (aim 10; "
        f"{result['boot_cpu_s']} s of a core), "
        f"{result['rss_mb']['booted']} MB then and {result['rss_mb']['most']} MB at most (aim 400)"
    )
    if options.hours:
        print(
            f"  {options.hours:g} h of {options.profile} at {options.speed:g} × in "
            f"{result['play_s']} s: behind by {result['lag_s']} s of wall time at most, "
            f"{result['cpu_cores']} cores, p99 {result['answer_ms'].get('p99')} ms; "
            f"{sessions} sessions, books equal: {result['books_equal']}"
        )
    return result


def _storm(work: Path, options: argparse.Namespace) -> dict[str, Any]:
    folder = work / "storm"
    folder.mkdir()
    its_core, our_core = cores()
    identities = [f"STORM{index:05d}" for index in range(options.storm)]
    # The tags of the chargers are many, and not what is measured.
    with central(folder, OCPP_UNKNOWN_TAGS="accept") as server:
        pin_server(server, its_core)
        keys = add_chargers(server, identities)
        job = fleet_storm.Job(server.ocpp, keys, options.back_within, our_core)
        before_s = server.cpu_s()
        result = play("bench.fleet_storm", job)
        result["central_cpu_s"] = round(server.cpu_s() - before_s, 2)
        sessions, energy_wh = count_sessions(server)
        values = count_values(server, identities)
    wanted_wh = options.storm * (fleet_storm.STOP_WH - fleet_storm.FIRST_WH)
    result |= {"sessions": sessions, "meter_values": values}
    result["everything_once"] = (sessions, energy_wh, values) == (
        2 * options.storm,
        wanted_wh,
        options.storm,
    )
    print(
        f"storm of {options.storm}: all online after {result['online_s']} s (aim 30), all "
        f"delivered after {result['delivered_s']} s, p50 {result['p50_ms']} ms, p99 "
        f"{result['p99_ms']} ms (aim 2000), {result['failed_attempts']} failed attempts; "
        f"everything stored once: {result['everything_once']}"
    )
    return result


def pin_server(server: Server, core: int) -> None:
    """Keep the central system on one core."""
    if core >= 0:
        os.sched_setaffinity(server.process.pid, {core})


if __name__ == "__main__":
    main()
