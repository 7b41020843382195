"""The error of a command line: something the caller can mend."""

from __future__ import annotations

import typer


class CommandError(typer.TyperException):
    """Bad input on the command line; ends the command with exit code 2 and one line.

    The message says what is wrong, where, and how to mend it.
    """

    exit_code = 2
