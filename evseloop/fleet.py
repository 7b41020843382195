"""`evseloop fleet`: many chargers of the twin at once against any OCPP 1.6J central system."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evseloop.errors import CommandError
from evseloop.fleet_inputs import EMAIL, PASSWORD, keys_of, lines_of, moment_of, rest_of, speed_of
from evseloop.fleet_run import Job, Outcome, run
from evseloop.inputs import central_url, folder, report_file
from evseloop.inputs import clock_socket as control_socket
from twin.charge_point import StoreError
from twin.charge_point.charger import RegistersError
from twin.driver import DriverFailed, ExternalClockError, WallTimeout
from twin.fleet import draw, load
from twin.fleet import profile as ready_profile
from twin.fleet import schema as description_schema
from twin.fleet.report import junit as junit_xml
from twin.fleet.report import verdict
from twin.fleet.rest import RestError

app = typer.Typer(add_completion=False)

FOREIGN_TIME = "each charger takes the central system's time at boot and runs on from there"
SET_TIME = "the fleet sets the central system's time before every exchange"


@app.command()
def fleet(
    central: Annotated[
        str, typer.Option(metavar="URL", help="central system, without the id")
    ] = "ws://127.0.0.1:9000",
    chargers: Annotated[int, typer.Option(help="how many", min=1, max=100_000)] = 20,
    profile: Annotated[
        str,
        typer.Option(help="office-day, home-street, motorcycle-swap-yard, highway, chaos"),
    ] = "office-day",
    description: Annotated[
        Path | None, typer.Option(metavar="FILE", help="a description of yours, YAML")
    ] = None,
    seed: Annotated[int, typer.Option(help="draws who comes when and what breaks when")] = 1,
    speed: Annotated[
        str,
        typer.Option(help="twin seconds per wall second; max: as fast as it is answered"),
    ] = "1",
    hours: Annotated[
        float | None, typer.Option(help="how long; default: as described", min=0.01, max=744)
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="lines 'ID KEY': identities and keys, 40 hex digits"),
    ] = None,
    id_prefix: Annotated[str, typer.Option(help="identities without --keys: PREFIX00000…")] = (
        "FLEET"
    ),
    id_tags: Annotated[
        Path | None, typer.Option(metavar="FILE", help="tags the central system knows, one a line")
    ] = None,
    rest: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=f"REST of an evseloop central: admits chargers and tags, starts remotely; "
            f"administrator in {EMAIL}, {PASSWORD}",
        ),
    ] = None,
    clock_socket: Annotated[
        Path | None, typer.Option(help="control socket of a central with --clock external")
    ] = None,
    begin: Annotated[
        str | None, typer.Option("--from", help="UTC of the beginning; default: now")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="folder for what chargers remember; default: memory")
    ] = None,
    json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="figures, verdicts and books")
    ] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="verdicts for CI")] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="print the JSON schema of a description, and end")
    ] = False,
) -> None:
    """Run many chargers at once against any OCPP 1.6J central system, and judge it.

    Exit code 0: nothing beyond what the description allows; 1: something was; 2: bad input.

    Example: evseloop fleet --chargers 100 --central ws://127.0.0.1:9000 --speed 60 --junit out.xml
    """
    if schema:
        print(json_format.dumps(description_schema(), indent=2))
        return
    central_url(central)
    factor = speed_of(speed)
    if factor is None and clock_socket is None:
        raise CommandError(
            "--speed max needs --clock-socket: only a central system whose time the fleet sets "
            "(evseloop central --clock external) keeps up with it"
        )
    clock_socket = control_socket(clock_socket)
    json, junit = report_file("--json", json), report_file("--junit", junit)
    if state is not None:
        folder("--state", state)
    try:
        described = load(description) if description else ready_profile(profile)
        known = keys_of(keys)
        plans = draw(
            described,
            chargers,
            seed,
            identities=list(known)
            if known and rest is None
            else [f"{id_prefix}{number:05d}" for number in range(chargers)],
            id_tags=lines_of(id_tags, "--id-tags"),
            hours=hours,
        )
        app_of_drivers = rest_of(rest, plans, known, keys)
        job = Job(
            description=described,
            plans=plans,
            central=central,
            hours=described.hours if hours is None else hours,
            speed=factor,
            utc_at_zero=moment_of(begin),
            clock_socket=clock_socket,
            keys=known,
            state=state,
            rest=app_of_drivers,
        )
    except (RestError, ValueError) as error:
        raise CommandError(str(error)) from error
    try:
        outcome = run(job, Console(stderr=True))
    except (RegistersError, StoreError, ExternalClockError) as error:
        raise CommandError(str(error)) from error
    except DriverFailed as failure:
        if isinstance(failure.__cause__, StoreError | ExternalClockError):
            raise CommandError(str(failure.__cause__)) from failure
        raise
    except WallTimeout as error:
        print(f"evseloop fleet: {error}")
        raise typer.Exit(1) from error
    facts = {
        "central": central,
        "chargers": chargers,
        "description": str(description or profile),
        "seed": seed,
        "speed": speed,
        "from": job.utc_at_zero.isoformat(),
        "time": FOREIGN_TIME if clock_socket is None else SET_TIME,
        "remote_starts": "over REST" if app_of_drivers else "none: drivers use tags only",
    }
    _print(outcome, facts)
    try:
        _write(outcome, facts, json, junit)
    except OSError as error:
        raise CommandError(f"cannot write the report: {error}") from error
    if not all(check.passed for check in outcome.checks):
        raise typer.Exit(1)


def _write(
    outcome: Outcome, facts: dict[str, object], json: Path | None, junit: Path | None
) -> None:
    if json is not None:
        content = {
            "fleet": facts,
            "summary": outcome.summary,
            "checks": [
                {
                    "name": check.name,
                    "passed": check.passed,
                    "found": check.found,
                    "allowed": check.allowed,
                    "examples": check.examples,
                }
                for check in outcome.checks
            ],
            "chargers": outcome.books,
        }
        json.write_text(json_format.dumps(content, indent=1) + "\n", encoding="utf-8")
    if junit is not None:
        junit.write_text(junit_xml(outcome.checks, facts), encoding="utf-8")


def _print(outcome: Outcome, facts: dict[str, object]) -> None:
    figures = outcome.summary
    answers = ", ".join(f"{name} {ms:g}" for name, ms in figures["answer_ms"].items())
    print(f"{figures['sessions']} sessions, {figures['energy_wh'] / 1000:.1f} kWh")
    print(
        f"{figures['frames']['sent']} frames sent, {figures['frames']['received']} received, "
        f"time to answer: {answers or 'nothing was answered'} ms"
    )
    print(
        f"{figures['twin_hours']:g} h in {figures['wall_s']:.0f} s, at most "
        f"{figures['max_lag_twin_s']:g} s of twin time behind; {facts['time']}"
    )
    if not figures["people"]["visits"]:
        # A pass that says little: easily overlooked where only the exit code is looked at.
        print("nobody came to charge: the description has no visit within this time")
    for check in outcome.checks:
        if check.found or not check.passed:
            print(f"{'ok  ' if check.passed else 'FAIL'} {verdict(check)}")
            if not check.passed:
                for example in check.examples[:5]:
                    print(f"       {example}")
