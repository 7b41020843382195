"""The charging profiles that chargers hold, and their composite schedules (OCPP 1.6 §3.13)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from central.domain.statements import insert_or_update
from central.models import charger_profiles, composite_schedules


@dataclass(frozen=True)
class ChargerProfile:
    """A charging profile that a charger has accepted; `profile` as OCPP names its fields."""

    connector_id: int
    profile: dict[str, Any]
    set_at: datetime


@dataclass(frozen=True)
class CompositeSchedule:
    """The last answer to a GetCompositeSchedule for a connector."""

    connector_id: int
    asked_duration_s: int
    answer: dict[str, Any]
    received_at: datetime


def list_profiles(conn: Connection, charge_point_id: str) -> list[ChargerProfile]:
    """Give the profiles of a charger by connector, purpose and stack level.

    One of a session that has ended, or whose time is over, stays until it is cleared or replaced.
    """
    table = charger_profiles
    rows = conn.execute(select(table).where(table.c.charge_point_id == charge_point_id))
    found = [
        ChargerProfile(row.connector_id, msgspec.json.decode(row.profile), row.set_at)
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.connector_id, *_place(one.profile)))


def list_composite_schedules(conn: Connection, charge_point_id: str) -> list[CompositeSchedule]:
    """Give the last composite schedule of each connector that was asked for one."""
    table = composite_schedules
    rows = conn.execute(
        select(table)
        .where(table.c.charge_point_id == charge_point_id)
        .order_by(table.c.connector_id)
    )
    return [
        CompositeSchedule(
            row.connector_id, row.asked_duration_s, msgspec.json.decode(row.answer), row.received_at
        )
        for row in rows
    ]


def note_set(
    conn: Connection, charge_point_id: str, payload: dict[str, Any], now: datetime
) -> None:
    """Note a SetChargingProfile that was accepted.

    It replaces one of the same id, and one of the same place: connector, purpose and stack level
    (§5.16).
    """
    profile, connector_id = payload["csChargingProfiles"], payload["connectorId"]
    for other in list_profiles(conn, charge_point_id):
        if other.connector_id == connector_id and _place(other.profile) == _place(profile):
            _remove(conn, charge_point_id, other)
    insert_or_update(
        conn,
        charger_profiles,
        [
            {
                "charge_point_id": charge_point_id,
                "profile_id": profile["chargingProfileId"],
                "connector_id": connector_id,
                "profile": msgspec.json.encode(profile).decode(),
                "set_at": now,
            }
        ],
        update=["connector_id", "profile", "set_at"],
    )


def note_remote_start(
    conn: Connection, charge_point_id: str, payload: dict[str, Any], now: datetime
) -> None:
    """Note the profile that an accepted RemoteStartTransaction brought along (§5.11).

    Without a connector only the charger knows where it is, so it is left out.
    """
    if "chargingProfile" in payload and "connectorId" in payload:
        brought = {
            "connectorId": payload["connectorId"],
            "csChargingProfiles": payload["chargingProfile"],
        }
        note_set(conn, charge_point_id, brought, now)


def note_cleared(conn: Connection, charge_point_id: str, payload: dict[str, Any]) -> None:
    """Note a ClearChargingProfile that was accepted: what was given must match (§5.5)."""
    for one in list_profiles(conn, charge_point_id):
        facts = {
            "id": one.profile["chargingProfileId"],
            "connectorId": one.connector_id,
            "chargingProfilePurpose": one.profile["chargingProfilePurpose"],
            "stackLevel": one.profile["stackLevel"],
        }
        given = {"id": payload["id"]} if "id" in payload else payload
        if all(facts[name] == value for name, value in given.items()):
            _remove(conn, charge_point_id, one)


def note_composite_schedule(
    conn: Connection,
    charge_point_id: str,
    payload: dict[str, Any],
    answer: dict[str, Any],
    now: datetime,
) -> None:
    """Keep an accepted answer to GetCompositeSchedule, in place of the last of that connector."""
    insert_or_update(
        conn,
        composite_schedules,
        [
            {
                "charge_point_id": charge_point_id,
                "connector_id": payload["connectorId"],
                "asked_duration_s": payload["duration"],
                "answer": msgspec.json.encode(answer).decode(),
                "received_at": now,
            }
        ],
        update=["asked_duration_s", "answer", "received_at"],
    )


def forget_profiles(conn: Connection, charge_point_id: str) -> None:
    """Forget the profiles and schedules of a charger that is no longer one of ours."""
    for table in (charger_profiles, composite_schedules):
        conn.execute(delete(table).where(table.c.charge_point_id == charge_point_id))


def _place(profile: dict[str, Any]) -> tuple[str, int]:
    return profile["chargingProfilePurpose"], profile["stackLevel"]


def _remove(conn: Connection, charge_point_id: str, one: ChargerProfile) -> None:
    conn.execute(
        delete(charger_profiles)
        .where(charger_profiles.c.charge_point_id == charge_point_id)
        .where(charger_profiles.c.profile_id == one.profile["chargingProfileId"])
    )
