"""Benchmark of the central system: `python -m bench.central [--seconds 10] [--chargers 100]`.

MeterValues with four sampled values each, closed loop, inside open transactions. Three servers
take the same load one after the other, server and load in separate processes:

- a bare echo on `websockets` and uvloop,
- the plain `ocpp` package, which validates and stores nothing,
- `evseloop central` at its defaults, which validates both ways and commits to SQLite (WAL,
  synchronous=FULL) before it answers; once with its message log, once without.

Every value that was answered is then read back over REST and compared, also after a SIGKILL in
the middle of a run. Last, many connected chargers that send a message every ten seconds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.central_load import Job, Result
from bench.central_process import Server, central, comparison, finish_load, start_load
from bench.central_rest import add_chargers, read_back
from bench.machine import describe


def main() -> None:
    """Run all parts and print the figures; the last line is JSON."""
    options = _options()
    figures: dict[str, Any] = {"chargers": options.chargers, "seconds": options.seconds}
    with tempfile.TemporaryDirectory(prefix="bench-central-", dir=options.folder) as folder:
        work = Path(folder)
        figures["echo"] = _compare("echo", options)
        figures["ocpp"] = _compare("ocpp", options)
        figures["central"] = _central("central", _fresh(work, "on"), options)
        figures["central_without_message_log"] = _central(
            "central, message log off", _fresh(work, "off"), options, message_log=False
        )
        figures["killed"] = _killed(_fresh(work, "killed"), options)
        if options.connected:
            figures["connected"] = _connected(_fresh(work, "connected"), options)
    rate = figures["central"]["messages_per_s"]
    figures["of_echo"] = round(rate / figures["echo"]["messages_per_s"], 3)
    figures["times_ocpp"] = round(rate / figures["ocpp"]["messages_per_s"], 2)
    print(f"central: {figures['of_echo']:.0%} of the echo, {figures['times_ocpp']} × plain ocpp")
    print(json.dumps({"bench": "central", "figures": figures, "machine": describe()}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.central", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--seconds", type=float, default=10.0, help="measured time of each part")
    parser.add_argument("--chargers", type=int, default=100, help="chargers under full load")
    parser.add_argument("--connected", type=int, default=5_000, help="idle chargers; 0 leaves out")
    parser.add_argument("--folder", help="where the databases go; default: the temporary folder")
    return parser.parse_args()


def _fresh(work: Path, name: str) -> Path:
    folder = work / name
    folder.mkdir()
    return folder


def _identities(count: int) -> list[str]:
    return [f"BENCH{index:05d}" for index in range(count)]


def _compare(kind: str, options: argparse.Namespace) -> dict[str, Any]:
    keys = dict.fromkeys(_identities(options.chargers), "00" * 20)
    with comparison(kind) as server:
        job = Job(server.ocpp, keys, options.seconds, echo=kind == "echo")
        return _report(kind, finish_load(start_load(job)))


def _central(
    name: str, folder: Path, options: argparse.Namespace, *, message_log: bool = True
) -> dict[str, Any]:
    identities = _identities(options.chargers)
    with central(folder, message_log=message_log) as server:
        keys = add_chargers(server, identities)
        load = start_load(Job(server.ocpp, keys, options.seconds))
        cpu_before, begin = server.cpu_s(), time.perf_counter()
        result = finish_load(load)
        cpu = (server.cpu_s() - cpu_before) / (time.perf_counter() - begin)
        figures = _report(name, result)
        figures |= {"cpu_cores": round(cpu, 2), "rss_mb": server.rss_mb()}
        figures["read_back"] = _read_back(server, identities, result)
    return figures


def _killed(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Kill the server in the middle of a run, start it again, and read everything back."""
    identities = _identities(options.chargers)
    with central(folder) as server:
        load = start_load(Job(server.ocpp, add_chargers(server, identities), options.seconds))
        time.sleep(options.seconds / 2)
        server.process.kill()
        result = finish_load(load)
    with central(folder) as server:
        figures = _read_back(server, identities, result, "after SIGKILL")
    return figures | {"cut_off": result.cut_off}


def _read_back(
    server: Server, identities: list[str], result: Result, when: str = "afterwards"
) -> dict[str, Any]:
    found = read_back(server, identities, result.answered)
    print(
        f"  read back {when}: {found.expected} values answered, {found.missing} missing, "
        f"{found.wrong} wrong, {found.unanswered} messages more than were answered"
    )
    return asdict(found)


def _connected(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    identities = _identities(options.connected)
    # Every charger has to send a few times.
    seconds = max(30.0, options.seconds)
    with central(folder) as server:
        keys = add_chargers(server, identities)
        load = start_load(Job(server.ocpp, keys, seconds, warm_up_s=10.0, interval_s=10.0))
        time.sleep(10.0)
        cpu_before, begin = server.cpu_s(), time.perf_counter()
        time.sleep(seconds - 1)
        cpu = (server.cpu_s() - cpu_before) / (time.perf_counter() - begin)
        memory = server.rss_mb()
        figures = _report(f"{options.connected} connected", finish_load(load))
    print(f"  {memory} MB resident, {cpu:.1%} of a core")
    return figures | {"rss_mb": memory, "cpu_cores": round(cpu, 3)}


def _report(name: str, result: Result) -> dict[str, Any]:
    print(
        f"{name}: {result.messages_per_s:.0f} messages/s, p50 {result.p50_ms} ms, "
        f"p99 {result.p99_ms} ms, worst {result.max_ms} ms",
        flush=True,
    )
    figures = asdict(result)
    del figures["answered"], figures["cut_off"]
    return figures


if __name__ == "__main__":
    main()
