"""Charging profiles in the charger's non-volatile memory (OCPP 1.6 errata 3.37)."""

from __future__ import annotations

import json
import sqlite3

from twin.charge_point.smart_charging.profile import read_profile
from twin.charge_point.smart_charging.schedule import Installed
from twin.charge_point.store import Store
from wire.frames import Payload

TABLES = """
CREATE TABLE charging_profile (
    profile_id INTEGER PRIMARY KEY,
    connector INTEGER NOT NULL,
    profile TEXT NOT NULL,
    installed_us INTEGER NOT NULL
) STRICT;
"""


def load(store: Store) -> list[Installed]:
    """Return every profile that outlives a transaction."""
    rows = store.database.execute(
        "SELECT connector, profile, installed_us FROM charging_profile ORDER BY profile_id"
    ).fetchall()
    return [
        Installed(connector, read_profile(json.loads(text)), installed_us)
        for connector, text, installed_us in rows
    ]


def add(database: sqlite3.Connection, installed: Installed, payload: Payload) -> None:
    """Write a profile as it came over the wire; part of a `Store.commit`."""
    connector, profile, installed_us = installed
    database.execute(
        "INSERT INTO charging_profile VALUES (?, ?, ?, ?)",
        (profile.profile_id, connector, json.dumps(payload), installed_us),
    )


def remove(database: sqlite3.Connection, removed: list[Installed]) -> None:
    """Delete profiles; part of a `Store.commit`."""
    database.executemany(
        "DELETE FROM charging_profile WHERE profile_id = ?",
        [(each.profile.profile_id,) for each in removed],
    )
