"""Reads multipart/form-data (RFC 7578) as it comes, so that a file is never in memory whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message
from typing import Final

from central.domain.errors import InvalidError

_MOST_HEADER_BYTES: Final = 8_192
_MOST_BOUNDARY: Final = 70


@dataclass(frozen=True)
class Part:
    """The head of a part; `file_name` is None for a plain field."""

    name: str
    file_name: str | None


def boundary_of(content_type: str) -> str | None:
    """Return the boundary of a multipart/form-data body, None if it is something else.

    Raises:
        InvalidError: It has no boundary, or one that is not allowed (RFC 2046 section 5.1.1).
    """
    message = Message()
    message["Content-Type"] = content_type
    if message.get_content_type() != "multipart/form-data":
        return None
    boundary = message.get_boundary("")
    if not 0 < len(boundary) <= _MOST_BOUNDARY or not boundary.isascii():
        raise InvalidError("the body has no boundary", where="header: Content-Type")
    return boundary


class MultipartReader:
    """The parts of a body, one after the other.

    Read the data of each part before the next one is asked for.
    """

    def __init__(self, chunks: AsyncIterator[bytes], boundary: str) -> None:
        self._chunks = chunks
        # The line break before a boundary belongs to it; the first one has none.
        self._buffer = b"\r\n"
        self._delimiter = b"\r\n--" + boundary.encode()
        # What stands before the first boundary is data of nothing.
        self._in_data = True

    async def next_part(self) -> Part | None:
        """Give the head of the next part, None after the last.

        Raises:
            InvalidError: The body is no multipart/form-data.
        """
        async for _ in self.data():
            pass
        while len(self._buffer) < 2:
            await self._more()
        if self._buffer.startswith(b"--"):
            return None
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > _MOST_HEADER_BYTES:
                raise _not_multipart("the head of a part is too long")
            await self._more()
        head = Message()
        for line in self._buffer[:end].decode(errors="replace").split("\r\n"):
            name, _, value = line.partition(":")
            if name.strip() and not any(ord(letter) < 0x20 for letter in value):
                head[name.strip()] = value.strip()
        self._buffer = self._buffer[end + 4 :]
        field = head.get_param("name", header="content-disposition")
        if not isinstance(field, str):
            raise _not_multipart("a part has no name")
        self._in_data = True
        return Part(field, head.get_filename())

    async def data(self) -> AsyncIterator[bytes]:
        """Give the data up to the next boundary, and step over that.

        Raises:
            InvalidError: The body ends before.
        """
        if not self._in_data:
            return
        while (end := self._buffer.find(self._delimiter)) < 0:
            keep = len(self._delimiter) - 1
            if len(self._buffer) > keep:
                data, self._buffer = self._buffer[:-keep], self._buffer[-keep:]
                yield data
            await self._more()
        data, self._buffer = self._buffer[:end], self._buffer[end + len(self._delimiter) :]
        self._in_data = False
        if data:
            yield data

    async def _more(self) -> None:
        chunk = await anext(self._chunks, None)
        if chunk is None:
            raise _not_multipart("it ends too early")
        self._buffer += chunk


def _not_multipart(why: str) -> InvalidError:
    return InvalidError(
        f"the body is no multipart/form-data: {why}",
        where="body",
        how="send it as curl -F does",
    )
