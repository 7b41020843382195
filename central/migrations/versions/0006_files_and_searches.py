"""Firmware images, file jobs and uploads; what searches of commands and frames stand on."""

import sqlalchemy as sa
from alembic import op

from central.models.base import UtcDateTime, identifier, long_text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "firmware_images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", identifier(50), nullable=False),
        sa.Column("file_name", identifier(255), nullable=False),
        sa.Column("stored_as", identifier(64), nullable=False),
        sa.Column("sha256", identifier(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("signature", long_text(), nullable=True),
        sa.Column("signing_certificate", long_text(), nullable=True),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firmware_images")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "file_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("action", identifier(50), nullable=False),
        sa.Column("token_sha256", identifier(64), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("command_id", sa.Integer(), nullable=True),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("status", identifier(32), nullable=True),
        sa.Column("status_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", identifier(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_jobs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_file_jobs_token", "file_jobs", ["token_sha256"], unique=True)
    op.create_index("ix_file_jobs_charger", "file_jobs", ["charge_point_id", "id"])
    op.create_index("ix_file_jobs_command", "file_jobs", ["command_id"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("charge_point_id", identifier(64), nullable=False),
        sa.Column("file_name", identifier(255), nullable=False),
        sa.Column("stored_as", identifier(64), nullable=False),
        sa.Column("sha256", identifier(64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_uploads_charger", "uploads", ["charge_point_id", "id"])
    op.create_index("ix_uploads_job", "uploads", ["job_id"])
    op.create_index("ix_commands_outcome", "commands", ["outcome", "id"])
    op.create_index("ix_commands_requested_at", "commands", ["requested_at"])
    if op.get_bind().dialect.name != "sqlite":
        # On SQLite the message log is a file of its own, which brings itself up to date.
        op.add_column(
            "message_log",
            sa.Column("total_bytes", sa.BigInteger(), nullable=False, server_default="0"),
        )
        op.create_index("ix_message_log_time", "message_log", ["charge_point_id", "first_at", "id"])
