"""Files over HTTP and HTTPS."""

from __future__ import annotations

import ssl

import httpx

from twin.charge_point.transfer.location import MOST_BYTES, Location, TransferFailed

_NO_PUT = frozenset({404, 405, 501})
"""Answers of a server that does not take PUT into a folder: it may take POST."""

_MOST_REDIRECTS = 5

# A redirection may lead to a name that is none: UnicodeError.
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, UnicodeError)


async def fetch(location: Location, trust: ssl.SSLContext, timeout_s: float | None) -> bytes:
    """Return a file.

    Raises:
        TransferFailed: It cannot be had, or is too large.
    """
    try:
        async with (
            _client(location, trust, timeout_s) as client,
            client.stream("GET", location.bare()) as response,
        ):
            _check(response)
            found = bytearray()
            async for piece in response.aiter_bytes():
                found += piece
                if len(found) > MOST_BYTES:
                    raise TransferFailed(f"the file is larger than {MOST_BYTES} bytes")
            return bytes(found)
    except _FAILURES as error:
        raise TransferFailed(str(error) or type(error).__name__) from error


async def upload(
    location: Location, name: str, content: bytes, trust: ssl.SSLContext, timeout_s: float | None
) -> None:
    """Put a file into the folder at a location; where there is no PUT, post it there as a form.

    Raises:
        TransferFailed: The server did not take it.
    """
    try:
        async with _client(location, trust, timeout_s) as client:
            response = await client.put(location.inside(name).bare(), content=content)
            if response.status_code in _NO_PUT:
                response = await client.post(location.bare(), files={"file": (name, content)})
            _check(response)
    except _FAILURES as error:
        raise TransferFailed(str(error) or type(error).__name__) from error


def _client(
    location: Location, trust: ssl.SSLContext, timeout_s: float | None
) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        auth=httpx.BasicAuth(location.user, location.password) if location.user else None,
        verify=trust,
        timeout=timeout_s,
        # The environment of this process is not the charger's.
        trust_env=False,
        follow_redirects=True,
        max_redirects=_MOST_REDIRECTS,
    )


def _check(response: httpx.Response) -> None:
    if not response.is_success:
        raise TransferFailed(
            f"the server answers {response.status_code} {response.reason_phrase}".strip(),
            denied=response.status_code in {401, 403},
        )
