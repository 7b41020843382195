"""Taking a charger out of service: it may connect no longer, and the books stay.

Its sessions, meter values, commands and violations keep its identity. Under that identity a
charger may be admitted again, with a new key.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from central.domain import gone_sessions
from central.domain.certificates import revoke_all
from central.domain.charger_profiles import forget_profiles
from central.domain.chargers import delete_charger, find_charger, get_charger
from central.domain.connectors import forget_connectors
from central.domain.errors import ConflictError
from central.domain.gone_sessions import ProvisionalClose
from central.domain.local_lists import forget_local_list
from central.domain.sessions import State
from central.models import transactions


def retire_charger(
    conn: Connection, charge_point_id: str, now: datetime, *, force: bool = False
) -> list[ProvisionalClose]:
    """Let a charger connect no longer; gives the sessions that were closed for it.

    `force`: close open sessions provisionally, as those that seem gone, rather than refuse. A
        StopTransaction wins that comes after all, from a charger admitted again.

    Raises:
        NotFoundError: there is no such charger.
        ConflictError: a session of it is open.
    """
    get_charger(conn, charge_point_id)
    still_open = (
        conn.execute(
            select(transactions.c.id)
            .where(transactions.c.charge_point_id == charge_point_id)
            .where(transactions.c.state.in_((State.OPEN, State.STOP_EXPECTED)))
            .order_by(transactions.c.id)
        )
        .scalars()
        .all()
    )
    if still_open and not force:
        named = ", ".join(str(number) for number in still_open)
        raise ConflictError(
            f"charger {charge_point_id} has open sessions: {named}",
            where="charge_point_id",
            how="stop them first, or add ?force=true: it closes them from their last meter value",
        )
    closed = gone_sessions.close_all(conn, charge_point_id, now)
    revoke_all(conn, charge_point_id, now)
    delete_charger(conn, charge_point_id)
    forget_local_list(conn, charge_point_id)
    forget_profiles(conn, charge_point_id)
    return closed


def finish_retirement(
    conn: Connection, charge_point_id: str, now: datetime
) -> list[ProvisionalClose]:
    """Clear what the last messages of a retired charger left behind, once its socket has ended.

    Gives the sessions that these messages opened, which are closed. Does nothing where the
    identity has been admitted again.
    """
    if find_charger(conn, charge_point_id) is not None:
        return []
    forget_connectors(conn, charge_point_id)
    return gone_sessions.close_all(conn, charge_point_id, now)
