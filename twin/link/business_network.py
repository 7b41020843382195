"""The network of a business side that is a program: real sockets, in the twin's time."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from websockets.typing import Subprotocol

from twin.charge_point.endpoint import Endpoint
from twin.charge_point.timers import Timers
from twin.charge_point.uplink import Served, Uplink
from twin.driver import Driver, Hold
from twin.link.business import Connect
from twin.link.business_certificates import failure_of
from twin.link.business_frames import NET_FAILURES, NET_STATES

CLOSED, OPEN = NET_STATES.index("closed"), NET_STATES.index("open")
RETURNED = NET_STATES.index("the network is back")
NO_FAILURE = NET_FAILURES.index("other")

ANSWER_US = 60_000_000
"""So long an exchange of a test lets time move for the answer to a call of the central system."""

_CALL = 2


@dataclass(frozen=True, slots=True)
class _Dialled(Endpoint):
    """An address that the program has made."""

    def address(self) -> str:
        """Return it as it is."""
        return self.url


class BusinessNetwork:
    """Opens, serves and closes the one socket that a program asks for.

    Args:
        identity: of the charge point.
        driver: delivers, and is held while something is in flight.
        timers: in the twin's time; end with the program.
        tls: makes what a connection to a `wss` address needs, with the charger's own certificate
            or without; returns None for the authorities of this machine.
        on_frame: called with `>` or `<` and each text.
        changed: called with what has become of the socket, of `NET_STATES`, and what an attempt
            failed of, of `NET_FAILURES`.
        heard: called with each message when it is delivered.
        told: called with what an operator may want to know.
    """

    def __init__(
        self,
        identity: str,
        driver: Driver,
        timers: Timers,
        tls: Callable[[bool], ssl.SSLContext | None],
        *,
        on_frame: Callable[[str, str], None],
        changed: Callable[[int, int], None],
        heard: Callable[[bytes], None],
        told: Callable[[str], None],
    ) -> None:
        self._identity = identity
        self._driver = driver
        self._timers = timers
        self._tls = tls
        self._on_frame = on_frame
        self._changed = changed
        self._hear = heard
        self._told = told
        self._endpoint = _Dialled("", identity)
        self._wanted = False
        self._again = False
        self._failure = NO_FAILURE
        self._awaited = ""
        self._asked: dict[str, Hold] = {}
        self._ping_s = 0
        self._uplink = Uplink(
            identity,
            lambda: self._endpoint,
            driver,
            timers,
            Served(
                opened=self._opened,
                closed=self._closed,
                failed=self._failed,
                heard=self._heard,
                ping_interval_s=lambda: self._ping_s,
            ),
        )

    @property
    def is_open(self) -> bool:
        """There is a socket."""
        return self._uplink.is_open

    # --- asked by the program ---

    def connect(self, asked: Connect) -> None:
        """Try to open a socket, as soon as the one before it is gone."""
        self._endpoint = _Dialled(
            asked.url,
            asked.user,
            asked.key or None,
            # Who has no key to show shows a certificate (security profile 3).
            self._tls(not asked.key) if asked.url.startswith("wss:") else None,
            Subprotocol(asked.subprotocol),
        )
        self._failure = NO_FAILURE
        self._wanted = True
        if self._uplink.busy:
            self._again = True
        else:
            self._uplink.connect()

    def drop(self) -> None:
        """Give the socket up."""
        self._wanted = self._again = False
        self._uplink.drop()

    def send(self, text: str) -> None:
        """Send a message."""
        self._on_frame(">", text)
        kind, unique_id, action = _outline(text)
        if kind == _CALL:
            self._awaited = unique_id
            self._uplink.send(text, call=action or "a call")
            return
        self._release(unique_id)
        self._uplink.send(text)

    def ping_every(self, seconds: int) -> None:
        """Ping so often; 0: never."""
        self._ping_s = seconds

    # --- asked by whoever plays the network, and power ---

    def set_network(self, *, up: bool) -> None:
        """Cut the network, or mend it."""
        back = up and not self._uplink.network_up
        self._uplink.set_network(up)
        if back:
            self._changed(RETURNED, NO_FAILURE)

    def kill(self) -> None:
        """End without a word to the other side, as when power goes."""
        self._release_all()
        self._uplink.kill()

    async def close(self) -> None:
        """End with a closing handshake."""
        self._release_all()
        await self._uplink.close()

    # --- from the socket ---

    def _opened(self) -> None:
        if self._wanted:
            self._changed(OPEN, NO_FAILURE)
        else:
            self._uplink.drop()

    def _failed(self, error: Exception | None) -> None:
        self._failure = failure_of(error, self._endpoint.tls)

    def _closed(self, reason: str) -> None:
        self._release_all()
        self._told(f"socket: {reason}")
        if self._again:
            self._again = False
            self._uplink.connect()
        elif self._wanted:
            self._wanted = False
            self._changed(CLOSED, self._failure)

    def _heard(self, text: str | bytes) -> tuple[Callable[[], None], bool]:
        self._on_frame("<", text if isinstance(text, str) else text.decode(errors="replace"))
        if isinstance(text, bytes):
            return _nothing, False  # OCPP-J 1.6 section 4.1.1: messages are text
        kind, unique_id, _ = _outline(text)
        answers = kind in (3, 4) and unique_id == self._awaited
        return partial(self._deliver, text, unique_id if kind == _CALL else ""), answers

    def _deliver(self, text: str, asked: str) -> None:
        if asked and self._wanted:
            # The central system waits for an answer that the charger may need time for.
            hold = self._driver.demand(f"answer of {self._identity} to {asked}")
            self._asked[asked] = hold
            self._timers.after(ANSWER_US, hold.release)
        if self._wanted:
            self._hear(text.encode())

    def _release(self, unique_id: str) -> None:
        hold = self._asked.pop(unique_id, None)
        if hold is not None:
            hold.release()

    def _release_all(self) -> None:
        for hold in self._asked.values():
            hold.release()
        self._asked.clear()


def _outline(text: str) -> tuple[int, str, str]:
    """Return type, id and action of a frame of OCPP-J; 0 and empty texts where there is none."""
    try:
        frame: Any = json.loads(text)
    except (ValueError, RecursionError):  # brackets nested by the thousand
        return 0, "", ""
    if not isinstance(frame, list) or len(frame) < 3 or not isinstance(frame[1], str):
        return 0, "", ""
    kind = frame[0] if isinstance(frame[0], int) else 0
    return kind, frame[1], frame[2] if isinstance(frame[2], str) else ""


def _nothing() -> None:
    """Do nothing with what is no message."""
