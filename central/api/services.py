"""What the routes stand on; made once, when the process starts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from central.api.throttle import LoginThrottle
from central.domain.certificate_issuing import CertificateIssuer, CertificatesDue
from central.domain.charger_link import ChargerLinks
from central.domain.clock import BusinessClock
from central.domain.file_jobs_store import FileStore
from central.domain.last_seen import LastSeen
from central.domain.message_log import MessageLog
from central.domain.passwords import Passwords
from central.domain.storage import Storage
from central.settings import Settings


@dataclass(frozen=True)
class Services:
    """What the routes stand on.

    Attributes:
        clock: Business time, for everything but tokens.
        wall_now: Wall time, for tokens: the programs that hold them live in it.
        jwt_secret: Signs tokens.
        charger_server_key: Key of the HMAC over generated charger keys.
        issuer: Signs what chargers ask for, on an operator's word.
        certificates_due: For whom a certificate may have to be sent.
        files: Firmware images, and what chargers uploaded.
        ending: Set when the process ends: nobody waits for a charger any more.
    """

    settings: Settings
    storage: Storage
    clock: BusinessClock
    wall_now: Callable[[], datetime]
    links: ChargerLinks
    last_seen: LastSeen
    message_log: MessageLog
    passwords: Passwords
    jwt_secret: bytes = field(repr=False)
    charger_server_key: bytes = field(repr=False)
    issuer: CertificateIssuer
    certificates_due: CertificatesDue
    files: FileStore
    throttle: LoginThrottle = field(default_factory=LoginThrottle)
    ending: asyncio.Event = field(default_factory=asyncio.Event)
