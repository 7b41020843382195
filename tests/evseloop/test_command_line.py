"""The command line: help, one line for bad input, late imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evseloop.__main__ import COMMANDS, main


def test_without_arguments_every_command_is_named_with_its_purpose(capsys):
    assert main([]) == 0
    shown = capsys.readouterr().out
    for name, purpose in COMMANDS.items():
        assert name in shown
        assert purpose in shown


def test_a_misspelt_command_is_answered_in_one_line_that_names_the_right_one(capsys):
    assert main(["scenario"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "evseloop: there is no command 'scenario'; did you mean 'scenarios'?\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_shows_a_worked_example(command, capsys):
    assert main([command, "--help"]) == 0
    assert f"evseloop {command}" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_one_line_and_exit_code_2(command, capsys):
    assert main([command, "--no-such-option"]) == 2
    shown = capsys.readouterr()
    assert len(shown.err.splitlines()) == 1
    assert "--no-such-option" in shown.err


def test_help_of_the_whole_imports_neither_the_central_system_nor_the_twin():
    program = (
        "import sys; from evseloop.__main__ import main; main([]); "
        "sys.exit(any(m in sys.modules for m in ('central', 'twin', 'fastapi', 'simpy')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
