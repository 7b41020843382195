"""Where a file is, or is to go: a URL with who asks for it (OCPP 1.6 sections 6.26, 6.55)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

SCHEMES = ("FTP", "FTPS", "HTTP", "HTTPS")
"""As the key SupportedFileTransferProtocols spells them."""

MOST_BYTES = 32 << 20
"""Files beyond it are not fetched: they would not fit into the charger's memory."""


class TransferFailed(Exception):  # noqa: N818 -- an outcome that a server decides on
    """A file did not arrive; the message says why, without the URL's password.

    Attributes:
        denied: The server knows us, or not, and says no.
    """

    def __init__(self, why: str, *, denied: bool = False) -> None:
        super().__init__(why)
        self.denied = denied


@dataclass(frozen=True, slots=True)
class Location:
    """A URL in its parts.

    Attributes:
        scheme: In small letters: one of `SCHEMES`.
        host: Name or address.
        port: None: the protocol's own.
        path: Percent-encoded, with its query, from the first `/`.
        user: Empty: nobody in particular.
        password: A secret.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    user: str
    password: str

    def bare(self) -> str:
        """Return the URL without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    def inside(self, name: str) -> Location:
        """Return the place of a file in the folder that this is."""
        path, mark, query = self.path.partition("?")
        path = f"{path.rstrip('/')}/{quote(name)}{mark}{query}"
        return Location(self.scheme, self.host, self.port, path, self.user, self.password)

    @property
    def steps(self) -> list[str]:
        """The path as names, decoded."""
        return [unquote(step) for step in self.path.split("/") if step]


def read_location(url: str) -> Location:
    """Read a URL.

    Raises:
        ValueError: It is none, of a host that cannot be, or of another protocol; then the
            message says which there are.
    """
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme.upper() not in SCHEMES:
        raise ValueError(f"protocol {scheme!r} is not one of {', '.join(SCHEMES)}")
    if not parts.hostname:
        raise ValueError("the URL names no host")
    if ":" not in parts.hostname:
        parts.hostname.encode("idna")
    if any(ord(each) < 0x20 for each in unquote(url)):
        raise ValueError("the URL has control characters in it")
    return Location(
        scheme,
        parts.hostname,
        parts.port,
        _path(parts),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def _path(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return (parts.path or "/") + query
