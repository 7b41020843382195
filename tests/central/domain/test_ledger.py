"""Money: the last balance is the sum of the entries, whatever happens and however many write."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import create_engine, insert, update
from sqlalchemy.exc import IntegrityError

from central.domain import ledger, pricing, settlement, users
from central.domain.errors import InvalidError, NotFoundError
from central.domain.ledger import EntryKind
from central.models import ledger_entries, metadata

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def entries_of(bench):
    def query(conn):
        (wallet,) = ledger.list_wallets(conn, bench.user_id)
        return ledger.balance(conn, wallet), list(reversed(ledger.list_entries(conn, wallet)))

    return await bench.storage.read(query)


async def test_a_top_up_is_credited(bench):
    await bench.storage.write(ledger.top_up, bench.user_id, 5000, "EUR", bench.now, note="cash")
    balance, (entry,) = await entries_of(bench)
    assert balance == 5000
    assert (entry.kind, entry.seq, entry.note) == (EntryKind.TOP_UP, 1, "cash")


async def test_each_currency_has_its_wallet(bench):
    for currency in ("EUR", "MYR", "EUR"):
        await bench.storage.write(ledger.top_up, bench.user_id, 100, currency, bench.now)
    wallets = await bench.storage.read(ledger.list_wallets, bench.user_id)
    assert [wallet.currency for wallet in wallets] == ["EUR", "MYR"]


async def test_many_writers_of_one_wallet_follow_each_other(bench):
    await asyncio.gather(
        *(
            bench.storage.write(ledger.top_up, bench.user_id, amount, "EUR", bench.now)
            for amount in range(1, 31)
        )
    )
    balance, entries = await entries_of(bench)
    assert [entry.seq for entry in entries] == list(range(1, 31))
    assert balance == sum(range(1, 31)) == entries[-1].balance_after_minor
    assert await bench.storage.read(ledger.wrong_wallets) == []


async def test_sessions_and_top_ups_at_once_keep_the_books(bench):
    starts = await asyncio.gather(
        *(bench.start(connector_id=n, charge_point_id="CP1") for n in range(1, 9))
    )
    await asyncio.gather(
        *(bench.stop(started.transaction_id) for started in starts),
        *(bench.storage.write(ledger.top_up, bench.user_id, 7, "EUR", bench.now) for _ in range(8)),
    )
    balance, entries = await entries_of(bench)
    assert (balance, len(entries)) == (8 * 7 - 8 * 100, 16)
    assert await bench.storage.read(ledger.wrong_wallets) == []


async def test_a_second_entry_in_the_same_place_is_refused_by_the_database(bench):
    entry = await bench.storage.write(ledger.top_up, bench.user_id, 100, "EUR", bench.now)
    fields = {name: getattr(entry, name) for name in ("wallet_id", "seq", "kind", "created_at")}
    with pytest.raises(IntegrityError):
        await bench.storage.write(
            lambda conn: conn.execute(
                insert(ledger_entries).values(**fields, amount_minor=1, balance_after_minor=1)
            )
        )


async def test_the_check_finds_a_wallet_that_does_not_add_up(bench):
    entry = await bench.storage.write(ledger.top_up, bench.user_id, 100, "EUR", bench.now)
    await bench.storage.write(
        lambda conn: conn.execute(update(ledger_entries).values(balance_after_minor=99))
    )
    assert await bench.storage.read(ledger.wrong_wallets) == [entry.wallet_id]


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(0, "EUR"), (-5, "EUR"), (10**16, "EUR"), (5, "eur"), (5, "EURO"), (5, "")],
)
async def test_what_is_no_amount_or_no_currency_is_refused(bench, amount, currency):
    with pytest.raises(InvalidError):
        await bench.storage.write(ledger.top_up, bench.user_id, amount, currency, bench.now)
    assert await bench.entries() == []


async def test_nobody_has_no_wallet(bench):
    with pytest.raises(NotFoundError):
        await bench.storage.write(ledger.top_up, 10**6, 5, "EUR", bench.now)


async def test_pages_of_entries_continue(bench):
    for amount in range(1, 8):
        await bench.storage.write(ledger.top_up, bench.user_id, amount, "EUR", bench.now)

    def pages(conn):
        (wallet,) = ledger.list_wallets(conn, bench.user_id)
        first = ledger.list_entries(conn, wallet, limit=4)
        return first, ledger.list_entries(conn, wallet, limit=4, before_seq=first[-1].seq)

    first, second = await bench.storage.read(pages)
    assert [entry.seq for entry in first + second] == [7, 6, 5, 4, 3, 2, 1]


async def test_the_price_in_force_is_the_last_that_has_begun(bench):
    await bench.storage.write(pricing.set_price, 50, "EUR", bench.later(hours=1))
    await bench.storage.write(pricing.set_price, 60, "EUR", bench.later(hours=2))
    now = bench.now
    price = await bench.storage.read(pricing.current_price, now)
    assert price.price_per_kwh_minor == 60
    assert await bench.storage.read(pricing.current_price, now.replace(year=2020)) is None
    with pytest.raises(InvalidError):
        await bench.storage.write(pricing.set_price, -1, "EUR", now)


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_the_cost_is_within_half_a_unit_of_the_exact_one(energy_wh, price):
    exact = Decimal(energy_wh) * price / 1000
    assert abs(settlement.cost_minor(energy_wh, price) - exact) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("energy_wh", "price", "cost"), [(1000, 40, 40), (12, 40, 0), (13, 40, 1), (1250, 2, 3)]
)
def test_half_a_unit_is_rounded_up(energy_wh, price, cost):
    assert settlement.cost_minor(energy_wh, price) == cost


class Books(RuleBasedStateMachine):
    """Any course of top-ups, adjustments and settlements of two wallets, against plain sums."""

    def __init__(self):
        super().__init__()
        self.engine = create_engine("sqlite://")
        self.conn = self.engine.connect()
        metadata.create_all(self.conn)
        self.users = [
            users.add_user(
                self.conn, email=f"u{n}@example.org", name="U", password_hash="-", now=NOW
            ).id
            for n in range(2)
        ]
        self.sums = dict.fromkeys(self.users, 0)
        self.costs = {}

    @rule(who=st.integers(0, 1), amount=st.integers(1, 10**12))
    def top_up(self, who, amount):
        user = self.users[who]
        entry = ledger.top_up(self.conn, user, amount, "EUR", NOW)
        self.sums[user] += amount
        assert entry.balance_after_minor == self.sums[user]

    @rule(who=st.integers(0, 1), amount=st.integers(-(10**12), 10**12).filter(bool))
    def adjust(self, who, amount):
        user = self.users[who]
        wallet = ledger.ensure_wallet(self.conn, user, "EUR")
        ledger.add_entry(self.conn, wallet, EntryKind.ADJUSTMENT, amount, NOW)
        self.sums[user] += amount

    @rule(who=st.integers(0, 1), session=st.integers(1, 4), cost=st.integers(0, 10**9))
    def settle(self, who, session, cost):
        user, session = self.users[who], 10 * who + session
        ledger.settle_session(self.conn, user, "EUR", session, cost_minor=cost, now=NOW)
        self.sums[user] -= cost - self.costs.get(session, 0)
        self.costs[session] = cost

    def teardown(self):
        assert ledger.wrong_wallets(self.conn) == []
        for user, total in self.sums.items():
            wallet = ledger.ensure_wallet(self.conn, user, "EUR")
            assert ledger.balance(self.conn, wallet) == total
            seqs = [entry.seq for entry in ledger.list_entries(self.conn, wallet, limit=10**6)]
            assert seqs == list(range(len(seqs), 0, -1))
        self.conn.close()
        self.engine.dispose()


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
