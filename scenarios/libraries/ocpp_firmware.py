"""Keywords for firmware and diagnostics; a component of the library `Ocpp`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, Literal

from robot.api import logger
from robot.api.deco import keyword

from hil.central import Central
from hil.targets.twin_charger import TwinCharger
from hil.wire.files import Trouble
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

FIRMWARE = "FirmwareStatusNotification"
DIAGNOSTICS = "DiagnosticsStatusNotification"


class FirmwareManagement:
    """Has a charger fetch firmware and bring diagnostics, and looks at what becomes of it."""

    def __init__(self, central: Callable[[], Central], charger: Callable[[], TwinCharger]) -> None:
        self._central = central
        self._charger = charger

    @keyword
    def order_firmware(
        self,
        version: str,
        image: Literal["good", "damaged", "truncated"] = "good",
        retries: int = 0,
        every: timedelta = timedelta(seconds=30),
    ) -> None:
        """Give the central system an image, and have it order its installation for now.

        A damaged image has one bit that is not what its checksum says; a truncated one ends early.
        """
        content = bytearray(software_of(version))
        if image == "damaged":
            content[-1000] ^= 1
        elif image == "truncated":
            del content[-1000:]
        central, charger = self._central(), self._charger()
        now = central.epoch + timedelta(microseconds=charger.now_us())
        self._do(
            "update-firmware",
            image_id=central.add_firmware(version, bytes(content)),
            retrieve_date=now.isoformat(),
            retries=retries,
            retry_interval=int(every.total_seconds()),
        )

    @keyword
    def file_server_is(self, trouble: Trouble) -> None:
        """Have files from now on be `unavailable`, or `cut short` on their way; `none` ends it."""
        self._charger().files.trouble = trouble

    @keyword
    def firmware_status_within(self, status: str, within: timedelta) -> float:
        """Return the time from the order to a status, s; infinite where it is not told in time."""
        return status_within(self._charger(), FIRMWARE, "UpdateFirmware", status, within)

    @keyword
    def attempts_beyond(self, ordered: int) -> int:
        """Return how often the charger has come for the file, minus how often it was to."""
        came = [each for each in self._charger().files.transfers if each.method == "GET"]
        pauses = [f"{(b.at_us - a.at_us) / S:.1f}" for a, b in pairwise(came)]
        logger.info(f"{len(came)} attempts, pauses {', '.join(pauses)} s")
        return len(came) - ordered

    @keyword
    def wrong_firmware_outcomes(self, status: str) -> int:
        """Return how many of the charger and the central system say that it ended otherwise."""
        return wrong_outcomes(self._central(), self._charger(), FIRMWARE, status)

    @keyword
    def boots_with_another_version(self, version: str) -> int:
        """Return how many boots since the last installation began, one at least, told another.

        `none` is the version of a charger that tells none.
        """
        begun_us = [
            each.line.at_us
            for each in calls(self._charger(), FIRMWARE)
            if each.payload["status"] == "Installing"
        ]
        assert begun_us, "no installation has begun"
        boots = [
            each.payload.get("firmwareVersion", "none")
            for each in calls(self._charger(), "BootNotification")
            if each.line.at_us > begun_us[-1]
        ]
        logger.info(f"boots with {', '.join(boots)}")
        return sum(told != version for told in boots) if boots else 1

    @keyword
    def installations_of(self, version: str) -> int:
        """Return how often the charger has said to have installed firmware, or booted with it."""
        installed = [
            e for e in calls(self._charger(), FIRMWARE) if e.payload["status"] == "Installed"
        ]
        boots = calls(self._charger(), "BootNotification")
        booted = [each for each in boots if each.payload.get("firmwareVersion") == version]
        return len(installed) + len(booted)

    @keyword
    def installation_after_stop(self) -> float:
        """Return the time from the last stop of a transaction to the installation's begin, s.

        Negative where the installation began first, or where nothing was stopped; infinite where
        no installation has begun.
        """
        begun = [e for e in calls(self._charger(), FIRMWARE) if e.payload["status"] == "Installing"]
        stops = calls(self._charger(), "StopTransaction")
        if not begun:
            return float("inf")
        return (begun[0].line.at_us - stops[-1].line.at_us) / S if stops else -float("inf")

    @keyword
    def damage_to_diagnostics(self, within: timedelta = timedelta(minutes=2)) -> int:
        """Have the charger bring its diagnostics; return in how many ways they are not whole.

        Looks whether they arrive at all, under the name that was announced, byte for byte as they
        left the charger, and whether all of it can be read: an archive, or lines of text.
        """
        charger = self._charger()
        answer = self._do("get-diagnostics")
        status_within(charger, DIAGNOSTICS, "GetDiagnostics", "Uploaded", within)
        name = answer["response"].get("fileName")
        content, faults = arrived(self._central(), charger, name)
        return report([*faults, *faults_of_diagnostics(name or "", content)])

    def _do(self, name: str, **body: Any) -> dict[str, Any]:
        answer = command(self._central(), self._charger(), name, body)
        assert answer["success"], answer["message"]
        return answer
