"""The control socket: how a scenario sets the business time of a central system.

It exists only with `--clock external`, is a Unix socket that its owner alone
may use, and speaks JSON lines:

    > {"set": "2026-01-01T00:00:00.000000Z"}
    < {"ok": true, "now": "2026-01-01T00:00:00.000000Z"}

The answer comes after everything that fell due has run. A request that cannot
be carried out changes nothing and is answered `{"ok": false, "error": "…"}`.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

from central.domain.clock import ClockError, ExternalClock, format_utc
from central.jobs import Schedule

MAX_LINE_BYTES = 4096


class ControlSocketError(OSError):
    """The control socket cannot be opened; the message says why and how to mend it."""


class ControlSocket:
    """Sets an external clock at the word of whoever connects, and runs what falls due."""

    def __init__(self, clock: ExternalClock, schedule: Schedule) -> None:
        self._clock = clock
        self._schedule = schedule
        self._lock = asyncio.Lock()

    async def answer(self, line: bytes) -> dict[str, object]:
        """Carry out one request line and return what to answer."""
        try:
            request = json.loads(line)
        except ValueError as error:
            return _refused(f"not JSON: {error}")
        if not isinstance(request, dict) or set(request) != {"set"}:
            return _refused('expected {"set": "2026-01-01T00:00:00Z"}')
        try:
            moment = datetime.fromisoformat(str(request["set"]))
        except ValueError as error:
            return _refused(f"not a time: {error}")
        async with self._lock:
            try:
                self._clock.set(moment)
            except (ClockError, OverflowError) as error:
                return _refused(str(error))
            await self._schedule.run_due()
            return {"ok": True, "now": format_utc(self._clock.now())}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the lines of one connection, in order, until it ends."""
        try:
            while line := await reader.readline():
                answer = await self.answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except ValueError:
            writer.write(json.dumps(_refused("the line is too long")).encode() + b"\n")
        except ConnectionError:
            pass  # the other side has gone; there is nobody to tell
        finally:
            writer.close()


@contextmanager
def bound(path: Path) -> Iterator[socket.socket]:
    """Take the Unix socket `path` (mode 0600) while the context is open.

    Raises:
        ControlSocketError: The path is taken by something else, or cannot be made.
    """
    _make_room(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
            # At once, though it is served later: to the next process a socket that refuses is one
            # that a killed process left behind.
            listener.listen()
        except OSError as error:
            why = error.strerror or error
            raise ControlSocketError(f"--control-socket {path}: {why}") from error
        finally:
            os.umask(before)
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


@asynccontextmanager
async def listening(listener: socket.socket, control: ControlSocket) -> AsyncIterator[None]:
    """Answer whoever connects to a bound socket while the context is open."""
    server = await asyncio.start_unix_server(control.serve, sock=listener, limit=MAX_LINE_BYTES)
    try:
        yield
    finally:
        server.close()


def _make_room(path: Path) -> None:
    """Remove a socket that a killed process left behind; refuse to touch anything else."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise ControlSocketError(f"--control-socket {path}: {error.strerror}") from error
    if not stat.S_ISSOCK(mode):
        raise ControlSocketError(f"--control-socket {path}: there is a file of that name already")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise ControlSocketError(f"--control-socket {path}: another process listens there")


def _refused(why: str) -> dict[str, object]:
    return {"ok": False, "error": why}
