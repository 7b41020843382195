"""Charging sessions, and stops that belong to none."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint

from central.models.base import CHARGE_POINT_ID_LENGTH, BigInt, UtcDateTime, identifier, metadata

transactions = Table(
    "transactions",
    metadata,
    # The OCPP transactionId: the database's own key, a 32-bit integer, never used twice.
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    Column("connector_id", Integer, nullable=False),
    # Empty for a session opened by transactionId -1, whose StartTransaction never arrived.
    Column("id_tag", identifier(255), nullable=False),
    Column("id_tag_folded", identifier(255), nullable=False),
    Column("tag_status", identifier(16), nullable=False),
    Column("user_id", Integer),
    Column("reservation_id", BigInt),
    Column("state", identifier(16), nullable=False),
    Column("orphan", Boolean(create_constraint=False), nullable=False, default=False),
    # Timestamp as sent, and the moment that counts for the session: the same, unless the
    # charger's clock is years off; then the moment of arrival.
    Column("start_sent_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("meter_start_wh", BigInt, nullable=False),
    # Part of the replay key. The timestamp as sent; 1970 while a session is open whose timestamp
    # identifies nothing; absent (and so in conflict with nothing) once that one is closed.
    Column("replay_time", UtcDateTime),
    Column("stop_expected_at", UtcDateTime),
    # Which evidence: Available, Boot or NewStart, and the charger's time online at that moment.
    Column("stop_evidence", identifier(16)),
    Column("stop_expected_online_us", BigInt),
    Column("stop_sent_at", UtcDateTime),
    Column("stopped_at", UtcDateTime),
    Column("meter_stop_wh", BigInt),
    Column("stop_reason", identifier(32)),
    Column("stop_id_tag", identifier(255)),
    # Only of a stop that names transactionId -1: what makes its replay known.
    Column("stop_replay_key", identifier(64)),
    Column("energy_wh", BigInt),
    Column("price_per_kwh_minor", BigInt),
    Column("currency", identifier(3)),
    Column("cost_minor", BigInt),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint(
        "charge_point_id",
        "connector_id",
        "id_tag_folded",
        "replay_time",
        "meter_start_wh",
        name="uq_transactions_replay",
    ),
    UniqueConstraint("charge_point_id", "stop_replay_key", name="uq_transactions_stop_replay"),
    Index("ix_transactions_open", "charge_point_id", "state", "connector_id"),
    Index("ix_transactions_tag", "id_tag_folded", "state"),
    Index("ix_transactions_state", "state"),
    Index("ix_transactions_user", "user_id"),
    sqlite_autoincrement=True,
)

orphan_stops = Table(
    "orphan_stops",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    # As sent; no such session exists, or it belongs to another charger.
    Column("transaction_id", BigInt, nullable=False),
    Column("stop_sent_at", UtcDateTime, nullable=False),
    Column("meter_stop_wh", BigInt, nullable=False),
    Column("stop_reason", identifier(32), nullable=False),
    Column("stop_id_tag", identifier(255)),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint(
        "charge_point_id",
        "transaction_id",
        "stop_sent_at",
        "meter_stop_wh",
        name="uq_orphan_stops_replay",
    ),
    sqlite_autoincrement=True,
)
