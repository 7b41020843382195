"""Finds the value at which an EVSE changes its mind."""

from __future__ import annotations

from collections.abc import Callable


def boundary(
    responds: Callable[[float], bool], quiet: float, loud: float, resolution: float
) -> float:
    """Return the value nearest to `quiet` at which something responds, within `resolution`.

    Args:
        responds: whether it responds to a value; it does at `loud` and does not at `quiet`.
        quiet: a value without response.
        loud: a value with response.
        resolution: how near the two sides get.

    Raises:
        AssertionError: it responds at `quiet`, or does not at `loud`.
    """
    assert not responds(quiet), f"there is a response at {quiet} already"
    assert responds(loud), f"there is no response even at {loud}"
    while abs(loud - quiet) > resolution:
        middle = (quiet + loud) / 2
        if responds(middle):
            loud = middle
        else:
            quiet = middle
    return loud
