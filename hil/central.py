"""A central system under test: `evseloop central` as a process of its own, and its REST API."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from hil.central_pki import CentralPki

READY_WITHIN_S = 60
"""Wall time that a central system gets to start."""

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""What UTC is when the first charger's clock stands at 0."""


class CentralError(RuntimeError):
    """The central system did not start, or refused what a scenario takes for granted."""


class Central:
    """A real central system on free ports of this machine, whose business time is the twin's.

    Chargers fetch files from it, and bring them, by way of `files`: whoever listens there next has
    to pass them on.

    Args:
        folder: keeps its database, its log and its control socket.
        pki: its certificates; None: it has no TLS.
    """

    def __init__(self, folder: Path, pki: CentralPki | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.pki = pki
        self.files = socket.create_server(("127.0.0.1", 0))
        self.control = folder / "control.sock"
        self.http = self.ocpp = self.ocpp_tls = ""
        self.epoch = EPOCH
        """What UTC is when the next charger's clock stands at 0; it never goes back."""
        self._password = secrets.token_urlsafe(16)
        self._process: subprocess.Popen[str] | None = None
        self._client: httpx.Client | None = None
        self._ports = ("0", "0", "0")

    def start(self) -> None:
        """Start it and wait until it is up; a second start takes the same ports and data.

        Raises:
            CentralError: it is not up in time; the message has its last words.
        """
        log = self.folder / "central.log"
        with log.open("a", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "evseloop", "central"),
                    *("--http-port", self._ports[0], "--ocpp-port", self._ports[1]),
                    *(() if self.pki is None else ("--ocpp-tls-port", self._ports[2])),
                    *("--clock", "external", "--control-socket", str(self.control)),
                ],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=self._environment(),
            )
        watchdog = threading.Timer(READY_WITHIN_S, self._process.kill)
        watchdog.start()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line.startswith("ready "):
            words = log.read_text(encoding="utf-8").strip().splitlines()
            raise CentralError(f"the central system did not start: {words[-1:]} ({log})")
        addresses = json.loads(line.removeprefix("ready "))
        self.http, self.ocpp = addresses["http"], addresses["ocpp"]
        self.ocpp_tls = addresses.get("ocpp_tls", "")
        http, ocpp, ocpp_tls = (
            address.rpartition(":")[2] for address in (self.http, self.ocpp, self.ocpp_tls)
        )
        self._ports = (http, ocpp, ocpp_tls or "0")
        self._client = None

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.folder.resolve()}/central.db",
            "ADMIN_EMAIL": "admin@example.org",
            "ADMIN_PASSWORD": self._password,
            "PUBLIC_URL": "http://{}:{}".format(*self.files.getsockname()),
            **({} if self.pki is None else self.pki.environment),
        }

    def stop(self) -> None:
        """End it in order, for good."""
        self._end(signal.SIGINT)
        self.files.close()

    def kill(self) -> None:
        """End it at once, as when its machine fails."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def has_reached(self, now_us: int) -> None:
        """Note how far a charger's clock has come: the next one begins an hour later."""
        self.epoch += timedelta(microseconds=now_us, hours=1)

    # --- REST ---

    def _session(self) -> httpx.Client:
        if self._client is None:
            client = httpx.Client(base_url=self.http, timeout=30)
            body = {"email": "admin@example.org", "password": self._password}
            answer = client.post("/api/admin/login", json=body)
            answer.raise_for_status()
            client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            self._client = client
        return self._client

    def get(self, path: str, **query: Any) -> Any:
        """Return what the REST API answers to a GET.

        Raises:
            CentralError: it answers with an error.
        """
        return self._answer(self._session().get(path, params=query))

    def try_post(self, path: str, **body: Any) -> httpx.Response:
        """Return the whole answer of the REST API to a POST that it may refuse."""
        return self._session().post(path, json=body)

    def post(self, path: str, **body: Any) -> Any:
        """Return what the REST API answers to a POST.

        Raises:
            CentralError: it answers with an error.
        """
        return self._answer(self._session().post(path, json=body))

    def _answer(self, answer: httpx.Response) -> Any:
        if answer.is_error:
            raise CentralError(f"{answer.request.url.path}: {answer.status_code} {answer.text}")
        return answer.json()

    def add_firmware(
        self, version: str, image: bytes, signature: str = "", signing_certificate: str = ""
    ) -> int:
        """Have it take a firmware image, with a signature if there is one; return its number."""
        files = {"image": (f"charger-{version}.bin", image)}
        data = {"version": version}
        if signature:
            data |= {"signature": signature, "signing_certificate": signing_certificate}
        answer = self._session().post("/api/admin/firmware", data=data, files=files)
        return int(self._answer(answer)["id"])

    def upload(self, identity: str) -> tuple[str, bytes] | None:
        """Return the newest file that a charger has brought: its name and content."""
        found = self.get("/api/admin/uploads", charger=identity, limit=1)
        if not found:
            return None
        answer = self._session().get(f"/api/admin/uploads/{found[0]['id']}/content")
        answer.raise_for_status()
        return found[0]["file_name"], answer.content

    def charger(self, identity: str) -> dict[str, Any]:
        """Return what it says of a charger."""
        found: dict[str, Any] = next(
            each for each in self.get("/api/chargers") if each["charge_point_id"] == identity
        )
        return found

    def security_events(self, identity: str) -> list[dict[str, Any]]:
        """Return the security events of a charger, oldest first."""
        found = self.get("/api/security-events", charge_point_id=identity, limit=1000)
        return found[::-1]  # type: ignore[no-any-return]

    def add_charger(self, identity: str) -> bytes:
        """Admit a charger and return its authorization key."""
        answer = self.post("/api/chargers", charge_point_id=identity)
        return bytes.fromhex(answer["key"])

    def add_tag(self, tag: str) -> None:
        """Admit an id tag."""
        self.post("/api/id-tags", id_tag=tag)

    def sessions(self, identity: str) -> list[dict[str, Any]]:
        """Return the sessions of a charger, newest first."""
        found: list[dict[str, Any]] = self.get("/api/sessions", charge_point_id=identity)
        return found

    def readings(self, identity: str, transaction: int) -> list[dict[str, Any]]:
        """Return the meter values of a session in the order of time."""
        found: list[dict[str, Any]] = self.get(
            f"/api/metering/{identity}", transaction_id=transaction, limit=10_000
        )
        return found
