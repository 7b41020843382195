"""A central system without its sockets: opened from settings, closed in order."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from central.administration import first_admin
from central.api.services import Services
from central.database import StartError, hold_database, storage_of
from central.domain.certificate_issuing import CertificateIssuer, CertificatesDue
from central.domain.charger_keys import ChargerKeys, chosen_key_pool
from central.domain.clock import BusinessClock, ScaledClock
from central.domain.commands import give_up_commands
from central.domain.errors import DomainError
from central.domain.file_jobs_store import FileStore
from central.domain.last_seen import LastSeen
from central.domain.late_messages import LateMessages
from central.domain.message_log import open_message_log
from central.domain.passwords import Passwords
from central.domain.presence import latest_seen, record_restart
from central.domain.security_profile import BASIC, TLS_BASIC, TLS_CERTIFICATE
from central.domain.server_secrets import SecretName, obtain_secret
from central.domain.storage import Storage, parse_url
from central.jobs import Schedule
from central.ocpp.charge_point import Services as OcppServices
from central.ocpp.registry import Registry
from central.ocpp.server import OcppServer
from central.ocpp.settings import OcppSettings
from central.periodic import periodic_jobs
from central.pki.authority import ChargerAuthority
from central.pki.strength import PkiError
from central.pki.tls import server_context
from central.settings import Settings

log = structlog.get_logger(__name__)

CLOSE_S = 3.0
"""How long a charger may take to answer the closing of its socket; the end waits for it."""
HANDSHAKE_S = 10.0
"""How long a charger may take from the TCP connection to the end of the handshake."""
REQUEST_S = 2.0
"""What it has of that for its request in any case, besides being kept waiting."""


@dataclass(frozen=True)
class CentralSystem:
    """Everything that runs behind the two ports."""

    services: Services
    ocpp: OcppServer
    schedule: Schedule
    issuer: CertificateIssuer
    tls: ssl.SSLContext | None
    """Of the port for security profiles 2 and 3; None: there is none."""
    keeps_time: bool
    """Whether time passes by itself; otherwise whoever sets it runs the schedule."""

    async def run_jobs(self) -> None:
        """Do what is done again and again, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.issuer.run())
            if self.keeps_time:
                tasks.create_task(self.schedule.run_forever())


@asynccontextmanager
async def open_system(settings: Settings, clock: BusinessClock) -> AsyncIterator[CentralSystem]:
    """Bring the database up to date and open everything on it.

    Raises:
        StartError: The database cannot be reached or used, another central system runs on it,
            a certificate or key cannot be used, FILES_DIR cannot be written, or the first
            administrator cannot be made.
    """
    tls, authority = _certificates(settings)
    files = _file_store(settings)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(hold_database(settings))
        storage = await stack.enter_async_context(storage_of(settings))
        if isinstance(clock, ScaledClock) and (seen := await storage.read(latest_seen)):
            clock.start_no_earlier_than(seen)
        message_log = await open_message_log(settings.database_url)
        stack.push_async_callback(message_log.close)
        passwords = await stack.enter_async_context(Passwords())
        key_pool = await stack.enter_async_context(chosen_key_pool())
        await _make_first_admin(settings, storage, passwords)
        await storage.write(record_restart)
        if unknown := await storage.write(give_up_commands):
            log.warning("the outcome of commands is unknown, it ended first", commands=unknown)
        last_seen = LastSeen(storage)
        stack.push_async_callback(_flush_at_end, last_seen)
        server_key = await storage.write(obtain_secret, SecretName.CHARGER_KEYS)
        registry = Registry()
        late_messages = LateMessages()
        due = CertificatesDue()
        issuer = CertificateIssuer(
            storage,
            registry,
            clock,
            due,
            authority,
            lifetime=settings.ocpp_charger_cert_lifetime,
            organization=settings.ocpp_cpo_name,
        )
        ocpp = OcppServer(
            OcppServices(
                settings=_ocpp_settings(settings),
                storage=storage,
                clock=clock,
                keys=ChargerKeys(server_key, key_pool),
                last_seen=last_seen,
                message_log=message_log if settings.message_log else None,
                late_messages=late_messages,
                certificates_due=due,
            ),
            registry,
        )
        # Only now is it nobody else's: what was half-written when its process was killed.
        files.clean()
        services = Services(
            settings=settings,
            storage=storage,
            clock=clock,
            wall_now=_wall_now,
            links=registry,
            last_seen=last_seen,
            message_log=message_log,
            passwords=passwords,
            jwt_secret=await _jwt_secret(settings, storage),
            charger_server_key=server_key,
            issuer=issuer,
            certificates_due=due,
            files=files,
        )
        schedule = Schedule(clock, periodic_jobs(services, late_messages))
        yield CentralSystem(
            services, ocpp, schedule, issuer, tls, keeps_time=clock.factor is not None
        )


def _file_store(settings: Settings) -> FileStore:
    """Return the folder of files.

    Raises:
        StartError: The one that the settings name cannot be made, or not be written.
    """
    if settings.files_dir is None:
        database = parse_url(settings.database_url).path
        return FileStore(Path("evseloop-files") if database is None else files_path(database))
    files = FileStore(settings.files_dir)
    try:
        files.make()
    except OSError as error:
        raise StartError(
            f"FILES_DIR {settings.files_dir}: {error.strerror}; name a folder to write to"
        ) from error
    return files


def files_path(database: Path) -> Path:
    """Give the folder of files that belongs to an SQLite database."""
    return database.with_name(f"{database.stem}-files")


def _certificates(settings: Settings) -> tuple[ssl.SSLContext | None, ChargerAuthority | None]:
    """Read the files with certificates and keys that the settings name.

    Raises:
        StartError: One of them cannot be used.
    """
    tls = authority = None
    try:
        if settings.ocpp_tls_cert:
            tls = server_context(
                settings.ocpp_tls_cert, settings.ocpp_tls_key, settings.client_authority
            )
        if settings.ocpp_charger_ca_cert and settings.ocpp_charger_ca_key:
            authority = ChargerAuthority.load(
                settings.ocpp_charger_ca_cert, settings.ocpp_charger_ca_key
            )
    except PkiError as error:
        raise StartError(f"{error}; see that OCPP_TLS_… and OCPP_CHARGER_CA_… are right") from error
    return tls, authority


async def _make_first_admin(settings: Settings, storage: Storage, passwords: Passwords) -> None:
    try:
        generated = await first_admin(settings, storage, passwords, _wall_now())
    except DomainError as error:
        raise StartError(
            f"ADMIN_{(error.where or 'email').upper()}: "
            + "; ".join(part for part in (error.what, error.how) if part)
        ) from error
    if generated is not None:
        print(  # noqa: T201 -- the one place where it is shown
            f"administrator {settings.admin_email}, password {generated} (shown this once; "
            "evseloop central reset-admin makes another)",
            file=sys.stderr,
            flush=True,
        )


async def _flush_at_end(last_seen: LastSeen) -> None:
    try:
        await last_seen.flush()
    except (SQLAlchemyError, OSError):
        # The rest must still be closed.
        log.exception("not written: when chargers were last heard of")


def _wall_now() -> datetime:
    return datetime.now(UTC)


async def _jwt_secret(settings: Settings, storage: Storage) -> bytes:
    if settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value().encode()
    return await storage.write(obtain_secret, SecretName.JWT)


def _ocpp_settings(settings: Settings) -> OcppSettings:
    longest_wait_s = settings.ocpp_admission_wait.total_seconds()
    return OcppSettings(
        min_security_profile=settings.ocpp_min_security_profile,
        highest_security_profile=BASIC
        if not settings.ocpp_tls_cert
        else TLS_BASIC
        if settings.client_authority is None
        else TLS_CERTIFICATE,
        accept_unknown_chargers=settings.ocpp_unknown_chargers == "accept",
        accept_unknown_certificates=settings.ocpp_unknown_chargers in ("accept", "certificate"),
        accept_unknown_tags=settings.ocpp_unknown_tags == "accept",
        strict=settings.ocpp_strict,
        max_frame_bytes=settings.ocpp_max_frame_bytes,
        heartbeat_interval_s=settings.ocpp_heartbeat_interval,
        close_timeout_s=CLOSE_S,
        longest_wait_s=longest_wait_s,
        handshake_timeout_s=max(HANDSHAKE_S, longest_wait_s + REQUEST_S),
        call_timeout_s=settings.ocpp_call_timeout.total_seconds(),
    )
