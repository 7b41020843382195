"""What a controller knows of the charger that it was built into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["socket", "tethered", "plain"]


@dataclass(frozen=True, slots=True)
class Hardware:
    """The facts on a charger's type plate, as its controller was configured with them.

    Attributes:
        kind: `socket` (proximity pilot read, cable of the driver's), `tethered` (fixed
            cable) or `plain` (a relay without control pilot).
        rating_a: rated current per phase, A, 6…80.
        phases: contactor poles fitted: 1 (N and L1) or 3 (also L2 and L3).
        ventilation: the charging area has a ventilation that the controller can switch.
        lock: the socket has a connector lock with feedback; only for kind `socket`.

    Raises:
        ValueError: a fact that no charger can have.
    """

    kind: Kind = "tethered"
    rating_a: float = 32.0
    phases: int = 3
    ventilation: bool = False
    lock: bool = False

    def __post_init__(self) -> None:
        if self.kind not in ("socket", "tethered", "plain"):
            raise ValueError(f"kind is {self.kind!r}: it has to be socket, tethered or plain")
        if not 6.0 <= self.rating_a <= 80.0:
            raise ValueError(f"rating_a is {self.rating_a}: a pilot can offer 6 to 80 A")
        if self.phases not in (1, 3):
            raise ValueError(f"phases is {self.phases}: it has to be 1 or 3")
        if self.lock and self.kind != "socket":
            raise ValueError(f"lock on a {self.kind} charger: only a socket locks its connector")
