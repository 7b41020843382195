"""Finds the value at which an EVSE changes its mind."""

from __future__ import annotations

from collections.abc import Callable


def boundary(
    responds: Callable[[float], bool], quiet: float, loud: float, resolution: float
) -> float:
    """Return the value nearest to `quiet` at which something responds, within `resolution`.

    Where it responds at `quiet` already, that is the value; where it does not
    respond at `loud` either, the boundary lies beyond, and `loud` is the value.

    Args:
        responds: whether it responds to a value.
        quiet: a value without response, if all is well.
        loud: a value with response, if all is well.
        resolution: how near the two sides get.
    """
    if responds(quiet):
        return quiet
    if not responds(loud):
        return loud
    while abs(loud - quiet) > resolution:
        middle = (quiet + loud) / 2
        if responds(middle):
            loud = middle
        else:
            quiet = middle
    return loud
