"""Wallets and their entries. The balance of a wallet is the sum of its entries."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select

from central.domain.errors import InvalidError, NotFoundError
from central.domain.pricing import check_currency
from central.domain.statements import insert_ignoring, inserted_id
from central.models import ledger_entries, users, wallets

# Far above any wallet, far below 2⁶³.
_LARGEST_AMOUNT = 10**15


class EntryKind(StrEnum):
    """Why a balance changed."""

    CHARGE = "charge"
    """The cost of a session; negative."""
    ADJUSTMENT = "adjustment"
    """A correction, of either sign."""
    TOP_UP = "top_up"
    """Money paid in; positive."""


@dataclass(frozen=True)
class Wallet:
    """The money of one user in one currency."""

    id: int
    user_id: int
    currency: str


@dataclass(frozen=True)
class LedgerEntry:
    """A change of a wallet's balance; never changed nor deleted.

    Attributes:
        seq: 1, 2, 3, … within the wallet.
        amount_minor: minor units of the wallet's currency, signed.
        balance_after_minor: the balance with this entry.
        transaction_id: the session that it is about, if any.
    """

    id: int
    wallet_id: int
    seq: int
    kind: EntryKind
    amount_minor: int
    balance_after_minor: int
    transaction_id: int | None
    note: str | None
    created_at: datetime


def ensure_wallet(conn: Connection, user_id: int, currency: str) -> Wallet:
    """Give the wallet of a user in a currency, made at first use.

    Raises:
        InvalidError: the currency is none.
        NotFoundError: there is no such user.
    """
    check_currency(currency)
    if conn.execute(select(users.c.id).where(users.c.id == user_id)).one_or_none() is None:
        raise NotFoundError(f"there is no user {user_id}", where="user_id")
    query = select(wallets).where(wallets.c.user_id == user_id, wallets.c.currency == currency)
    row = conn.execute(query).one_or_none()
    if row is None:
        conn.execute(
            insert_ignoring(conn.dialect.name, wallets).values(user_id=user_id, currency=currency)
        )
        row = conn.execute(query).one()
    return Wallet(**row._mapping)


def list_wallets(conn: Connection, user_id: int) -> list[Wallet]:
    """Give the wallets of a user."""
    query = select(wallets).where(wallets.c.user_id == user_id).order_by(wallets.c.id)
    return [Wallet(**row) for row in conn.execute(query).mappings()]


def add_entry(
    conn: Connection,
    wallet: Wallet,
    kind: EntryKind,
    amount_minor: int,
    now: datetime,
    *,
    transaction_id: int | None = None,
    note: str | None = None,
) -> LedgerEntry:
    """Change a wallet's balance.

    Raises:
        InvalidError: the amount is 0 or beyond 10¹⁵ minor units.
    """
    if amount_minor == 0 or abs(amount_minor) > _LARGEST_AMOUNT:
        raise InvalidError(
            f"{amount_minor} is not an amount",
            where="amount_minor",
            how=f"not 0, and at most {_LARGEST_AMOUNT} either way",
        )
    # The lock makes entries of a wallet follow each other; the unique sequence would refuse a
    # second one of the same place.
    conn.execute(select(wallets.c.id).where(wallets.c.id == wallet.id).with_for_update()).one()
    last = conn.execute(
        select(ledger_entries.c.seq, ledger_entries.c.balance_after_minor)
        .where(ledger_entries.c.wallet_id == wallet.id)
        .order_by(ledger_entries.c.seq.desc())
        .limit(1)
    ).one_or_none()
    seq, balance = (0, 0) if last is None else last
    entry = LedgerEntry(
        id=0,
        wallet_id=wallet.id,
        seq=seq + 1,
        kind=kind,
        amount_minor=amount_minor,
        balance_after_minor=balance + amount_minor,
        transaction_id=transaction_id,
        note=None if note is None else note[:255],
        created_at=now,
    )
    fields = asdict(entry)
    del fields["id"]
    return replace(entry, id=inserted_id(conn.execute(insert(ledger_entries).values(fields))))


def top_up(
    conn: Connection,
    user_id: int,
    amount_minor: int,
    currency: str,
    now: datetime,
    *,
    note: str | None = None,
) -> LedgerEntry:
    """Credit a user.

    Raises:
        InvalidError: the amount is not positive, or the currency is none.
        NotFoundError: there is no such user.
    """
    if amount_minor <= 0:
        raise InvalidError("a top-up must be more than 0", where="amount_minor")
    wallet = ensure_wallet(conn, user_id, currency)
    return add_entry(conn, wallet, EntryKind.TOP_UP, amount_minor, now, note=note)


def settle_session(
    conn: Connection,
    user_id: int,
    currency: str,
    transaction_id: int,
    *,
    cost_minor: int,
    now: datetime,
) -> None:
    """Make the entries of a session add up to its cost.

    The first is a charge, each later one an adjustment by the difference; none if there is no
    difference. So calling it again with the same cost changes nothing.
    """
    wallet = ensure_wallet(conn, user_id, currency)
    conn.execute(select(wallets.c.id).where(wallets.c.id == wallet.id).with_for_update()).one()
    entries, booked = conn.execute(
        select(func.count(), func.coalesce(func.sum(ledger_entries.c.amount_minor), 0)).where(
            ledger_entries.c.transaction_id == transaction_id
        )
    ).one()
    difference = -cost_minor - int(booked)
    if difference:
        kind = EntryKind.ADJUSTMENT if entries else EntryKind.CHARGE
        add_entry(conn, wallet, kind, difference, now, transaction_id=transaction_id)


def balance(conn: Connection, wallet: Wallet) -> int:
    """Give the balance of a wallet, minor units."""
    found = conn.execute(
        select(ledger_entries.c.balance_after_minor)
        .where(ledger_entries.c.wallet_id == wallet.id)
        .order_by(ledger_entries.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    return found or 0


def list_entries(
    conn: Connection, wallet: Wallet, *, limit: int = 100, before_seq: int | None = None
) -> list[LedgerEntry]:
    """Give entries of a wallet, newest first; `before_seq` continues after a page."""
    query = (
        select(ledger_entries)
        .where(ledger_entries.c.wallet_id == wallet.id)
        .order_by(ledger_entries.c.seq.desc())
        .limit(limit)
    )
    if before_seq is not None:
        query = query.where(ledger_entries.c.seq < before_seq)
    return [
        LedgerEntry(**dict(row) | {"kind": EntryKind(row["kind"])})
        for row in conn.execute(query).mappings()
    ]


def wrong_wallets(conn: Connection) -> Sequence[int]:
    """Give the wallets whose last balance is not the sum of their entries; there are none."""
    entries = ledger_entries.c
    sums = (
        select(
            entries.wallet_id,
            func.sum(entries.amount_minor).label("total"),
            func.max(entries.seq).label("last_seq"),
        )
        .group_by(entries.wallet_id)
        .subquery()
    )
    query = (
        select(entries.wallet_id)
        .join(sums, (entries.wallet_id == sums.c.wallet_id) & (entries.seq == sums.c.last_seq))
        .where(entries.balance_after_minor != sums.c.total)
    )
    return conn.execute(query).scalars().all()
