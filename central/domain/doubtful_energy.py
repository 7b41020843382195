"""Energy that is probably not what the charger meant, to be noted and never corrected.

A bill is made of what the charger said (OCPP 1.6 §4.10); who knows better is its operator.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from central.domain.meter_values import last_register
from central.domain.sessions import Session
from central.domain.settlement import MOST_ENERGY_WH
from central.domain.transaction_messages import StopTransaction

# A value in kWh where Wh belong, or the other way round, is off by this; between these bounds a
# register that went on between its last value and the stop is still told apart from a unit.
_FACTOR_FROM: Final = 900
_FACTOR_TO: Final = 1_100

# Above any connector on the market, W; and what a coarse register may show of a short session.
_MOST_POWER_W: Final = 2_000_000
_COARSE_WH: Final = 10_000


def doubtful_energy(
    conn: Connection, session: Session, message: StopTransaction, stopped_at: datetime
) -> list[tuple[str, str]]:
    """Give the rules that the energy of a stop seems to break, each with a text for people.

    Energy beyond `MOST_ENERGY_WH` is not billed at all, which the settlement notes itself.
    """
    found = []
    # A clock that was off at the start may have stamped the values with anything.
    was_clock_right = session.started_at == session.start_sent_at
    last = last_register(
        conn,
        session.charge_point_id,
        session.id,
        not_before=session.started_at if was_clock_right else None,
    )
    if last is not None and _differ_by_unit(last.register_wh, message.meter_stop_wh):
        detail = (
            f"meterStop {message.meter_stop_wh} against {last.register_wh} Wh in its meter "
            "values: one of them is probably in kWh; it was billed as sent"
        )
        found.append(("EnergyUnitDoubtful", detail))
    energy_wh = message.meter_stop_wh - session.meter_start_wh
    seconds = (stopped_at - session.started_at).total_seconds()
    billed = energy_wh <= MOST_ENERGY_WH
    if billed and seconds > 0 and energy_wh - _COARSE_WH > _MOST_POWER_W * seconds / 3_600:
        detail = f"{energy_wh} Wh in {seconds:.0f} s, which no connector gives; billed as sent"
        found.append(("EnergyImplausible", detail))
    return found


def _differ_by_unit(one: int, other: int) -> bool:
    small, large = sorted((abs(one), abs(other)))
    return small > 0 and _FACTOR_FROM * small <= large <= _FACTOR_TO * small
