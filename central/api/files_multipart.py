"""Reads multipart/form-data (RFC 7578) as it comes, so that a file is never in memory whole."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import Message
from enum import Enum, auto
from functools import partial
from typing import Final

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from central.domain.errors import InvalidError

_MOST_BOUNDARY: Final = 70


@dataclass(frozen=True)
class Part:
    """The head of a part; `file_name` is None for a plain field."""

    name: str
    file_name: str | None


class _End(Enum):
    OF_PART = auto()
    OF_BODY = auto()


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
        # What the parser has found in the chunks so far: heads, data, ends.
        self._found: deque[Part | bytes | _End] = deque()
        self._field = b""
        self._value = b""
        self._disposition = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._head_ends,
                "on_part_data": self._data,
                "on_part_end": partial(self._found.append, _End.OF_PART),
                "on_end": partial(self._found.append, _End.OF_BODY),
            },
        )

    async def next_part(self) -> Part | None:
        """Give the head of the next part, None after the last.

        Raises:
            InvalidError: The body is no multipart/form-data.
        """
        while True:
            found = await self._next()
            if found is _End.OF_BODY:
                return None
            if isinstance(found, Part):
                return found

    async def data(self) -> AsyncIterator[bytes]:
        """Give the data of the part whose head was given last.

        Raises:
            InvalidError: The body ends before.
        """
        while isinstance(found := await self._next(), bytes):
            yield found

    async def _next(self) -> Part | bytes | _End:
        while not self._found:
            chunk = await anext(self._chunks, None)
            if chunk is None:
                raise _not_multipart("it ends too early")
            try:
                self._parser.write(chunk)
            except MultipartParseError as error:
                raise _not_multipart(str(error)) from error
        return self._found.popleft()

    def _part_begins(self) -> None:
        self._disposition = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _head_ends(self) -> None:
        _, options = parse_options_header(self._disposition)
        name, file_name = options.get(b"name"), options.get(b"filename")
        if name is None:
            raise _not_multipart("a part has no name")
        self._found.append(
            Part(
                name.decode(errors="replace"),
                None if file_name is None else file_name.decode(errors="replace"),
            )
        )

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._found.append(data[start:end])


def _not_multipart(why: str) -> InvalidError:
    return InvalidError(
        f"the body is no multipart/form-data: {why}",
        where="body",
        how="send it as curl -F does",
    )
