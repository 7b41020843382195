"""Files that chargers fetch and bring: firmware images, jobs with their tokens, uploads.

The files themselves lie in the folder `FILES_DIR`.
"""

from sqlalchemy import Column, Index, Integer, Table

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    BigInt,
    UtcDateTime,
    identifier,
    long_text,
    metadata,
)

firmware_images = Table(
    "firmware_images",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", identifier(50), nullable=False),
    Column("file_name", identifier(255), nullable=False),
    Column("stored_as", identifier(64), nullable=False),
    Column("sha256", identifier(64), nullable=False),
    Column("size_bytes", BigInt, nullable=False),
    # Both or none: base64 of the signature, PEM of the certificate to it.
    Column("signature", long_text()),
    Column("signing_certificate", long_text()),
    Column("uploaded_by", Integer),
    Column("uploaded_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

file_jobs = Table(
    "file_jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    # UpdateFirmware, SignedUpdateFirmware, GetDiagnostics, GetLog
    Column("action", identifier(50), nullable=False),
    Column("token_sha256", identifier(64), nullable=False),
    # The image of a firmware job; absent for uploads.
    Column("image_id", Integer),
    # Of the whitepaper's messages; absent for those of OCPP 1.6 itself.
    Column("request_id", Integer),
    Column("command_id", Integer),
    Column("requested_by", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    # Requests that were answered with (a part of) the image.
    Column("downloads", Integer, nullable=False),
    # The last status that the charger reported.
    Column("status", identifier(32)),
    Column("status_at", UtcDateTime),
    # open, done, failed, cancelled
    Column("outcome", identifier(16), nullable=False),
    Index("ix_file_jobs_token", "token_sha256", unique=True),
    Index("ix_file_jobs_charger", "charge_point_id", "id"),
    Index("ix_file_jobs_command", "command_id"),
    sqlite_autoincrement=True,
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", Integer, nullable=False),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    # As the charger named it; never a name on our disk.
    Column("file_name", identifier(255), nullable=False),
    Column("stored_as", identifier(64), nullable=False),
    Column("sha256", identifier(64), nullable=False),
    Column("size_bytes", BigInt, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Index("ix_uploads_charger", "charge_point_id", "id"),
    Index("ix_uploads_job", "job_id"),
    sqlite_autoincrement=True,
)
