"""Do the firmware's tests notice a charging process that is wrong by a little?

Each mutant is `firmware/lib/evse` with one limit or one guard changed. The list is made from the
sources by rules (`rules`), so nobody chooses what is tried. A mutant is built in a scratch
directory and meets the unit tests of `firmware/test/evse`. One that none of them notices is either
explained (`equivalent.toml`) or shows a test that is missing.

`python -m firmware.mutants` tries all of them and writes docs/mutants.md if none is left to judge;
`python -m firmware.mutants supply transitions` tries those of some files and writes nothing.
"""
