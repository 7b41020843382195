"""Reservations, local lists, charging profiles and composite schedules of chargers."""

import sqlalchemy as sa
from alembic import op

from central.models.base import BigInt, UtcDateTime, identifier, long_text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "reservations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("reservation_id", BigInt(), nullable=True),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("id_tag", identifier(255), nullable=False),
        sa.Column("parent_id_tag", identifier(255), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("status", identifier(16), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
        sa.UniqueConstraint("charge_point_id", "reservation_id", name="uq_reservations_of_charger"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reservations_user", "reservations", ["user_id"], unique=False)
    op.create_table(
        "local_lists",
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entries", long_text(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("charge_point_id", name=op.f("pk_local_lists")),
    )
    op.create_table(
        "charger_profiles",
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("profile_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("profile", long_text(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("charge_point_id", "profile_id", name=op.f("pk_charger_profiles")),
    )
    op.create_table(
        "composite_schedules",
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("connector_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_duration_s", sa.Integer(), nullable=False),
        sa.Column("answer", long_text(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "charge_point_id", "connector_id", name=op.f("pk_composite_schedules")
        ),
    )
