"""`/api/admin/prices`: what a kilowatt-hour costs, from when, and what it has cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from central.api.access import ServicesOf, admin_router, user_router
from central.api.errors import documented
from central.api.fields import INT32_MAX, Moment, PageSize, PageStart
from central.api.money import from_minor, to_minor
from central.api.paging import next_page
from central.domain import pricing
from central.domain.pricing import Price

users = user_router("Prices")
admins = admin_router("Prices")


class PriceOut(BaseModel):
    """A price from a moment on, until that of the next one."""

    id: int
    price_per_kwh: float = Field(description="major units", examples=[0.4])
    price_per_kwh_minor: int = Field(description="minor units, exact", examples=[40])
    currency: str = Field(examples=["EUR"])
    valid_from: datetime
    status: Literal["past", "current", "upcoming"]


class NewPrice(BaseModel):
    """A price to set, in the currency of this central system (CURRENCY)."""

    model_config = ConfigDict(extra="forbid")

    price_per_kwh: Decimal = Field(
        ge=0,
        lt=10**6,
        allow_inf_nan=False,
        description="major units; 0 is free of charge",
        examples=[0.4],
    )
    valid_from: Moment | None = Field(
        None, description="not in the past; at once if left out", examples=["2030-01-01T00:00:00Z"]
    )


class CurrentPrice(BaseModel):
    """The price in force."""

    success: Literal[True] = True
    price: PriceOut | None = Field(description="null: charging is free")


class PriceSet(BaseModel):
    """The price was set."""

    success: Literal[True] = True
    price: PriceOut


@users.get("/api/prices/current")
async def current(services: ServicesOf) -> CurrentPrice:
    """Tell the price in force: what a session that starts now will cost."""
    now = services.clock.now()
    price = await services.storage.read(pricing.current_price, now)
    return CurrentPrice(price=None if price is None else _price_out(price, price.id, now))


@admins.get("/api/admin/prices")
async def list_all(
    request: Request,
    response: Response,
    services: ServicesOf,
    limit: PageSize = 100,
    offset: PageStart = 0,
) -> list[PriceOut]:
    """List the prices, the latest first: upcoming ones, the one in force, and the past."""
    now = services.clock.now()

    def read(conn: Connection) -> list[PriceOut]:
        in_force = pricing.current_price(conn, now)
        return [
            _price_out(price, None if in_force is None else in_force.id, now)
            for price in pricing.list_prices(conn, limit=limit, offset=offset)
        ]

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, offset=offset + limit))
    return page


@admins.put("/api/admin/prices")
async def put(body: NewPrice, services: ServicesOf) -> PriceSet:
    """Set the price, at once or from a moment to come; the same moment again replaces it.

    A session costs what was the price when it started; sessions that run are
    not touched.
    """
    currency = services.settings.currency
    price_per_kwh_minor = to_minor(body.price_per_kwh, currency, where="body: price_per_kwh")
    now = services.clock.now()

    def unit(conn: Connection) -> PriceSet:
        price = pricing.change_price(
            conn, price_per_kwh_minor, currency, now, valid_from=body.valid_from
        )
        in_force = pricing.current_price(conn, now)
        return PriceSet(price=_price_out(price, None if in_force is None else in_force.id, now))

    return await services.storage.try_write(unit)


@admins.delete(
    "/api/admin/prices/{price_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
async def take_back(
    price_id: Annotated[int, Path(ge=1, le=INT32_MAX)], services: ServicesOf
) -> None:
    """Take back an upcoming price. One that has begun stays: sessions were sold at it."""
    await services.storage.try_write(pricing.take_back_price, price_id, services.clock.now())


def _price_out(price: Price, current_id: int | None, now: datetime) -> PriceOut:
    status: Literal["past", "current", "upcoming"] = "past"
    if price.valid_from > now:
        status = "upcoming"
    elif price.id == current_id:
        status = "current"
    return PriceOut(
        id=price.id,
        price_per_kwh=from_minor(price.price_per_kwh_minor, price.currency),
        price_per_kwh_minor=price.price_per_kwh_minor,
        currency=price.currency,
        valid_from=price.valid_from,
        status=status,
    )
