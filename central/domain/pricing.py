"""What a kilowatt-hour costs. A session costs what was the price when it started."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from central.domain.errors import InvalidError
from central.models import prices


@dataclass(frozen=True)
class Price:
    """A price from a moment on.

    Attributes:
        price_per_kwh_minor: minor units of the currency, such as cents.
        currency: ISO 4217 code.
    """

    id: int
    price_per_kwh_minor: int
    currency: str
    valid_from: datetime


def set_price(
    conn: Connection, price_per_kwh_minor: int, currency: str, valid_from: datetime
) -> None:
    """Set the price from a moment on.

    Raises:
        InvalidError: a negative price, or a currency that is not three capital letters.
    """
    if not 0 <= price_per_kwh_minor < 10**9:
        raise InvalidError(f"{price_per_kwh_minor} is not a price", where="price_per_kwh_minor")
    check_currency(currency)
    conn.execute(
        insert(prices).values(
            price_per_kwh_minor=price_per_kwh_minor, currency=currency, valid_from=valid_from
        )
    )


def current_price(conn: Connection, now: datetime) -> Price | None:
    """Give the price in force, or None: then charging is free."""
    row = conn.execute(
        select(prices)
        .where(prices.c.valid_from <= now)
        .order_by(prices.c.valid_from.desc(), prices.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Price(**row._mapping)


def check_currency(currency: str) -> None:
    """Refuse what is not a currency code.

    Raises:
        InvalidError: not three capital letters.
    """
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise InvalidError(
            f"{currency[:20]!r} is not a currency", where="currency", how="as in EUR (ISO 4217)"
        )
