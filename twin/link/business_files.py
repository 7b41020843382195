"""The files of a business side that is a program: real servers, in the twin's time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cryptography.x509 import Certificate

from twin.charge_point.transfer import TransferFailed, Transfers, read_location
from twin.charge_point.transfer.location import MOST_BYTES
from twin.driver import Driver
from twin.link.business import FileAsked, FileDrop, FileEnd, FileGet, FilePut, FileText
from twin.link.business_frames import FILE_OUTCOMES

_DONE = FILE_OUTCOMES.index("done")
_FAILED = FILE_OUTCOMES.index("failed")
_DENIED = FILE_OUTCOMES.index("denied by the server")


class BusinessFiles:
    """Fetches and delivers what one run of a program asks for.

    Args:
        identity: of the charge point.
        driver: delivers, and is held while a transfer is in flight.
        roots: returns the certificates that file servers are believed by, beside the
            authorities of this machine.
        network_up: whether there is a network.
        told: called with the number of a transfer, what has become of it, of `FILE_OUTCOMES`,
            what was fetched, and why not.
    """

    def __init__(
        self,
        identity: str,
        driver: Driver,
        roots: Callable[[], list[Certificate]],
        network_up: Callable[[], bool],
        told: Callable[[int, int, bytes, str], None],
    ) -> None:
        self._driver = driver
        self._lane = f"files of {identity}"
        self._transfers = Transfers(identity, driver, roots, network_up)
        self._told = told
        self._wanted: set[int] = set()
        self._growing: dict[int, tuple[FilePut, bytearray]] = {}
        self._ended = False

    def ask(self, asked: FileAsked) -> None:
        """Do what a program asks for. One that was given up, or never begun, is passed over."""
        match asked:
            case FileGet(transfer, url):
                self._wanted.add(transfer)
                self._get(transfer, url)
            case FilePut(transfer):
                self._wanted.add(transfer)
                self._growing[transfer] = (asked, bytearray())
            case FileText(transfer, content):
                self._grow(transfer, content)
            case FileEnd(transfer):
                self._put(transfer)
            case FileDrop(transfer):
                self._wanted.discard(transfer)
                self._growing.pop(transfer, None)

    def kill(self) -> None:
        """End in mid-transfer, as when power goes."""
        self._ended = True
        self._wanted.clear()
        self._transfers.kill()

    def _get(self, transfer: int, url: str) -> None:
        try:
            location = read_location(url)
        except ValueError as error:
            self._refuse(transfer, str(error))
        else:
            self._transfers.fetch(location, partial(self._arrived, transfer))

    def _grow(self, transfer: int, content: bytes) -> None:
        if transfer not in self._growing:
            return
        _, file = self._growing[transfer]
        file += content
        if len(file) > MOST_BYTES:
            del self._growing[transfer]
            self._refuse(transfer, f"the file is larger than {MOST_BYTES} bytes")

    def _put(self, transfer: int) -> None:
        if transfer not in self._growing:
            return
        asked, file = self._growing.pop(transfer)
        try:
            location = read_location(asked.url)
        except ValueError as error:
            self._refuse(transfer, str(error))
        else:
            done = partial(self._arrived, transfer)
            self._transfers.upload(location, asked.name, bytes(file), done)

    def _refuse(self, transfer: int, why: str) -> None:
        self._driver.deliver(self._lane, lambda: self._arrived(transfer, TransferFailed(why)))

    def _arrived(self, transfer: int, result: bytes | TransferFailed) -> None:
        if self._ended or transfer not in self._wanted:
            return
        self._wanted.remove(transfer)
        if isinstance(result, bytes):
            self._told(transfer, _DONE, result, "")
        else:
            self._told(transfer, _DENIED if result.denied else _FAILED, b"", str(result))
