"""The command line and nothing else: one file per command, importing late.

Each command module holds a `typer.Typer` named `app`. What a command does lives
in the package it starts (`central`, `twin`, `hil`, `scenarios`); here it is only
parsed, started and reported.
"""
