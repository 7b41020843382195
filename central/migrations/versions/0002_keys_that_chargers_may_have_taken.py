"""Keys that chargers may have taken."""

import sqlalchemy as sa
from alembic import op

from central.models.base import identifier

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("chargers", sa.Column("pending_key_hash", identifier(255), nullable=True))
