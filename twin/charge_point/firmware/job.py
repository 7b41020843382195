"""A firmware update in the charger's non-volatile memory, from its order to its end."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from enum import Enum

from twin.charge_point.transfer import attempts, request_id, retry_interval_s
from wire.frames import Payload
from wire.times import format_time, parse_time

TABLES = """
CREATE TABLE firmware_update (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    request_id INTEGER,
    location TEXT NOT NULL,
    retrieve_at TEXT NOT NULL,
    install_at TEXT,
    attempts_left INTEGER NOT NULL,
    retry_interval_s INTEGER NOT NULL,
    signing_certificate TEXT,
    signature TEXT,
    stage TEXT NOT NULL,
    image BLOB
) STRICT;
"""

VERSION = "firmware version"
"""Setting of the store: the version in force, where another than the factory's is."""


class Stage(Enum):
    """Where an update is; a power cut brings it no further than back to the last of them."""

    ORDERED = "ordered"
    DOWNLOADED = "downloaded"
    """The image is in the inactive slot."""
    INSTALLING = "installing"
    SWITCHED = "switched"
    """The next boot is one of the new firmware."""


@dataclass(slots=True)
class Job:
    """One update.

    Attributes:
        request_id: Of SignedUpdateFirmware; None: an order without a signature.
        location: URL of the image. With a password in it, maybe: a secret.
        retrieve_at: UTC; the download begins no earlier, as messages carry it.
        install_at: UTC; the installation begins no earlier.
        attempts_left: Downloads to try, this one included.
        retry_interval_s: Between two of them, seconds.
        signing_certificate: PEM.
        signature: Base64.
        stage: See `Stage`.
    """

    request_id: int | None
    location: str
    retrieve_at: str
    install_at: str | None
    attempts_left: int
    retry_interval_s: int
    signing_certificate: str | None
    signature: str | None
    stage: Stage = Stage.ORDERED

    @property
    def signed(self) -> bool:
        """Ordered by SignedUpdateFirmware."""
        return self.signature is not None

    @property
    def retrieve_from(self) -> datetime:
        """When the download may begin."""
        return parse_time(self.retrieve_at)

    @property
    def install_from(self) -> datetime | None:
        """When the installation may begin, None: as soon as nobody charges."""
        return None if self.install_at is None else parse_time(self.install_at)


def plain_job(payload: Payload) -> Job:
    """Read an UpdateFirmware.

    Raises:
        ValueError: Its date is none.
    """
    return Job(
        None,
        payload["location"],
        format_time(parse_time(payload["retrieveDate"])),
        None,
        attempts(payload),
        retry_interval_s(payload),
        None,
        None,
    )


def signed_job(payload: Payload) -> Job:
    """Read a SignedUpdateFirmware.

    Raises:
        ValueError: A date of it is none.
    """
    firmware = payload["firmware"]
    install = firmware.get("installDateTime")
    return Job(
        request_id(payload),
        firmware["location"],
        format_time(parse_time(firmware["retrieveDateTime"])),
        None if install is None else format_time(parse_time(install)),
        attempts(payload),
        retry_interval_s(payload),
        firmware["signingCertificate"],
        firmware["signature"],
    )


def load(database: sqlite3.Connection) -> Job | None:
    """Return the update that is under way, if there is one."""
    columns = ", ".join(each.name for each in fields(Job))
    row = database.execute(f"SELECT {columns} FROM firmware_update").fetchone()  # noqa: S608
    if row is None:
        return None
    job = Job(*row[:-1])
    job.stage = Stage(row[-1])
    return job


def save(database: sqlite3.Connection, job: Job) -> None:
    """Write a new order over whatever there was; part of a commit."""
    database.execute(
        "INSERT OR REPLACE INTO firmware_update VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        (*astuple(job)[:-1], job.stage.value),
    )


def advance(database: sqlite3.Connection, job: Job, stage: Stage) -> None:
    """Bring an update to a further stage; part of a commit."""
    job.stage = stage
    database.execute("UPDATE firmware_update SET stage = ?", (stage.value,))


def count_attempt(database: sqlite3.Connection, job: Job) -> None:
    """Use up one attempt; part of a commit."""
    job.attempts_left -= 1
    database.execute("UPDATE firmware_update SET attempts_left = ?", (job.attempts_left,))


def put_image(database: sqlite3.Connection, image: bytes) -> None:
    """Write the inactive slot; part of a commit."""
    database.execute("UPDATE firmware_update SET image = ?", (image,))


def get_image(database: sqlite3.Connection) -> bytes:
    """Return what is in the inactive slot."""
    (image,) = database.execute("SELECT image FROM firmware_update").fetchone()
    return bytes(image)


def remove(database: sqlite3.Connection) -> None:
    """Forget the update; part of a commit."""
    database.execute("DELETE FROM firmware_update")
