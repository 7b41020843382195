"""`evseloop scenarios`: the scenario suites against a target, with a report."""

from __future__ import annotations

import os
import shutil
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evseloop.errors import CommandError

if TYPE_CHECKING:
    from hil.target import Target
    from hil.targets.build import Build

app = typer.Typer(add_completion=False)


class TargetChoice(StrEnum):
    """The targets that this version can drive."""

    twin = "twin"
    sil = "sil"


class ToleranceChoice(StrEnum):
    """How component values are drawn."""

    nominal = "nominal"
    random = "random"
    worst = "worst"


class PilotChoice(StrEnum):
    """How the control pilot's plateaus come to the controller of the twin."""

    settled = "settled"
    raw = "raw"


@app.command()
def scenarios(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="topics, suites of ours, or files of yours; default: all"),
    ] = None,
    target: Annotated[TargetChoice, typer.Option(help="what is under test")] = TargetChoice.twin,
    program: Annotated[
        Path | None,
        typer.Option(
            help="target sil: the controller's program; default: the firmware's host build"
        ),
    ] = None,
    ocpp_program: Annotated[
        Path | None,
        typer.Option(
            help="target sil: the OCPP side's program; default: the firmware's, with its controller"
        ),
    ] = None,
    gdb: Annotated[
        bool,
        typer.Option("--gdb", help="target sil: each start of the program waits for a debugger"),
    ] = False,
    tolerance: Annotated[
        ToleranceChoice, typer.Option(help="component values: nominal, by seed, or band ends")
    ] = ToleranceChoice.nominal,
    pilot: Annotated[
        PilotChoice,
        typer.Option(help="target twin: the pilot's settled plateaus, or a stream of raw samples"),
    ] = PilotChoice.settled,
    output: Annotated[Path, typer.Option(help="folder of the report")] = Path("out/scenarios"),
    strict: Annotated[bool, typer.Option(help="a marginal verdict counts as failed")] = False,
    wrong: Annotated[
        str | None, typer.Option(help="test a deliberately wrong EVSE; 'list' shows them")
    ] = None,
    seed: Annotated[int, typer.Option(help="all randomness is drawn from it", min=0)] = 1,
) -> None:
    """Run scenarios and judge every measured number by its requirement.

    Exit code 0: passed (marginal verdicts are listed); 1: a limit is broken or a run measured
    nothing; 2: bad input.

    Example: evseloop scenarios timing pilot/detection --tolerance worst
    """
    from rich.console import Console

    from hil.limits import RequirementsError
    from hil.report import summary
    from scenarios.runner import ScenarioError, find, run_scenarios
    from scenarios.wrong import WRONG, WrongNameError, choose

    console = Console(width=None if Console().is_terminal else 120)
    if wrong == "list":
        for entry in WRONG.values():
            console.print(f"{entry.name}: {entry.how}\n    fails {', '.join(entry.fails)}")
        return
    try:
        build = choose(wrong)
        run = run_scenarios(
            _target(target, program, ocpp_program, tolerance, build, pilot, gdb=gdb),
            find(paths or []),
            output,
            seed=seed,
            tolerance=tolerance.value,
            pilot=pilot.value,
            wrong=wrong,
        )
    except (ScenarioError, RequirementsError, WrongNameError) as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"cannot write the report to {output}: {error.strerror}") from error
    summary.show(run, console)
    console.print(f"report: {output}/log.html, coverage.html, report.json, junit.xml")
    raise typer.Exit(0 if run.passed(strict=strict) else 1)


def host_program(named: Path | None) -> Path:
    """Return the controller's program: the one named, or the firmware's host build.

    Raises:
        CommandError: there is none, or it cannot be run.
    """
    from hil.targets.sil import HOST_BUILD

    program = named or HOST_BUILD
    if not program.is_file():
        raise CommandError(f"no program {program}: build the firmware (make firmware), or name one")
    if not os.access(program, os.X_OK):
        raise CommandError(f"{program} is no program: chmod +x {program}")
    return program.resolve()


def tell_debugger(program: Path) -> None:
    """Print the line that attaches a debugger.

    Raises:
        CommandError: there is no server for one.
    """
    from hil.targets.sil import DEBUGGER_AT

    if shutil.which("gdbserver") is None:
        raise CommandError("--gdb needs gdbserver: the Debian package has that name")
    print(f"attach at each start: gdb -ex 'target remote {DEBUGGER_AT}' {program}", flush=True)


def _target(
    target: TargetChoice,
    program: Path | None,
    ocpp_program: Path | None,
    tolerance: ToleranceChoice,
    build: Build,
    pilot: PilotChoice,
    *,
    gdb: bool,
) -> Target:
    """Return the target that was chosen.

    Raises:
        CommandError: a choice that does not go with it.
    """
    if target is TargetChoice.twin:
        from hil.targets.twin import TwinTarget

        if program is not None or ocpp_program is not None or gdb:
            raise CommandError(
                "--program, --ocpp-program and --gdb go with --target sil: "
                "the twin has its own controller"
            )
        return TwinTarget(tolerance.value, build, pilot.value)
    from hil.targets.sil import SilTarget

    # A controller of somebody else's has no OCPP side, unless one is named.
    business = None if program is not None and ocpp_program is None else host_program(ocpp_program)
    program = host_program(program)
    if gdb:
        tell_debugger(program)
    try:
        return SilTarget(
            program, tolerance.value, build, pilot.value, debugged=gdb, business=business
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
