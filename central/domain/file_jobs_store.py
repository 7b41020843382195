"""The folder in which firmware images and uploads lie.

A file appears under its name, which no other ever has, once it is whole and on disk; what did not
become whole leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_PART: Final = ".part"
_AT_ONCE: Final = 256 * 1_024
_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class TooLargeError(Exception):
    """A file has more bytes than it may have."""


class DiskFullError(Exception):
    """There is no room for a file."""


@dataclass(frozen=True)
class StoredFile:
    """A file that is whole and on disk: its name in the folder, SHA-256 and length."""

    stored_as: str
    sha256: str
    size_bytes: int


class FileStore:
    """Keeps files in a folder, which is made when the first one comes at the latest (0700)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self) -> None:
        """Make the folder.

        Raises:
            OSError: It cannot be made, or no file be put there.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def clean(self) -> None:
        """Remove what a process left half-written when it was killed."""
        for path in self._folder.glob(f"*{_PART}"):
            path.unlink(missing_ok=True)

    async def keep(self, chunks: AsyncIterable[bytes], max_bytes: int) -> StoredFile:
        """Store what comes, and return once it is on disk.

        Raises:
            TooLargeError: there are more than `max_bytes`.
            DiskFullError: there is no room.
            OSError: the folder cannot be written.
        """
        name = secrets.token_hex(16)
        part = self._folder / f"{name}{_PART}"
        try:
            digest, size = await self._write(part, chunks, max_bytes)
            await asyncio.to_thread(self._publish, part, name)
        except OSError as error:
            if error.errno in _NO_SPACE:
                raise DiskFullError(str(error)) from error
            raise
        finally:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
        return StoredFile(name, digest, size)

    def path(self, stored_as: str) -> Path:
        """Return where a stored file lies."""
        return self._folder / stored_as

    async def remove(self, stored_as: str) -> None:
        """Remove a file; one that is gone already is no error."""
        await asyncio.to_thread(self.path(stored_as).unlink, missing_ok=True)

    async def _write(
        self, part: Path, chunks: AsyncIterable[bytes], max_bytes: int
    ) -> tuple[str, int]:
        digest, size, waiting = hashlib.sha256(), 0, bytearray()
        file = await asyncio.to_thread(self._create, part)
        with contextlib.closing(file):
            async for chunk in chunks:
                size += len(chunk)
                if size > max_bytes:
                    raise TooLargeError
                digest.update(chunk)
                waiting += chunk
                if len(waiting) >= _AT_ONCE:
                    await asyncio.to_thread(file.write, bytes(waiting))
                    waiting.clear()
            await asyncio.to_thread(_finish, file, bytes(waiting))
        return digest.hexdigest(), size

    def _create(self, part: Path) -> BinaryIO:
        self.make()
        return os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")

    def _publish(self, part: Path, name: str) -> None:
        # A link fails where a rename would take another file's place.
        (self._folder / name).hardlink_to(part)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _finish(file: BinaryIO, rest: bytes) -> None:
    file.write(rest)
    file.flush()
    os.fsync(file.fileno())
