"""Keywords for security profiles and keys; a component of the library `Ocpp`."""

from __future__ import annotations

import base64
import http.client
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any, Literal
from urllib.parse import urlsplit

from robot.api import logger
from robot.api.deco import keyword

from hil.central import Central
from hil.targets.twin_charger import TwinCharger
from hil.wire.recording import Line
from scenarios.words import S
from twin.charge_point import SecuritySetup

Make = Callable[[Callable[[str], SecuritySetup], Mapping[str, str]], bytes]
"""Connects a new charger, of an identity of its own; returns its key."""


class Security:
    """Has a charger go through the security profiles, and looks at how it presents itself."""

    def __init__(
        self, central: Callable[[], Central], charger: Callable[[], TwinCharger], make: Make
    ) -> None:
        self._central = central
        self._charger = charger
        self._make = make
        self._keys: list[bytes] = []

    # --- the scene ---

    @keyword
    def charger_of_security_profile(self, profile: int, **configuration: str) -> None:
        """Connect a new charger with the security extension, and wait until it is online.

        Profile 1 is a key without TLS, 2 a key within TLS, 3 a certificate.
        """
        self._charger_of(profile, configuration)
        self._charger().get_online(60 * S)

    @keyword
    def charger_with_wrong_key(self) -> None:
        """Connect a new charger of profile 1 whose authorization key was set wrongly on site."""
        self._charger_of(1, {"AuthorizationKey": secrets.token_hex(20)})

    def _charger_of(self, profile: int, configuration: Mapping[str, str]) -> None:
        pki = self._central().pki
        assert pki is not None, "`Start Central System    tls=True` comes first"

        def security(identity: str) -> SecuritySetup:
            own, key = pki.charger(identity) if profile == 3 else ("", "")
            return SecuritySetup(
                profile,
                pki.root,
                pki.manufacturer_root,
                certificate=own,
                key=key,
                cpo_name="evseloop",
            )

        self._keys = [self._make(security, configuration)]

    # --- what the central system orders ---

    @keyword
    def new_key_until_used(self, within: timedelta = timedelta(minutes=2)) -> float:
        """Have the charger get a new authorization key; return when it has come in with it, s.

        Counted from its answer; infinite where it does not come with another key than before.
        """
        key = secrets.token_bytes(20)
        self._keys.append(key)
        before = {line.presented_key for line in self._lines("request")}
        answered_us = self._configure("AuthorizationKey", key.hex())
        return self._until_open(answered_us, within, lambda line: line.presented_key not in before)

    @keyword
    def raised_profile_until_used(
        self, profile: int, within: timedelta = timedelta(minutes=2)
    ) -> float:
        """Have the charger go to a higher security profile; return when it has come in by it, s.

        Counted from its answer; infinite where it does not come by that profile.
        """
        answered_us = self._configure("SecurityProfile", str(profile))
        return self._until_open(answered_us, within, lambda line: line.presented_profile == profile)

    @keyword
    def get_certificate(self) -> None:
        """Have the charger ask for a certificate of its own, and wait until it has installed it."""
        central, charger = self._central(), self._charger()
        self._do("extended-trigger-message", requested_message="SignChargePointCertificate")
        for _ in range(20):
            charger.advance(3 * S)
            with charger.exchange():
                found = central.get("/api/certificates", charge_point_id=charger.identity)
            if found and found[0]["state"] == "installed":
                return
        raise AssertionError(f"no certificate: {found}")

    # --- what can be seen ---

    @keyword
    def getting_in_within(self, duration: timedelta) -> float | None:
        """Watch the charger; return the seconds after which it got in, None if it did not."""
        charger = self._charger()
        charger.advance(int(duration.total_seconds() * S))
        opened = self._lines("open")
        return opened[0].at_us / S if opened else None

    @keyword
    def least_pause_between_attempts(self) -> float:
        """Return the least time between two attempts of the charger to get in, s."""
        times = [line.at_us for line in self._lines("request")]
        pauses = [(after - before) / S for before, after in pairwise(times)]
        logger.info(", ".join(f"{pause:.1f}" for pause in pauses))
        return min(pauses)

    @keyword
    def requests_by_another_profile(self, profile: int) -> int:
        """Return how often the charger presented itself otherwise than by its security profile."""
        requests = self._lines("request")
        assert requests, "the charger has not called"
        return sum(line.presented_profile != profile for line in requests)

    @keyword
    def getting_in_without_tls(self, key: Literal["present", "former"] = "present") -> float | None:
        """Call in the name of the charger without TLS, with its key; return 0 s if that gets in.

        None if it is refused. `former`: with the key that it had before.
        """
        charger, central = self._charger(), self._central()
        parts = urlsplit(central.ocpp)
        credentials = charger.identity.encode() + b":" + self._keys[-1 if key == "present" else -2]
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
            "Sec-WebSocket-Protocol": "ocpp1.6",
            "Authorization": "Basic " + base64.b64encode(credentials).decode(),
        }
        with charger.exchange():
            connection.request("GET", f"/{charger.identity}", headers=headers)
            answer = connection.getresponse()
        connection.close()
        logger.info(f"answered with {answer.status} {answer.reason}")
        assert answer.status in {101, 401, 403}, answer.status
        return 0.0 if answer.status == 101 else None

    @keyword
    def missing_security_events(self, *expected: str) -> int:
        """Return how many of these events, in this order, the central system has not."""
        charger = self._charger()
        charger.advance(10 * S)
        with charger.exchange():
            told = self._central().security_events(charger.identity)
        found = [event["type"] for event in told]
        logger.info(", ".join(found))
        there = iter(found)
        return sum(event not in there for event in expected)

    # --- inside ---

    def _lines(self, kind: str) -> list[Line]:
        return [line for line in self._charger().recording.lines if line.kind == kind]

    def _configure(self, key: str, value: str) -> int:
        """Change a configuration key; return when the charger has accepted it."""
        self._do("change-configuration", key=key, value=value)
        return self._charger().now_us()

    def _until_open(
        self, since_us: int, within: timedelta, wanted: Callable[[Line], bool]
    ) -> float:
        charger = self._charger()
        charger.advance(int(within.total_seconds() * S))
        right = {line.link for line in self._lines("request") if wanted(line)}
        opened = [line for line in self._lines("open") if line.link in right]
        return (opened[0].at_us - since_us) / S if opened else float("inf")

    def _do(self, command: str, **body: Any) -> None:
        charger = self._charger()
        with charger.exchange():
            answer = self._central().post(f"/api/ocpp/{charger.identity}/{command}", **body)
        assert answer["success"], answer["message"]
