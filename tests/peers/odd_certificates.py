"""Certificates that no library signs: taken apart, changed, and signed again by their own key."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests.peers.pki import Authority, Issued

_INTEGER, _BIT_STRING, _SEQUENCE, _EXTENSIONS = 0x02, 0x03, 0x30, 0xA3
_SERIAL = 1
"""Place of the serial number in a TBSCertificate of version 3 (RFC 5280 section 4.1)."""


def with_serial(authority: Authority, serial: int) -> str:
    """Return the root of an authority with another serial number, PEM."""
    number = serial.to_bytes(serial.bit_length() // 8 + 1, "big", signed=True)

    def change(parts: list[bytes]) -> None:
        parts[_SERIAL] = _element(_INTEGER, number)

    return _signed_again(authority, authority.root, change)


def with_an_extension_twice(authority: Authority, issued: Issued | None = None) -> str:
    """Return a certificate of an authority, its root, with the first extension once more, PEM."""

    def change(parts: list[bytes]) -> None:
        extensions = list(_elements(_content(_content(parts[-1]))))
        again = b"".join([*extensions, extensions[0]])
        parts[-1] = _element(_EXTENSIONS, _element(_SEQUENCE, again))

    return _signed_again(authority, issued or authority.root, change)


def _signed_again(
    authority: Authority, issued: Issued, change: Callable[[list[bytes]], None]
) -> str:
    whole = issued.certificate.public_bytes(Encoding.DER)
    signed, algorithm, _ = _elements(_content(whole))
    parts = list(_elements(_content(signed)))
    change(parts)
    signed = _element(_SEQUENCE, b"".join(parts))
    signature = b"\x00" + authority.root.key.sign(signed, ECDSA(SHA256()))
    made = _element(_SEQUENCE, signed + algorithm + _element(_BIT_STRING, signature))
    return x509.load_der_x509_certificate(made).public_bytes(Encoding.PEM).decode()


def _element(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def _head(element: bytes) -> tuple[int, int]:
    """Return the length of an element's tag and length, and of its content (X.690 8.1)."""
    first = element[1]
    if first < 0x80:
        return 2, first
    octets = first & 0x7F
    return 2 + octets, int.from_bytes(element[2 : 2 + octets], "big")


def _content(element: bytes) -> bytes:
    return element[_head(element)[0] :]


def _elements(content: bytes) -> Iterator[bytes]:
    while content:
        end = sum(_head(content))
        yield content[:end]
        content = content[end:]
