"""What a charger's own software and its controllers do together when it starts again.

The same for whatever decides who may charge: the charge point of the twin, or a program behind
the business link. Neither electrics nor OCPP are here.
"""

from __future__ import annotations

from collections.abc import Sequence

from twin.evse import Evse

BOOT_US = 3_000_000
"""From power-on to the software being up, or this long after the last controller is."""


def boot_time_us(evses: Sequence[Evse]) -> int:
    """Return after how long a charger's software is up: `BOOT_US` after its last controller."""
    return max(evse.config.boot_delay_us for evse in evses) + BOOT_US


def let_go(evses: Sequence[Evse], *, reset: bool) -> None:
    """Withdraw every permission, which comes from software that is gone.

    Args:
        evses: Of the charger.
        reset: The controllers are reset too (a hard reset, OCPP 1.6 section 5.14).
    """
    for evse in evses:
        evse.command(permitted=False, hold_lock=False)
        if reset:
            evse.reset_controller()
