"""Deliberately wrong EVSEs, controllers and vehicles: a rig that cannot fail is worthless.

For every requirement there is at least one that fails on it, and on nothing
else but what the entry says it cannot help failing. They differ from the right
ones by settings, by an overridden part, or by a plant that is faulty from the
start; none reads the requirements.
"""

from __future__ import annotations

import difflib

from hil.targets.build import Build
from scenarios.wrong import (
    charge_point,
    firmware,
    lockout,
    metering,
    opening,
    pilot,
    plant,
    profiles,
    protection,
    sampling,
    secure_files,
    security,
    sequences,
    vehicles,
    wire,
)
from scenarios.wrong.entry import Wrong

__all__ = ["WRONG", "Wrong", "WrongNameError", "choose"]

_TOPICS = (
    pilot,
    sampling,
    opening,
    lockout,
    sequences,
    protection,
    plant,
    metering,
    vehicles,
    charge_point,
    profiles,
    wire,
    firmware,
    secure_files,
    security,
)

WRONG: dict[str, Wrong] = {entry.name: entry for topic in _TOPICS for entry in topic.ENTRIES}
"""Every wrong EVSE by name."""

if len(WRONG) != sum(len(topic.ENTRIES) for topic in _TOPICS):
    raise AssertionError("two wrong EVSEs share a name")


class WrongNameError(ValueError):
    """There is no wrong EVSE of that name; the message says which come near."""


def choose(name: str | None) -> Build:
    """Return how the EVSE of that name is built; None: as it should be.

    Raises:
        WrongNameError: there is none of that name.
    """
    if name is None:
        return Build()
    if name not in WRONG:
        near = difflib.get_close_matches(name, WRONG, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "see `--wrong list`"
        raise WrongNameError(f"no wrong EVSE is called '{name}'; {hint}")
    return WRONG[name].build
