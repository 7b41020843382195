"""What a kilowatt-hour costs. A session costs what was the price when it started."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from central.domain.errors import ConflictError, InvalidError, NotFoundError
from central.domain.statements import inserted_id
from central.models import prices
from central.models.base import UtcDateTime

# With the most energy of a session it is the most that the ledger takes.
_HIGHEST_MINOR: Final = 10**9 - 1

_IN_FORCE: Final = (
    select(prices)
    .where(prices.c.valid_from <= bindparam("at", type_=UtcDateTime))
    .order_by(prices.c.valid_from.desc(), prices.c.id.desc())
    .limit(1)
)


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
) -> Price:
    """Set the price from a moment on; one of the same moment is replaced.

    Raises:
        InvalidError: a price below 0 or of 10⁹ minor units and more, or a currency that is not
            three capital letters.
    """
    if not 0 <= price_per_kwh_minor <= _HIGHEST_MINOR:
        raise InvalidError(
            f"{price_per_kwh_minor} is not a price",
            where="price_per_kwh",
            how=f"0 to {_HIGHEST_MINOR} minor units",
        )
    check_currency(currency)
    values = {"price_per_kwh_minor": price_per_kwh_minor, "currency": currency}
    same_moment = conn.execute(
        select(prices.c.id)
        .where(prices.c.valid_from == valid_from)
        .order_by(prices.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if same_moment is not None:
        conn.execute(update(prices).where(prices.c.id == same_moment).values(values))
        return Price(same_moment, price_per_kwh_minor, currency, valid_from)
    made = conn.execute(insert(prices).values(values | {"valid_from": valid_from}))
    return Price(inserted_id(made), price_per_kwh_minor, currency, valid_from)


def change_price(
    conn: Connection,
    price_per_kwh_minor: int,
    currency: str,
    now: datetime,
    *,
    valid_from: datetime | None = None,
) -> Price:
    """Set the price from now, or from a moment to come; what was in force stays on record.

    Raises:
        InvalidError: as `set_price`, or the moment has passed: sessions were sold at its price.
    """
    if valid_from is not None and valid_from < now:
        raise InvalidError(
            f"a price cannot begin in the past, it is {now.isoformat()}",
            where="valid_from",
            how="leave it out for a price from now on",
        )
    return set_price(conn, price_per_kwh_minor, currency, valid_from or now)


def take_back_price(conn: Connection, price_id: int, now: datetime) -> None:
    """Forget a price that is still to come.

    Raises:
        NotFoundError: there is no such price.
        ConflictError: it has begun, so sessions may have been sold at it.
    """
    valid_from = conn.execute(
        select(prices.c.valid_from).where(prices.c.id == price_id)
    ).scalar_one_or_none()
    if valid_from is None:
        raise NotFoundError(f"there is no price {price_id}", where="price_id")
    if valid_from <= now:
        raise ConflictError(
            f"price {price_id} has been in force since {valid_from.isoformat()}",
            where="price_id",
            how="set another one from now on",
        )
    conn.execute(delete(prices).where(prices.c.id == price_id))


def current_price(conn: Connection, now: datetime) -> Price | None:
    """Give the price in force at a moment, or None: then charging is free."""
    row = conn.execute(_IN_FORCE, {"at": now}).one_or_none()
    return None if row is None else Price(**row._mapping)


def list_prices(conn: Connection, *, limit: int = 100, offset: int = 0) -> list[Price]:
    """Give prices, the latest first."""
    query = (
        select(prices)
        .order_by(prices.c.valid_from.desc(), prices.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Price(**row._mapping) for row in conn.execute(query)]


def check_currency(currency: str) -> None:
    """Refuse what is not a currency code.

    Raises:
        InvalidError: not three capital letters.
    """
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise InvalidError(
            f"{currency[:20]!r} is not a currency", where="currency", how="as in EUR (ISO 4217)"
        )
