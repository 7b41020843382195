"""The twin's firmware image: a header, then anything.

| Bytes | Content |
|---|---|
| 8 | `EVSEFW1` and a line feed |
| 32 | SHA-256 of everything that follows |
| 1 | length of the version |
| 1…50 | version, UTF-8, as BootNotification tells it (OCPP 1.6 section 6.3) |
| any | the software |
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

MAGIC = b"EVSEFW1\n"
_DIGEST_BYTES = 32
_LONGEST_VERSION = 50


class UnusableImage(ValueError):  # noqa: N818 -- named for what it is
    """What was downloaded is no firmware for this charger, or is damaged."""


@dataclass(frozen=True, slots=True)
class FirmwareImage:
    """Firmware for a charge point of the twin.

    Attributes:
        version: What BootNotification says after it has been installed.
        software: The rest; the twin keeps it and does not run it.
    """

    version: str
    software: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the file.

        Raises:
            ValueError: The version is empty or longer than 50 bytes.
        """
        version = self.version.encode()
        if not 1 <= len(version) <= _LONGEST_VERSION:
            raise ValueError(f"a version has 1 to {_LONGEST_VERSION} bytes, not {len(version)}")
        content = bytes([len(version)]) + version + self.software
        return MAGIC + sha256(content).digest() + content


def read_image(data: bytes) -> FirmwareImage:
    """Read a file.

    Raises:
        UnusableImage: It is none; the message says why.
    """
    start = len(MAGIC) + _DIGEST_BYTES
    if not data.startswith(MAGIC):
        raise UnusableImage("not a firmware image of this charger")
    digest, content = data[len(MAGIC) : start], data[start:]
    if sha256(content).digest() != digest:
        raise UnusableImage("damaged: its SHA-256 is not what its header says")
    length = content[0] if content else 0
    version = content[1 : 1 + length]
    if not 1 <= length <= _LONGEST_VERSION or len(version) < length:
        raise UnusableImage("its header names no version")
    try:
        return FirmwareImage(version.decode(), content[1 + length :])
    except UnicodeDecodeError as error:
        raise UnusableImage("its version is not UTF-8") from error
