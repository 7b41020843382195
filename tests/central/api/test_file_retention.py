"""What chargers brought is kept for a while, and up to a total size."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

MIB = 1024 * 1024
SMALL = [{"uploads_max_bytes": MIB}]


@pytest.fixture
async def bring(central, connect_charger):
    """Have a charger bring files: `await bring(b"…")`, to a job of its own each."""
    charger = await connect_charger("CP001", GetDiagnostics={})

    async def one(content):
        await central.admin.post("/api/ocpp/CP001/get-diagnostics", json={})
        path = urlsplit(charger.commands[-1].payload["location"]).path
        assert (await central.anonymous.put(path, content=content)).status_code == 201

    return one


async def kept(central):
    """The sizes of those on record; each has its file, and there is no other file."""
    found = (await central.admin.get("/api/admin/uploads")).json()
    contents = [
        (await central.admin.get(f"/api/admin/uploads/{one['id']}/content")).content
        for one in found
    ]
    folder = central.system.services.files.path(".")
    assert len(list(folder.iterdir())) == len(found)
    return [len(content) for content in reversed(contents)]


async def an_hour_later(central, **span):
    central.clock.set(central.clock.now() + (timedelta(**span) or timedelta(hours=1)))
    await central.system.schedule.run_due()


async def test_uploads_are_removed_when_they_are_too_old(central, bring):
    await bring(b"1")
    await an_hour_later(central, days=60)
    await bring(b"22")
    assert await kept(central) == [1, 2]
    await an_hour_later(central, days=31)
    assert await kept(central) == [2]


@pytest.mark.parametrize("central", SMALL, indirect=True)
async def test_the_oldest_beyond_the_total_size_are_removed(central, bring):
    for size in (1, MIB // 2, MIB // 4, MIB // 4):
        await bring(b"x" * size)
    await an_hour_later(central)
    assert await kept(central) == [MIB // 2, MIB // 4, MIB // 4]


@pytest.mark.parametrize("central", SMALL, indirect=True)
async def test_the_newest_stays_however_large(central, bring):
    await bring(b"1")
    await bring(b"x" * (MIB + 1))
    await an_hour_later(central)
    assert await kept(central) == [MIB + 1]


async def test_a_record_whose_file_is_gone_goes_too(central, bring):
    await bring(b"1")
    [file] = central.system.services.files.path(".").iterdir()
    file.unlink()
    await an_hour_later(central, days=91)
    assert await kept(central) == []
