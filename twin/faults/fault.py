"""What a fault is: a name, what physically happens, parameters, and how to do and undo it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.plant.wiring import Wiring
    from twin.vehicle import Vehicle

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a fault.

    Attributes:
        name: with its unit.
        default: where none is given.
        doc: its meaning.
        minimum: least value; of a number.
        maximum: greatest value; of a number.
        choices: of a text.
    """

    name: str
    default: float | str
    doc: str
    minimum: float = 0.0
    maximum: float = 0.0
    choices: tuple[str, ...] = ()

    def check(self, fault: str, value: Any) -> float | str:
        """Return a value if it is fit.

        Raises:
            ValueError: it is not, with what would be.
        """
        if self.choices:
            if value not in self.choices:
                raise ValueError(
                    f"{fault}: {self.name} is {value!r}: use one of {', '.join(self.choices)}"
                )
            return str(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{fault}: {self.name} is {value!r}: it has to be a number")  # noqa: TRY004 - one kind of error for any bad input
        if not self.minimum <= value <= self.maximum:
            raise ValueError(
                f"{fault}: {self.name} is {value}: it has to be in {self.minimum}…{self.maximum}"
            )
        return value


def _nothing_to_meet(vehicle: Vehicle, params: Params) -> None:
    """A fault of the charger does not care which vehicle comes."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that can be injected and mended.

    Attributes:
        name: in the registry.
        doc: what physically happens.
        params: what can be chosen.
        inject: makes it so, now; also with other parameters while it is there.
        mend: undoes it, now.
        meet: makes it so in a vehicle that is plugged in while the fault is there.
        passes: it ends by itself.
    """

    name: str
    doc: str
    params: tuple[Param, ...]
    inject: Callable[[Wiring, Params], None]
    mend: Callable[[Wiring], None]
    meet: Callable[[Vehicle, Params], None] = _nothing_to_meet
    passes: bool = False

    def check(self, given: Mapping[str, Any]) -> Params:
        """Return all parameters, defaults filled in.

        Raises:
            ValueError: an unknown parameter, or a value that is not fit.
        """
        known = {param.name: param for param in self.params}
        for name in given:
            if name not in known:
                has = ", ".join(known) or "none"
                raise ValueError(f"{self.name} has no parameter {name!r}: it has {has}")
        return {
            name: param.check(self.name, given.get(name, param.default))
            for name, param in known.items()
        }
