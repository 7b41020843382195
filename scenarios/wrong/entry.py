"""What a deliberately wrong EVSE is: a name, how it is wrong, and what has to fail for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hil.targets.build import Build
from twin.control.settings import ControllerSettings


@dataclass(frozen=True)
class Wrong:
    """A deliberately wrong EVSE, controller or vehicle.

    Attributes:
        name: what `evseloop scenarios --wrong` calls it.
        requirement: the requirement that has to fail.
        how: how it is wrong, in one line.
        build: what is different.
        also: further requirements that cannot but fail with it, and why.
    """

    name: str
    requirement: str
    how: str
    build: Build
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def fails(self) -> frozenset[str]:
        """Every requirement that has to fail."""
        return frozenset({self.requirement, *self.also})


def settings(**changes: Any) -> Build:
    """Return a build whose controller has other numbers."""
    return Build(settings=replace(ControllerSettings(), **changes))


def controller(cls: Any) -> Build:
    """Return a build with another controller class."""
    return Build(controller=cls)


def fault(name: str, **params: Any) -> Build:
    """Return a build with a plant that is faulty from the start."""
    return Build(faults={name: params})
