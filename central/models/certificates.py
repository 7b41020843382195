"""Certificates of chargers, from the request to the day they are void."""

from sqlalchemy import Column, Index, Integer, Table

from central.models.base import (
    CHARGE_POINT_ID_LENGTH,
    UtcDateTime,
    identifier,
    long_text,
    metadata,
)

# No private key is in here: a charger keeps its own, an authority's lies in a file.
charger_certificates = Table(
    "charger_certificates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("charge_point_id", identifier(CHARGE_POINT_ID_LENGTH), nullable=False),
    Column("state", identifier(16), nullable=False),
    # Why it is in that state, for people; empty where that is plain.
    Column("detail", identifier(255), nullable=False, default=""),
    Column("csr", long_text(), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    # Whom the request names (CN and O).
    Column("common_name", identifier(255), nullable=False),
    Column("organization", identifier(255), nullable=False),
    # The certificate first, then what leads to its root; absent until it is signed.
    Column("chain", long_text()),
    Column("serial_number", identifier(64)),
    # SHA-256 of the certificate, hexadecimal.
    Column("fingerprint", identifier(64)),
    Column("not_before", UtcDateTime),
    Column("not_after", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Index("ix_charger_certificates_charger", "charge_point_id", "id"),
    Index("ix_charger_certificates_state", "state"),
    Index("ix_charger_certificates_fingerprint", "fingerprint"),
    sqlite_autoincrement=True,
)
