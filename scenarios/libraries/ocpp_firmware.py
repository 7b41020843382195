"""Keywords for firmware and diagnostics; a component of the library `Ocpp`."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, Literal

from robot.api import logger
from robot.api.deco import keyword

from hil.central import Central
from hil.targets.twin_charger import TwinCharger
from hil.wire.exchanges import Message, read
from hil.wire.files import Trouble
from scenarios.words import S
from twin.charge_point.firmware.image import FirmwareImage

FIRMWARE = "FirmwareStatusNotification"
DIAGNOSTICS = "DiagnosticsStatusNotification"
ENDS = frozenset({"Installed", "DownloadFailed", "InstallationFailed", "Uploaded", "UploadFailed"})
"""The statuses with which a job ends (OCPP 1.6 sections 7.24 and 7.25)."""

SOFTWARE = bytes(range(256)) * 256
"""64 KiB, which the twin keeps and does not run."""


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
        content = bytearray(FirmwareImage(version, SOFTWARE).to_bytes())
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
        return self._status_within(FIRMWARE, "UpdateFirmware", status, within)

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
        charger = self._charger()
        with charger.exchange():
            central = self._central().charger(charger.identity)["firmware_status"]
        told = [each.payload["status"] for each in self._calls(FIRMWARE)]
        logger.info(f"told {' → '.join(told)}; the central system has {central}")
        return int(told[-1:] != [status]) + int(central != status)

    @keyword
    def boots_with_another_version(self, version: str) -> int:
        """Return how many boots since the last installation began, one at least, told another.

        `none` is the version of a charger that tells none.
        """
        begun_us = [
            each.line.at_us
            for each in self._calls(FIRMWARE)
            if each.payload["status"] == "Installing"
        ]
        assert begun_us, "no installation has begun"
        boots = [
            each.payload.get("firmwareVersion", "none")
            for each in self._calls("BootNotification")
            if each.line.at_us > begun_us[-1]
        ]
        logger.info(f"boots with {', '.join(boots)}")
        return sum(told != version for told in boots) if boots else 1

    @keyword
    def installations_of(self, version: str) -> int:
        """Return how often the charger has said to have installed firmware, or booted with it."""
        installed = [e for e in self._calls(FIRMWARE) if e.payload["status"] == "Installed"]
        boots = self._calls("BootNotification")
        booted = [each for each in boots if each.payload.get("firmwareVersion") == version]
        return len(installed) + len(booted)

    @keyword
    def installation_after_stop(self) -> float:
        """Return the time from the last stop of a transaction to the installation's begin, s.

        Negative where the installation began first, or where nothing was stopped; infinite where
        no installation has begun.
        """
        begun = [e for e in self._calls(FIRMWARE) if e.payload["status"] == "Installing"]
        stops = self._calls("StopTransaction")
        if not begun:
            return float("inf")
        return (begun[0].line.at_us - stops[-1].line.at_us) / S if stops else -float("inf")

    @keyword
    def damage_to_diagnostics(self, within: timedelta = timedelta(minutes=2)) -> int:
        """Have the charger bring its diagnostics; return in how many ways they are not whole.

        Looks whether they arrive at all, under the name that was announced, byte for byte as they
        left the charger, and whether all in the archive can be read.
        """
        charger = self._charger()
        answer = self._do("get-diagnostics")
        name = answer["response"].get("fileName")
        self._status_within(DIAGNOSTICS, "GetDiagnostics", "Uploaded", within)
        with charger.exchange():
            found = self._central().upload(charger.identity)
        brought = [each.body for each in charger.files.transfers if each.body]
        if found is None or not brought:
            logger.info("nothing arrived")
            return 1
        faults = []
        if found[0] != name:
            faults.append(f"it is called {found[0]}, and {name} was announced")
        if found[1] != brought[-1]:
            faults.append(f"{len(brought[-1])} bytes left, {len(found[1])} others arrived")
        try:
            with zipfile.ZipFile(io.BytesIO(found[1])) as archive:
                broken = archive.testzip()
                logger.info(f"{len(found[1])} bytes: {', '.join(archive.namelist())}")
            if broken is not None:
                faults.append(f"{broken} in it is damaged")
        except zipfile.BadZipFile as error:
            faults.append(f"it cannot be opened: {error}")
        for fault in faults:
            logger.info(fault)
        return len(faults)

    # --- inside ---

    def _calls(self, action: str) -> list[Message]:
        wire = read(self._charger().recording)
        return [each for each in wire.calls(">") if each.action == action]

    def _status_within(self, action: str, order: str, status: str, within: timedelta) -> float:
        charger = self._charger()
        lines = charger.recording.lines
        ordered = [each for each in read(charger.recording).calls("<") if each.action == order]
        assert ordered, f"no {order} has been sent"
        position = lines.index(ordered[-1].line)
        ended_us: list[tuple[int, str]] = []

        def over() -> bool:
            nonlocal position
            while position < len(lines) and not ended_us:
                line = lines[position]
                position += 1
                match line.frame if line.kind == "message" and line.way == ">" else None:
                    case [2, _, told, {"status": str(now)}] if told == action:
                        if now == status or now in ENDS:
                            ended_us.append((line.at_us, now))
            return bool(ended_us)

        charger.wait_for(over, int(within.total_seconds() * S))
        charger.advance(5 * S)
        if not ended_us or ended_us[0][1] != status:
            return float("inf")
        return (ended_us[0][0] - ordered[-1].line.at_us) / S

    def _do(self, command: str, **body: Any) -> dict[str, Any]:
        charger = self._charger()
        with charger.exchange():
            answer: dict[str, Any] = self._central().post(
                f"/api/ocpp/{charger.identity}/{command}", **body
            )
        assert answer["success"], answer["message"]
        return answer
