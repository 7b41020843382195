"""The collection of tables and the column types that mean the same on all three databases."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, String, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine

# Constraint names are given by rule, so that Alembic can name them on every database.
NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)

# The longest charge point identity that is accepted. OCPP-J 1.6 gives no bound; 64 characters
# keep every index within what the three databases allow.
CHARGE_POINT_ID_LENGTH: Final = 64

# Counts, watt-hours and minor units of money: 64 bits everywhere.
BigInt = BigInteger


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC with microseconds.

    Takes and gives datetimes with a time zone; one without is refused with `ValueError`, because
    guessing its zone is how an hour of charging gets lost. PostgreSQL keeps TIMESTAMPTZ, MariaDB
    DATETIME(6), SQLite text that sorts like the time.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Give the column type of this database."""
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any zone into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored time needs a time zone: {value!r}")
        in_utc = value.astimezone(UTC)
        return in_utc if dialect.name == "postgresql" else in_utc.replace(tzinfo=None)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  the signature is SQLAlchemy's
    ) -> datetime | None:
        """Give the time back with its zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def identifier(length: int) -> TypeEngine[str]:
    """Text of at most `length` characters that compares byte by byte.

    MariaDB would otherwise take CP1 and cp1, or é and e, for the same key.
    """
    exact = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return String(length).with_variant(exact, "mysql", "mariadb")


def long_text() -> TypeEngine[str]:
    """Text of any length, such as a frame or sampled values as JSON (16 MiB on MariaDB)."""
    exact = mysql.MEDIUMTEXT(charset="utf8mb4", collation="utf8mb4_bin")
    return Text().with_variant(exact, "mysql", "mariadb")


def as_stored(text: str | None, length: int = 255) -> str | None:
    """Cut descriptive text to its column; PostgreSQL cannot hold NUL."""
    return None if text is None else text[:length].replace("\x00", "\ufffd")
