"""What an answered command changed in the charger, noted whichever way the command was sent."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from central.domain import charger_profiles, local_lists, reservations

NOTED: Final = frozenset(
    {
        "CancelReservation",
        "ClearChargingProfile",
        "GetCompositeSchedule",
        "GetLocalListVersion",
        "RemoteStartTransaction",
        "ReserveNow",
        "SendLocalList",
        "SetChargingProfile",
    }
)
"""Commands of which something is to be kept."""


def note_answer(
    conn: Connection,
    charge_point_id: str,
    action: str,
    payload: dict[str, Any],
    answer: dict[str, Any],
    now: datetime,
) -> None:
    """Keep what a command of `NOTED` and its answer say of the charger's contents.

    Both are valid by the schemas of OCPP 1.6.
    """
    if action == "GetLocalListVersion":
        local_lists.note_version(conn, charge_point_id, answer["listVersion"], now)
        return
    if action == "ReserveNow":
        reservations.note_reserve_now(conn, charge_point_id, payload, answer, now)
        return
    if answer["status"] != "Accepted":
        return
    if action == "CancelReservation":
        reservations.note_cancelled(conn, charge_point_id, payload["reservationId"])
    elif action == "SendLocalList":
        local_lists.note_sent(conn, charge_point_id, payload, now)
    elif action == "SetChargingProfile":
        charger_profiles.note_set(conn, charge_point_id, payload, now)
    elif action == "RemoteStartTransaction":
        charger_profiles.note_remote_start(conn, charge_point_id, payload, now)
    elif action == "ClearChargingProfile":
        charger_profiles.note_cleared(conn, charge_point_id, payload)
    elif action == "GetCompositeSchedule":
        charger_profiles.note_composite_schedule(conn, charge_point_id, payload, answer, now)
