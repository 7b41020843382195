"""The message log while its database server is away."""

from datetime import UTC, datetime

import pytest

from central.domain.message_log import MessageLog
from central.domain.storage.server import ServerStorage
from central.domain.storage.urls import parse_url


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"])
async def test_a_server_that_is_away_costs_frames_and_does_not_end_the_log(backend):
    storage = ServerStorage(
        parse_url(f"{backend}://nobody:secret@127.0.0.1:1/nothing"),
        max_queued=10,
        writers=1,
        readers=1,
    )
    log = MessageLog(storage, max_waiting=10)
    for dropped in (1, 2):
        log.append("CP1", datetime.now(UTC), "in", "Heartbeat", "[]")
        await log.flush()
        assert log.dropped == dropped
    await log.close()
