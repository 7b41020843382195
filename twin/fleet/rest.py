"""The REST interface of `evseloop central`, as far as a fleet uses it: admitting, and the app.

Other central systems have other interfaces: there the operator admits the
chargers and tags, and drivers use tags only.
"""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from twin.fleet.player import Remote

TIMEOUT_S = 60
AT_ONCE = 8
"""Requests at a time while a fleet is admitted."""


class RestError(Exception):
    """The central system did not do what the fleet takes for granted; the message says what."""


class Rest:
    """A login at a central system.

    Args:
        url: Such as `http://127.0.0.1:8000`.
        email, password: Of an administrator.

    Raises:
        RestError: It is not there, or does not take the login.
        ValueError: The URL is neither http nor https.
    """

    def __init__(self, url: str, email: str, password: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{url}: it has to begin with http:// or https://")
        self._url = url.rstrip("/")
        self._token = ""
        self.refused = 0
        """What drivers have asked by the app and the central system or the charger refused."""
        status, answer = self._post("/api/admin/login", email=email, password=password)
        if status != HTTPStatus.OK:
            raise RestError(f"{url}: login refused ({status}): {_what(answer)}")
        self._token = str(answer["token"])

    def admit(self, identities: Iterable[str]) -> dict[str, bytes]:
        """Admit chargers and return their keys.

        Raises:
            RestError: One of them is there already (its key is told only once), or refused.
        """

        def one(identity: str) -> tuple[str, bytes]:
            status, answer = self._post("/api/chargers", charge_point_id=identity)
            if status == HTTPStatus.CONFLICT:
                raise RestError(
                    f"charger {identity} is there already, and its key is not told again: give "
                    "its key with --keys, or take other identities with --id-prefix"
                )
            if status != HTTPStatus.CREATED:
                raise RestError(f"charger {identity} not admitted ({status}): {_what(answer)}")
            return identity, bytes.fromhex(answer["key"])

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(pool.map(one, identities))

    def add_tags(self, tags: Iterable[str]) -> None:
        """Admit id tags; those that are there stay as they are.

        Raises:
            RestError: One was refused.
        """

        def one(tag: str) -> None:
            status, answer = self._post("/api/id-tags", id_tag=tag)
            if status not in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.CONFLICT):
                raise RestError(f"id tag {tag} not admitted ({status}): {_what(answer)}")

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, tags))

    async def carry_out(self, remote: Remote) -> None:
        """Start or stop a session as the app does; a refusal is counted, the driver has a tag."""
        if remote.what == "start":
            path, body = (
                "/api/charging/start",
                {
                    "charge_point_id": remote.identity,
                    "connector_id": remote.connector,
                    "id_tag": remote.id_tag,
                },
            )
        else:
            path, body = "/api/charging/stop", {"transaction_id": remote.transaction_id}
        try:
            status, _ = await asyncio.to_thread(self._post, path, wait_s=0, **body)
        except RestError:
            status = HTTPStatus.SERVICE_UNAVAILABLE  # away for a while, as far as a driver knows
        self.refused += status not in (HTTPStatus.OK, HTTPStatus.ACCEPTED)

    def _post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(  # noqa: S310 -- the scheme is checked above
            self._url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
            return error.code, _json(text)
        except OSError as error:
            raise RestError(f"{self._url}{path}: {error}") from error


def _json(text: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _what(answer: dict[str, Any]) -> str:
    error = answer.get("error")
    return str(error.get("what", "")) if isinstance(error, dict) else str(answer)
