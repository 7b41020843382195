"""Which uploads are too old, or beyond a total size, on each database."""

from datetime import timedelta

from central.domain.file_jobs_files import (
    add_upload,
    forget_uploads,
    list_old_uploads,
    list_uploads,
)
from central.domain.file_jobs_store import StoredFile


async def test_the_oldest_go_until_the_rest_fits(storage, now):
    for number, size in enumerate((10, 20, 30, 40)):
        file = StoredFile(f"file{number}", "00", size)
        received = now + timedelta(days=number)
        await storage.write(add_upload, number, "CP1", "log", file, received)

    async def sizes(older_than, most_bytes, **more):
        found = await storage.read(list_old_uploads, older_than, most_bytes, **more)
        return [upload.size_bytes for upload in found]

    assert await sizes(now, 100) == []
    assert await sizes(now, 99) == [10]
    assert await sizes(now, 70) == [10, 20]
    assert await sizes(now, 1) == [10, 20, 30]
    assert await sizes(now, 1, limit=2) == [10, 20]
    assert await sizes(now + timedelta(days=2), 100) == [10, 20]
    assert await sizes(now + timedelta(days=9), 100) == [10, 20, 30, 40]
    old = await storage.read(list_old_uploads, now, 70)
    await storage.write(forget_uploads, [upload.id for upload in old])
    left = await storage.read(list_uploads)
    assert [upload.size_bytes for upload in left] == [40, 30]
