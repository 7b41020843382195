"""${message}."""

import sqlalchemy as sa
from alembic import op

from central.models.base import UtcDateTime, identifier, long_text

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}

