"""The migrations make the tables that the models say, on each database."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from central import migrations
from central.domain.chargers import get_charger
from central.domain.errors import ConflictError, InvalidError
from central.domain.key_change import list_pending_keys
from central.domain.storage import open_storage
from central.domain.storage.engines import server_engine
from central.domain.storage.urls import parse_url
from central.migrations import upgrade, upgrade_connection
from central.models import log_metadata, metadata, sqlite_metadata


def differences(conn: Connection):
    models = [metadata, sqlite_metadata if conn.dialect.name == "sqlite" else log_metadata]

    def is_here(item, *_):
        return item.info.get("on_sqlite", True) or conn.dialect.name != "sqlite"

    context = MigrationContext.configure(
        conn, opts={"compare_type": True, "include_object": is_here}
    )
    context.opts["target_metadata"] = models
    return compare_metadata(context, models)


def table_names(conn: Connection):
    return set(inspect(conn).get_table_names())


async def test_migrating_an_empty_database_gives_the_tables_of_the_models(empty_database):
    await upgrade(empty_database)
    storage = await open_storage(empty_database)
    try:
        assert set(metadata.tables) <= await storage.read(table_names)
        assert await storage.read(differences) == []
    finally:
        await storage.close()


async def test_migrating_again_changes_nothing_and_keeps_the_rows(database_url):
    storage = await open_storage(database_url)
    await storage.write(
        lambda conn: conn.execute(
            text("INSERT INTO server_secrets (name, value_hex) VALUES ('jwt', '00')")
        )
    )
    await storage.close()
    await upgrade(database_url)
    storage = await open_storage(database_url)
    rows = await storage.read(lambda conn: conn.execute(text("SELECT name FROM server_secrets")))
    assert [row.name for row in rows] == ["jwt"]
    await storage.close()


async def test_several_processes_may_migrate_at_once(empty_database):
    await asyncio.gather(*(upgrade(empty_database) for _ in range(3)))
    storage = await open_storage(empty_database)
    assert await storage.read(differences) == []
    await storage.close()


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(empty_database):
    await upgrade(empty_database)
    storage = await open_storage(empty_database)
    await storage.write(
        lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    )
    with pytest.raises(ConflictError, match="future"):
        await upgrade(empty_database)
    version = await storage.read(
        lambda conn: conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    )
    assert version == "future"
    await storage.close()


async def test_a_key_that_was_pending_before_an_update_is_so_afterwards(empty_database):
    await upgrade(empty_database, to="0002")
    storage = await open_storage(empty_database)
    await storage.write(
        lambda conn: conn.execute(
            text(
                "INSERT INTO chargers (charge_point_id, key_hash, pending_key_hash, "
                "connector_count, online_before_us, created_at) VALUES "
                "('CP1', 'old', 'new', 0, 0, '2026-06-01 12:00:00'), "
                "('CP2', 'old', NULL, 0, 0, '2026-06-01 12:00:00')"
            )
        )
    )
    await storage.close()
    await upgrade(empty_database)
    storage = await open_storage(empty_database)
    assert await storage.read(list_pending_keys, "CP1") == ["new"]
    assert await storage.read(list_pending_keys, "CP2") == []
    assert (await storage.read(get_charger, "CP1")).key_hash == "old"
    assert await storage.read(differences) == []
    await storage.close()


async def test_the_wait_for_another_process_that_upgrades_is_bounded_on_mariadb(
    mariadb, monkeypatch
):
    await mariadb.sql("CREATE DATABASE IF NOT EXISTS locked")
    monkeypatch.setattr(migrations, "LOCK_WAIT_S", 0)
    async with mariadb.holding_lock(migrations.LOCK):
        with pytest.raises(ConflictError, match="another process") as refused:
            await upgrade(mariadb.url("locked"))
    assert refused.value.how
    await upgrade(mariadb.url("locked"))
    await mariadb.sql("DROP DATABASE locked")


async def test_nobody_else_upgrades_before_an_upgrade_is_committed_on_mariadb(mariadb, monkeypatch):
    await mariadb.sql("CREATE DATABASE IF NOT EXISTS uncommitted")
    monkeypatch.setattr(migrations, "LOCK_WAIT_S", 0)
    engine = server_engine(parse_url(mariadb.url("uncommitted")), connections=1)
    async with engine.begin() as conn:
        await conn.run_sync(upgrade_connection)
        with pytest.raises(ConflictError, match="another process"):
            await upgrade(mariadb.url("uncommitted"))
    await engine.dispose()
    await upgrade(mariadb.url("uncommitted"))
    await mariadb.sql("DROP DATABASE uncommitted")


async def test_a_url_that_names_no_database_is_refused(tmp_path):
    with pytest.raises(InvalidError):
        await upgrade("oracle://somewhere/something")
