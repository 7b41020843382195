"""Who a connecting charger says it is, and with which key: the HTTP request before the upgrade."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

MAX_CHARGE_POINT_ID_LENGTH = 64
"""Longest identity that is accepted, characters; OCPP-J 1.6 sets no bound."""


class BadPathError(ValueError):
    """The path of the request names no charger; the message says why."""


class BadCredentialsError(ValueError):
    """The Authorization header cannot be used; the message says why and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a Basic Authorization header said.

    Attributes:
        user: The name before the first colon.
        key: What stood after it, raw bytes, which may hold colons. Never shown by `repr`.
    """

    user: str
    key: bytes = field(repr=False)


def charge_point_id_of(path: str) -> str:
    """Read the identity from the path of the request, `/` and the percent-encoded identity.

    Source: OCPP-J 1.6 section 3.1.1.

    Raises:
        BadPathError: It is empty, too long, no UTF-8, or has control characters or slashes.
    """
    encoded = path.partition("?")[0].removeprefix("/")
    if not encoded:
        raise BadPathError("the path names no charge point: connect to /CHARGE_POINT_ID")
    if "/" in encoded:
        raise BadPathError("the path has more than one segment: connect to /CHARGE_POINT_ID")
    try:
        identity = unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError as error:
        raise BadPathError("the charge point identity is not percent-encoded UTF-8") from error
    if len(identity) > MAX_CHARGE_POINT_ID_LENGTH:
        raise BadPathError(
            f"the charge point identity has {len(identity)} characters, "
            f"at most {MAX_CHARGE_POINT_ID_LENGTH} are allowed"
        )
    if not identity.isprintable():
        raise BadPathError("the charge point identity has control characters")
    return identity


def credentials_of(header: str) -> Credentials:
    """Read an Authorization header with Basic credentials (RFC 7617, OCPP-J 1.6 section 6.2).

    Raises:
        BadCredentialsError: Another scheme, broken base64, no colon, or a name that is no UTF-8.
    """
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        raise BadCredentialsError("the Authorization header is not of the Basic scheme")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadCredentialsError("the Authorization header is not base64") from error
    name, colon, key = decoded.partition(b":")
    if not colon:
        raise BadCredentialsError("the Authorization header has no colon after the name")
    try:
        user = name.decode()
    except UnicodeDecodeError as error:
        raise BadCredentialsError("the name in the Authorization header is not UTF-8") from error
    return Credentials(user, key)
