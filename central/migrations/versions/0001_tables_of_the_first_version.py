"""Tables of the first version."""

import sqlalchemy as sa
from alembic import op

from central.models.base import UtcDateTime, identifier, long_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "chargers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("key_hash", identifier(255), nullable=True),
        sa.Column("vendor", identifier(255), nullable=True),
        sa.Column("model", identifier(255), nullable=True),
        sa.Column("serial_number", identifier(255), nullable=True),
        sa.Column("firmware_version", identifier(255), nullable=True),
        sa.Column("meter_type", identifier(255), nullable=True),
        sa.Column("meter_serial_number", identifier(255), nullable=True),
        sa.Column("registration", identifier(16), nullable=True),
        sa.Column("booted_at", UtcDateTime(), nullable=True),
        sa.Column("firmware_status", identifier(32), nullable=True),
        sa.Column("diagnostics_status", identifier(32), nullable=True),
        sa.Column("connector_count", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.Column("online_since", UtcDateTime(), nullable=True),
        sa.Column("online_before_us", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chargers")),
        sa.UniqueConstraint("charge_point_id", name=op.f("uq_chargers_charge_point_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "commands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("action", identifier(50), nullable=False),
        sa.Column("payload", long_text(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", identifier(16), nullable=False),
        sa.Column("response", long_text(), nullable=True),
        sa.Column("latency_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commands")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_commands_charger", "commands", ["charge_point_id", "id"], unique=False)

    op.create_table(
        "connectors",
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("connector_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", identifier(32), nullable=False),
        sa.Column("error_code", identifier(32), nullable=False),
        sa.Column("info", identifier(255), nullable=True),
        sa.Column("vendor_id", identifier(255), nullable=True),
        sa.Column("vendor_error_code", identifier(255), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("charge_point_id", "connector_id", name=op.f("pk_connectors")),
    )
    op.create_table(
        "meter_values",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("timestamp", UtcDateTime(), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("context", identifier(20), nullable=False),
        sa.Column("sampled", long_text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_values")),
        sa.UniqueConstraint(
            "timestamp",
            "charge_point_id",
            "connector_id",
            "transaction_id",
            "context",
            name="uq_meter_values_replay",
        ),
    )
    op.create_table(
        "orphan_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("stop_sent_at", UtcDateTime(), nullable=False),
        sa.Column("meter_stop_wh", sa.BigInteger(), nullable=False),
        sa.Column("stop_reason", identifier(32), nullable=False),
        sa.Column("stop_id_tag", identifier(255), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orphan_stops")),
        sa.UniqueConstraint(
            "charge_point_id",
            "transaction_id",
            "stop_sent_at",
            "meter_stop_wh",
            name="uq_orphan_stops_replay",
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "prices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("price_per_kwh_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", identifier(3), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prices")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_prices_valid_from"), "prices", ["valid_from"], unique=False)

    op.create_table(
        "revoked_tokens",
        sa.Column("jti", identifier(64), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_revoked_tokens")),
    )
    op.create_table(
        "server_secrets",
        sa.Column("name", identifier(40), nullable=False),
        sa.Column("value_hex", identifier(128), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_server_secrets")),
    )
    op.create_table(
        "statistics",
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("counter", identifier(40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("charge_point_id", "counter", name=op.f("pk_statistics")),
    )
    op.create_table(
        "transactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("id_tag", identifier(255), nullable=False),
        sa.Column("id_tag_folded", identifier(255), nullable=False),
        sa.Column("tag_status", identifier(16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reservation_id", sa.BigInteger(), nullable=True),
        sa.Column("state", identifier(16), nullable=False),
        sa.Column("orphan", sa.Boolean(), nullable=False),
        sa.Column("start_sent_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("meter_start_wh", sa.BigInteger(), nullable=False),
        sa.Column("replay_time", UtcDateTime(), nullable=True),
        sa.Column("stop_expected_at", UtcDateTime(), nullable=True),
        sa.Column("stop_evidence", identifier(16), nullable=True),
        sa.Column("stop_expected_online_us", sa.BigInteger(), nullable=True),
        sa.Column("stop_sent_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("meter_stop_wh", sa.BigInteger(), nullable=True),
        sa.Column("stop_reason", identifier(32), nullable=True),
        sa.Column("stop_id_tag", identifier(255), nullable=True),
        sa.Column("stop_replay_key", identifier(64), nullable=True),
        sa.Column("energy_wh", sa.BigInteger(), nullable=True),
        sa.Column("price_per_kwh_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", identifier(3), nullable=True),
        sa.Column("cost_minor", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint(
            "charge_point_id",
            "connector_id",
            "id_tag_folded",
            "replay_time",
            "meter_start_wh",
            name="uq_transactions_replay",
        ),
        sa.UniqueConstraint(
            "charge_point_id", "stop_replay_key", name="uq_transactions_stop_replay"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_transactions_open",
        "transactions",
        ["charge_point_id", "state", "connector_id"],
        unique=False,
    )
    op.create_index("ix_transactions_state", "transactions", ["state"], unique=False)
    op.create_index("ix_transactions_tag", "transactions", ["id_tag_folded", "state"], unique=False)
    op.create_index("ix_transactions_user", "transactions", ["user_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", identifier(254), nullable=False),
        sa.Column("email_folded", identifier(254), nullable=False),
        sa.Column("name", identifier(200), nullable=False),
        sa.Column("phone", identifier(40), nullable=True),
        sa.Column("password_hash", identifier(255), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("tokens_valid_from", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_folded", name=op.f("uq_users_email_folded")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "violations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("action", identifier(50), nullable=False),
        sa.Column("code", identifier(50), nullable=False),
        sa.Column("detail", long_text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_violations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_violations_at", "violations", ["at"], unique=False)
    op.create_index("ix_violations_charger", "violations", ["charge_point_id", "at"], unique=False)

    op.create_table(
        "id_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("id_tag", identifier(20), nullable=False),
        sa.Column("folded", identifier(60), nullable=False),
        sa.Column("status", identifier(16), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("parent_id_tag", identifier(20), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_id_tags_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_id_tags")),
        sa.UniqueConstraint("folded", name=op.f("uq_id_tags_folded")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_id_tags_user_id"), "id_tags", ["user_id"], unique=False)

    op.create_table(
        "wallets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("currency", identifier(3), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_wallets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallets")),
        sa.UniqueConstraint("user_id", "currency", name=op.f("uq_wallets_user_id_currency")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wallet_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", identifier(16), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("balance_after_minor", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("note", identifier(255), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_ledger_entries_transaction_id")
        ),
        sa.ForeignKeyConstraint(
            ["wallet_id"], ["wallets.id"], name=op.f("fk_ledger_entries_wallet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("wallet_id", "seq", name=op.f("uq_ledger_entries_wallet_id_seq")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_ledger_entries_transaction_id"), "ledger_entries", ["transaction_id"], unique=False
    )

    if op.get_bind().dialect.name == "sqlite":
        op.create_table(
            "meter_value_places",
            sa.Column("charge_point_id", identifier(64), nullable=False),
            sa.Column("timestamp", UtcDateTime(), nullable=False),
            sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.PrimaryKeyConstraint(
                "charge_point_id", "timestamp", "row_id", name=op.f("pk_meter_value_places")
            ),
            sqlite_with_rowid=False,
        )
        placed = op.create_table(
            "meter_values_placed",
            sa.Column("up_to", sa.Integer(), autoincrement=False, nullable=False),
            sa.PrimaryKeyConstraint("up_to", name=op.f("pk_meter_values_placed")),
        )
        op.bulk_insert(placed, [{"up_to": 0}])
    else:
        op.create_index(
            "ix_meter_values_charger", "meter_values", ["charge_point_id", "timestamp", "id"]
        )

    # On SQLite the message log has a file of its own.
    if op.get_bind().dialect.name != "sqlite":
        op.create_table(
            "message_log",
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("charge_point_id", identifier(64), nullable=False),
            sa.Column("first_at", UtcDateTime(), nullable=False),
            sa.Column("last_at", UtcDateTime(), nullable=False),
            sa.Column("frames", long_text(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_message_log")),
        )
        op.create_index("ix_message_log_charger", "message_log", ["charge_point_id", "id"])
        op.create_index("ix_message_log_last_at", "message_log", ["last_at"])
