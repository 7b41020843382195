"""`/api/users/{user_id}/wallet`: balance, entries, and credit given by an admin."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from central.api.access import (
    CurrentUser,
    ServicesOf,
    admin_router,
    require_self_or_admin,
    user_router,
)
from central.api.errors import documented
from central.api.fields import INT32_MAX, PLAIN, PageSize
from central.api.money import from_minor, to_minor
from central.api.paging import next_page
from central.domain import ledger
from central.domain.ledger import LedgerEntry, Wallet
from central.domain.users import get_user

users = user_router("Wallets")
admins = admin_router("Wallets")

UserId = Annotated[int, Path(ge=1, le=INT32_MAX, description="user")]


class WalletOut(BaseModel):
    """A wallet."""

    balance: float = Field(description="major units", examples=[50.0])
    balance_minor: int = Field(description="minor units, exact", examples=[5000])
    currency: str = Field(examples=["EUR"])


class EntryOut(BaseModel):
    """A change of a balance."""

    id: int
    seq: int = Field(description="1, 2, 3, … within the wallet")
    transaction_type: str = Field(description="charge, adjustment or top_up", examples=["top_up"])
    amount: float
    amount_minor: int
    balance_after_minor: int
    currency: str
    transaction_id: int | None = Field(None, description="the session that it is about")
    note: str | None = None
    created_at: datetime


class TopUp(BaseModel):
    """Credit for a user."""

    model_config = ConfigDict(extra="forbid")

    amount: Decimal = Field(
        gt=0, le=10**9, allow_inf_nan=False, description="major units", examples=[50.0]
    )
    note: Annotated[str, StringConstraints(max_length=255, pattern=PLAIN)] | None = None


class ToppedUp(BaseModel):
    """The credit was booked."""

    success: Literal[True] = True
    wallet: WalletOut
    entry: EntryOut


SELF_ERRORS = documented(HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@users.get("/api/users/{user_id}/wallet", responses=SELF_ERRORS)
async def wallet(user_id: UserId, services: ServicesOf, user: CurrentUser) -> WalletOut:
    """Tell the balance of a user: your own, or anybody's for an admin."""
    require_self_or_admin(user, user_id)

    def read(conn: Connection) -> WalletOut:
        get_user(conn, user_id)
        return read_wallet(conn, user_id, services.settings.currency)

    return await services.storage.read(read)


@users.get("/api/users/{user_id}/wallet/transactions", responses=SELF_ERRORS)
async def entries(
    user_id: UserId,
    request: Request,
    response: Response,
    services: ServicesOf,
    user: CurrentUser,
    limit: PageSize = 100,
    before_seq: Annotated[int | None, Query(ge=1, le=INT32_MAX)] = None,
) -> list[EntryOut]:
    """List the entries of a user's wallet, newest first; `Link` leads to older ones."""
    require_self_or_admin(user, user_id)

    def read(conn: Connection) -> list[EntryOut]:
        get_user(conn, user_id)
        found = _find_wallet(conn, user_id, services.settings.currency)
        if found is None:
            return []
        listed = ledger.list_entries(conn, found, limit=limit, before_seq=before_seq)
        return [_entry_out(entry, found.currency) for entry in listed]

    page = await services.storage.read(read)
    if len(page) == limit:
        response.headers.update(next_page(request, before_seq=page[-1].seq))
    return page


@admins.post(
    "/api/users/{user_id}/wallet/topup",
    status_code=HTTPStatus.CREATED,
    responses=documented(HTTPStatus.NOT_FOUND),
)
async def top_up(user_id: UserId, body: TopUp, services: ServicesOf) -> ToppedUp:
    """Credit a user, for money that was paid some other way."""
    currency = services.settings.currency
    amount_minor = to_minor(body.amount, currency, where="body: amount")

    def unit(conn: Connection) -> ToppedUp:
        entry = ledger.top_up(
            conn, user_id, amount_minor, currency, services.clock.now(), note=body.note
        )
        return ToppedUp(
            wallet=_wallet_out(entry.balance_after_minor, currency),
            entry=_entry_out(entry, currency),
        )

    return await services.storage.try_write(unit)


def read_wallet(conn: Connection, user_id: int, currency: str) -> WalletOut:
    """Return a user's wallet in this currency; an empty one where there is none yet."""
    found = _find_wallet(conn, user_id, currency)
    return _wallet_out(0 if found is None else ledger.balance(conn, found), currency)


def _find_wallet(conn: Connection, user_id: int, currency: str) -> Wallet | None:
    wallets = ledger.list_wallets(conn, user_id)
    return next((wallet for wallet in wallets if wallet.currency == currency), None)


def _wallet_out(balance_minor: int, currency: str) -> WalletOut:
    return WalletOut(
        balance=from_minor(balance_minor, currency), balance_minor=balance_minor, currency=currency
    )


def _entry_out(entry: LedgerEntry, currency: str) -> EntryOut:
    return EntryOut(
        id=entry.id,
        seq=entry.seq,
        transaction_type=entry.kind,
        amount=from_minor(entry.amount_minor, currency),
        amount_minor=entry.amount_minor,
        balance_after_minor=entry.balance_after_minor,
        currency=currency,
        transaction_id=entry.transaction_id,
        note=entry.note,
        created_at=entry.created_at,
    )
