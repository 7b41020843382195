"""What a central system does again and again: sessions that seem gone, and what has grown old."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from central.api.services import Services
from central.domain.file_jobs_files import forget_uploads, list_old_uploads
from central.domain.gone_sessions import close_overdue
from central.domain.late_messages import LateMessages
from central.domain.security_events import purge_events
from central.domain.tokens import purge_revoked
from central.domain.violations import purge_violations
from central.jobs import Job

log = structlog.get_logger(__name__)

SEEN_EVERY = timedelta(seconds=30)
"""How often it is written, in wall time, when chargers were last heard of."""


def periodic_jobs(services: Services, late_messages: LateMessages) -> list[Job]:
    """Return what a central system does beside its messages, and how often."""
    settings, storage = services.settings, services.storage

    async def note_last_seen(_now: datetime) -> None:
        await services.last_seen.flush()

    async def close_gone_sessions(now: datetime) -> None:
        late = late_messages.take()
        for closed in await storage.write(close_overdue, now, settings.zombie_grace, late):
            log.warning(
                "session closed without its StopTransaction",
                charge_point_id=closed.charge_point_id,
                transaction_id=closed.transaction_id,
                energy_wh=closed.energy_wh,
            )

    async def forget_old_records(now: datetime) -> None:
        await services.message_log.purge(now - settings.message_log_retention)
        await services.message_log.purge_beyond(settings.message_log_max_bytes)
        await storage.write(purge_violations, now - settings.message_log_retention)
        await storage.write(purge_events, now - settings.security_event_retention)

    async def remove_old_uploads(now: datetime) -> None:
        while gone := await storage.read(
            list_old_uploads, now - settings.upload_retention, settings.uploads_max_bytes
        ):
            # The files first: a record without its file is found again, a file without one is not.
            for upload in gone:
                await services.files.remove(upload.stored_as)
            await storage.write(forget_uploads, [upload.id for upload in gone])
            log.info(
                "uploads removed",
                count=len(gone),
                size_bytes=sum(upload.size_bytes for upload in gone),
            )

    async def forget_revoked_tokens(_now: datetime) -> None:
        # A token's life is wall time; only when to look is business time.
        await storage.write(purge_revoked, services.wall_now())

    return [
        Job("last seen", SEEN_EVERY * max(1.0, services.clock.factor or 1.0), note_last_seen),
        Job("gone sessions", timedelta(seconds=30), close_gone_sessions),
        Job("old records", timedelta(hours=1), forget_old_records),
        Job("old uploads", timedelta(hours=1), remove_old_uploads),
        Job("revoked tokens", timedelta(hours=1), forget_revoked_tokens),
    ]
