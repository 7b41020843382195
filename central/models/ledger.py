"""Money: prices, wallets and the ledger. Amounts are whole minor units of their currency."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from central.models.base import BigInt, UtcDateTime, identifier, metadata

prices = Table(
    "prices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("price_per_kwh_minor", BigInt, nullable=False),
    Column("currency", identifier(3), nullable=False),
    Column("valid_from", UtcDateTime, nullable=False),
    Index(None, "valid_from"),
    sqlite_autoincrement=True,
)

wallets = Table(
    "wallets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False),
    Column("currency", identifier(3), nullable=False),
    UniqueConstraint("user_id", "currency"),
    sqlite_autoincrement=True,
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("wallet_id", Integer, ForeignKey("wallets.id"), nullable=False),
    # 1, 2, 3, … within the wallet.
    Column("seq", Integer, nullable=False),
    # charge, adjustment or top_up
    Column("kind", identifier(16), nullable=False),
    Column("amount_minor", BigInt, nullable=False),
    Column("balance_after_minor", BigInt, nullable=False),
    Column("transaction_id", Integer, ForeignKey("transactions.id")),
    Column("note", identifier(255)),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("wallet_id", "seq"),
    Index(None, "transaction_id"),
    sqlite_autoincrement=True,
)
