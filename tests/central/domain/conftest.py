"""What the tests of sessions need: a charger that is online, a price, and short ways to say it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from central.domain import (
    chargers,
    connectors,
    gone_sessions,
    id_tags,
    ledger,
    presence,
    pricing,
    registration,
    users,
    violations,
)
from central.domain.meter_values import MeterRow
from central.domain.storage import Storage
from central.domain.transactions import (
    Session,
    StartTransaction,
    StopTransaction,
    find_session,
    list_sessions,
    start,
    stop,
)

GRACE = timedelta(minutes=15)


def register(wh):
    return f'[{{"value":"{wh}"}}]'


@dataclass
class Bench:
    """A central system without its edges: messages in, sessions and money out.

    Attributes:
        now: the business time of the next message.
        tag: id tag of the one user, who pays for what it charges.
    """

    storage: Storage
    now: datetime
    tag: str
    user_id: int

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    async def start(self, **changes: Any) -> Any:
        message: dict[str, Any] = {
            "charge_point_id": "CP1",
            "connector_id": 1,
            "id_tag": self.tag,
            "timestamp": self.now,
            "meter_start_wh": 1000,
        }
        return await self.storage.write(start, StartTransaction(**message | changes), self.now)

    async def stop(self, transaction_id: int, **changes: Any) -> Any:
        message: dict[str, Any] = {
            "charge_point_id": "CP1",
            "transaction_id": transaction_id,
            "timestamp": self.now,
            "meter_stop_wh": 3500,
        }
        return await self.storage.write(stop, StopTransaction(**message | changes), self.now)

    def row(self, transaction_id: int, wh: int, **changes: Any) -> MeterRow:
        row = MeterRow("CP1", self.now, 1, transaction_id, "Sample.Periodic", register(wh))
        return row._replace(**changes)

    async def status(self, status: str, connector_id: int = 1) -> None:
        report = connectors.StatusReport("CP1", connector_id, status, "NoError", self.now)
        await self.storage.write(connectors.record_status, report, self.now)

    async def boot(self) -> None:
        info = registration.BootInfo("Maker", "One")
        await self.storage.write(registration.record_boot, "CP1", info, self.now)

    async def online(self) -> None:
        await self.storage.write(presence.record_connected, "CP1", self.now)

    async def offline(self) -> None:
        await self.storage.write(presence.record_disconnected, "CP1", self.now)

    async def sweep(self) -> list[gone_sessions.ProvisionalClose]:
        return await self.storage.write(gone_sessions.close_overdue, self.now, GRACE)

    async def session(self, transaction_id: int) -> Session:
        found = await self.storage.read(find_session, transaction_id)
        assert found is not None
        return found

    async def sessions(self) -> list[Session]:
        return list(reversed(await self.storage.read(list_sessions)))

    async def violations(self) -> list[str]:
        found = await self.storage.read(violations.list_violations)
        return [violation.code for violation in reversed(found)]

    async def entries(self) -> list[tuple[str, int, int]]:
        def query(conn):
            wallets = ledger.list_wallets(conn, self.user_id)
            return [entry for wallet in wallets for entry in ledger.list_entries(conn, wallet)]

        return [
            (entry.kind.value, entry.amount_minor, entry.balance_after_minor)
            for entry in reversed(await self.storage.read(query))
        ]


@pytest.fixture
async def bench(storage, now):
    """Chargers CP1 and CP2 online, one user with a tag, 40 cents a kWh."""

    def prepare(conn):
        for name in ("CP1", "CP2"):
            chargers.add_charger(conn, name, now, key_hash=None)
            presence.record_connected(conn, name, now)
        pricing.set_price(conn, 40, "EUR", now)
        user = users.add_user(
            conn, email="driver@example.org", name="Driver", password_hash="-", now=now
        )
        return user.id, id_tags.list_id_tags(conn, user_id=user.id)[0].id_tag

    user_id, tag = await storage.write(prepare)
    return Bench(storage, now, tag, user_id)
