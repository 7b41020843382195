"""Keywords for signed firmware and for logs; a component of the library `Ocpp`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from robot.api import logger
from robot.api.deco import keyword

from hil.central import Central
from hil.central_pki import Signer
from hil.targets.twin_charger import TwinCharger
from scenarios.libraries.ocpp_file_jobs import (
    arrived,
    calls,
    command,
    faults_of_diagnostics,
    report,
    software_of,
    status_within,
    wrong_outcomes,
)
from scenarios.words import S

FIRMWARE = "SignedFirmwareStatusNotification"
LOG = "LogStatusNotification"

NUMBERS = 1000
"""The first number of an order; the next ones follow."""


class SecureFiles:
    """Has a charger fetch signed firmware and bring logs (security whitepaper, L01 and N01)."""

    def __init__(self, central: Callable[[], Central], charger: Callable[[], TwinCharger]) -> None:
        self._central = central
        self._charger = charger
        self._number = NUMBERS

    # --- signed firmware ---

    @keyword
    def order_signed_firmware(
        self,
        version: str,
        signer: Signer = "manufacturer",
        signed: Literal["this image", "another image"] = "this image",
    ) -> str:
        """Give the central system a signed image, and have it order its installation for now.

        Returns the status that the charger answers with. A `stranger` signs with a certificate
        that leads to no root of the charger's.
        """
        central, charger = self._central(), self._charger()
        assert central.pki is not None, "`Start Central System    tls=True` comes first"
        image = software_of(version)
        mark = image if signed == "this image" else software_of(version + "-before")
        now = central.epoch + timedelta(microseconds=charger.now_us())
        firmware = {
            "image_id": central.add_firmware(version, image, *central.pki.sign(mark, signer)),
            "retrieve_date_time": now.isoformat(),
        }
        body = {"request_id": self._next(), "firmware": firmware}
        return str(command(central, charger, "signed-update-firmware", body)["status"])

    @keyword
    def order_unsigned_firmware(self, version: str) -> None:
        """Have the central system order an image by UpdateFirmware, which knows no signature."""
        central, charger = self._central(), self._charger()
        now = central.epoch + timedelta(microseconds=charger.now_us())
        body = {
            "image_id": central.add_firmware(version, software_of(version)),
            "retrieve_date": now.isoformat(),
        }
        with charger.exchange():
            answer = central.try_post(f"/api/ocpp/{charger.identity}/update-firmware", **body)
        logger.info(f"answered with {answer.status_code} {answer.text}")

    @keyword
    def signed_firmware_status_within(self, status: str, within: timedelta) -> float:
        """Return the time from the order to a status, s; infinite where it is not told in time."""
        return status_within(self._charger(), FIRMWARE, "SignedUpdateFirmware", status, within)

    @keyword
    def wrong_signed_firmware_outcomes(self, status: str) -> int:
        """Return how many of the charger and the central system say that it ended otherwise."""
        return wrong_outcomes(self._central(), self._charger(), FIRMWARE, status)

    @keyword
    def signed_installations_of(self, version: str) -> int:
        """Return how often the charger has said to have installed firmware, or booted with it."""
        charger = self._charger()
        told = [*calls(charger, FIRMWARE), *calls(charger, "FirmwareStatusNotification")]
        installed = [each for each in told if each.payload["status"] == "Installed"]
        boots = calls(charger, "BootNotification")
        booted = [each for each in boots if each.payload.get("firmwareVersion") == version]
        return len(installed) + len(booted)

    # --- logs ---

    @keyword
    def damage_to_log(
        self,
        kind: Literal["SecurityLog", "DiagnosticsLog"],
        within: timedelta = timedelta(minutes=2),
    ) -> int:
        """Have the charger bring a log; return in how many ways it is not whole.

        Looks whether it arrives at all, under the name that was announced, byte for byte as it
        left the charger, and whether all of a diagnostics log can be read: an archive, or lines of
        text.
        """
        name, content, faults = self._log(kind, {}, within)
        if kind == "DiagnosticsLog" and not faults:
            faults += faults_of_diagnostics(name, content)
        return report(faults)

    @keyword
    def wrong_entries_of_security_log(self, last: timedelta) -> int:
        """Have the charger bring its security log of the last while; return what is wrong with it.

        Missing are security events of that while that it has told the central system; too much
        is an entry from before. Both count.
        """
        charger, central = self._charger(), self._central()
        since = central.epoch + timedelta(microseconds=charger.now_us()) - last
        with charger.exchange():
            events = central.security_events(charger.identity)
        _, content, faults = self._log("SecurityLog", {"oldest_timestamp": since.isoformat()})
        entries = [line.partition(" ") for line in content.decode().splitlines()]
        logger.info(f"since {since.isoformat()}: {len(entries)} entries")
        found = {(_moment(at), said.partition(":")[0]) for at, _, said in entries}
        early = [at for at, _, _ in entries if _moment(at) < since]
        told = {(_moment(event["at"]), event["type"]) for event in events}
        recent = {each for each in told if each[0] >= since}
        assert recent, "nothing has happened in that while"
        assert recent != told, "nothing has happened before that while"
        faults += [f"{each} is from before" for each in early]
        faults += [f"{kind} of {at.isoformat()} is missing" for at, kind in recent - found]
        return report(faults)

    def _log(
        self, kind: str, span: dict[str, str], within: timedelta = timedelta(minutes=2)
    ) -> tuple[str, bytes, list[str]]:
        """Return the name that was announced, what has arrived, and what is wrong with it."""
        central, charger = self._central(), self._charger()
        body = {"log_type": kind, "request_id": self._next(), "log": span}
        answer = command(central, charger, "get-log", body)
        assert answer["success"], answer["message"]
        status_within(charger, LOG, "GetLog", "Uploaded", within)
        charger.advance(S)
        name = answer["response"].get("filename")
        return str(name), *arrived(central, charger, name)

    def _next(self) -> int:
        self._number += 1
        return self._number


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
