"""Transfers of one charge point: begun and delivered in the twin's time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from twin.charge_point.transfer import ftp, http
from twin.charge_point.transfer.location import Location, TransferFailed
from twin.driver import Driver

_Done = Callable[[bytes | TransferFailed], None]


class Transfers:
    """Runs transfers beside the twin; held time stands still while one is in flight.

    Servers are trusted on TLS by the authorities of the system and by the installed
    CentralSystemRootCertificates.

    Args:
        identity: Of the charge point.
        driver: Delivers, and is held while a transfer is in flight.
        roots: Returns the CentralSystemRootCertificates that are installed.
        network_up: Whether there is a network.
    """

    def __init__(
        self,
        identity: str,
        driver: Driver,
        roots: Callable[[], list[Certificate]],
        network_up: Callable[[], bool],
    ) -> None:
        self._identity = identity
        self._driver = driver
        self._roots = roots
        self._network_up = network_up
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = False

    def fetch(self, location: Location, done: _Done) -> None:
        """Fetch a file, then call `done` with it, or with why not."""

        async def work() -> bytes:
            trust, timeout_s = self._trust(), self._driver.network_timeout_s
            if location.scheme in {"ftp", "ftps"}:
                return await asyncio.to_thread(ftp.fetch, location, trust, timeout_s)
            return await http.fetch(location, trust, timeout_s)

        self._begin(work(), done)

    def upload(self, location: Location, name: str, content: bytes, done: _Done) -> None:
        """Put a file into the folder at a location, then call `done`: with nothing, or why not."""

        async def work() -> bytes:
            trust, timeout_s = self._trust(), self._driver.network_timeout_s
            if location.scheme in {"ftp", "ftps"}:
                await asyncio.to_thread(ftp.upload, location, name, content, trust, timeout_s)
            else:
                await http.upload(location, name, content, trust, timeout_s)
            return b""

        self._begin(work(), done)

    def kill(self) -> None:
        """End in mid-transfer, as when power goes."""
        self._ended = True
        for task in self._tasks:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, bytes], done: _Done) -> None:
        driver, lane = self._driver, f"files of {self._identity}"
        hold = driver.hold(f"file transfer of {self._identity}")

        async def run() -> None:
            result: bytes | TransferFailed
            with hold:
                try:
                    if not self._network_up():
                        work.close()
                        raise TransferFailed("no network")
                    await driver.before_exchange()
                    result = await work
                except TransferFailed as error:
                    result = error
                driver.deliver(lane, lambda: arrive(result))

        def arrive(result: bytes | TransferFailed) -> None:
            if not self._ended:
                done(result if self._network_up() else TransferFailed("the network went away"))

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            # A task that was cancelled before it ran has not come to either of them.
            work.close()
            hold.release()
            error = None if task.cancelled() else task.exception()
            if error is not None:
                driver.deliver(lane, _raising(error))

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(ended)

    def _trust(self) -> ssl.SSLContext:
        trust = ssl.create_default_context()
        for root in self._roots():
            trust.load_verify_locations(cadata=root.public_bytes(Encoding.PEM).decode())
        return trust


def _raising(error: BaseException) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action
