"""What a charger offers at the beginning of TLS: its ClientHello (RFC 8446 section 4.1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hil.wire.tls_records import SUITES

SUPPORTED_VERSIONS = 43
"""The extension that names the versions (RFC 8446 section 4.2.1)."""

VERSIONS = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2",
            0x0304: "TLS 1.3"}  # fmt: skip

SIGNALS = frozenset({0x00FF, 0x5600})
"""Numbers that stand among the suites and are none (RFC 5746 section 3.3, RFC 7507)."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Versions and suites for TLS, by name; a suite that cannot be read here by its number.

    A client that can no TLS 1.3 names its highest version alone: whether it would take an
    older one shows only when somebody asks it to.
    """

    versions: tuple[str, ...]
    suites: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.versions)}; {', '.join(self.suites)}"

    @classmethod
    def of(cls, text: str) -> Offer:
        """Read what `str` gives."""
        versions, _, suites = text.partition("; ")
        return cls(tuple(versions.split(", ")), tuple(suites.split(", ")))


def read_offer(hello: bytes) -> Offer:
    """Read a ClientHello, from its type on, in one record as it always comes.

    Raises:
        IndexError: It is cut short.
    """
    suites_at = 39 + hello[38]
    suites_end = suites_at + 2 + int.from_bytes(hello[suites_at : suites_at + 2])
    suites = _numbers(hello[suites_at + 2 : suites_end])
    extensions_at = suites_end + 1 + hello[suites_end] + 2
    versions = [int.from_bytes(hello[4:6])]
    for kind, content in extensions(hello[extensions_at:]):
        if kind == SUPPORTED_VERSIONS:
            versions = list(_numbers(content[1:]))
    return Offer(
        tuple(VERSIONS.get(each, f"0x{each:04x}") for each in versions if not _is_grease(each)),
        tuple(
            SUITES[each].name if each in SUITES else f"0x{each:04x}"
            for each in suites
            if each not in SIGNALS and not _is_grease(each)
        ),
    )


def extensions(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Take the extensions of a hello apart: type and content."""
    while len(content) >= 4:
        end = 4 + int.from_bytes(content[2:4])
        yield int.from_bytes(content[:2]), content[4:end]
        content = content[end:]


def _numbers(content: bytes) -> Iterator[int]:
    return (int.from_bytes(content[at : at + 2]) for at in range(0, len(content) - 1, 2))


def _is_grease(number: int) -> bool:
    """Whether a number stands there to be ignored (RFC 8701)."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF
