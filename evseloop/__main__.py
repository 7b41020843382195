"""Entry point of `evseloop`: finds the command, imports only that one, runs it."""

from __future__ import annotations

import difflib
import importlib
import sys

import typer
from typer.main import get_command

COMMANDS = {
    "run": "central system, three chargers and the charging suite; stays up until Ctrl-C",
    "central": "the central system: REST and OCPP",
    "twin": "one charger of the twin against any central system",
    "fleet": "many chargers of the twin against any central system, with verdicts for CI",
    "scenarios": "the scenario suites against a target, with a report",
}
"""Every command and what it is for; each is the module of that name in this package."""

INTERRUPTED = 130
"""Exit code of a command that was ended by Ctrl-C before it was done, as shells have it."""


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  evseloop {name:<{width}}  {purpose}" for name, purpose in COMMANDS.items()]
    return "\n".join(
        ["EVSE in the loop: test rig and digital twin for EV chargers.", "", *lines, "",
         "Each has --help with a worked example."]
    )  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code.

    0: done; 1: it ran and the answer is no; 2: bad input, said in one line on
    stderr; 130: ended by Ctrl-C before it was done. A bug keeps its traceback.
    """
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(_overview())
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(COMMANDS)}"
        print(f"evseloop: there is no command '{name}'; {hint}", file=sys.stderr)
        return 2
    try:
        command = get_command(importlib.import_module(f"evseloop.{name}").app)
        code = command.main(rest, prog_name=f"evseloop {name}", standalone_mode=False)
    except typer.TyperException as error:
        message = " ".join(error.format_message().split())
        print(f"evseloop {name}: {message}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
