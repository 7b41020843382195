"""Security profiles of chargers, their certificates and their security events."""

import sqlalchemy as sa
from alembic import op

from central.models.base import UtcDateTime, identifier, long_text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("chargers", sa.Column("log_status", identifier(32), nullable=True))
    op.add_column("chargers", sa.Column("log_request_id", sa.Integer(), nullable=True))
    op.add_column("chargers", sa.Column("firmware_request_id", sa.Integer(), nullable=True))
    op.add_column(
        "chargers",
        sa.Column("min_security_profile", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column("chargers", sa.Column("ordered_security_profile", sa.Integer(), nullable=True))
    op.create_table(
        "charger_certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("state", identifier(16), nullable=False),
        sa.Column("detail", identifier(255), nullable=False),
        sa.Column("csr", long_text(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("common_name", identifier(255), nullable=False),
        sa.Column("organization", identifier(255), nullable=False),
        sa.Column("chain", long_text(), nullable=True),
        sa.Column("serial_number", identifier(64), nullable=True),
        sa.Column("fingerprint", identifier(64), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("not_after", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charger_certificates")),
        sqlite_autoincrement=True,
    )
    for name, columns in (
        ("charger", ["charge_point_id", "id"]),
        ("state", ["state"]),
        ("fingerprint", ["fingerprint"]),
    ):
        op.create_index(f"ix_charger_certificates_{name}", "charger_certificates", columns)
    op.create_table(
        "security_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("type", identifier(50), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("tech_info", identifier(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_events")),
        sa.UniqueConstraint(
            "charge_point_id",
            "type",
            "at",
            "tech_info",
            name=op.f("uq_security_events_charge_point_id_type_at_tech_info"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_security_events_received", "security_events", ["received_at"])
