"""Several pending keys of a charger."""

import sqlalchemy as sa
from alembic import op

from central.models.base import identifier

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "pending_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("key_hash", identifier(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_keys")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_pending_keys_charger", "pending_keys", ["charge_point_id", "id"], unique=False
    )
    op.execute(
        "INSERT INTO pending_keys (charge_point_id, key_hash) "
        "SELECT charge_point_id, pending_key_hash FROM chargers WHERE pending_key_hash IS NOT NULL"
    )
    op.drop_column("chargers", "pending_key_hash")
