"""A recording of a wire: everything that passed between a charger and its central system."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

Way = Literal[">", "<"]
"""`>`: from the charger to the central system, `<`: back."""

Kind = Literal[
    "offer", "tls", "request", "open", "refused",
    "message", "unreadable", "ping", "pong", "close", "gone", "power",
]  # fmt: skip
"""What a line of a recording tells.

offer: what the charger can of TLS, see `tls_hello.Offer`; tls: what the ends agreed on; request:
how the charger presents itself, see `presented`; open, refused: the answer to the handshake;
message: a text message; unreadable: bytes that are no WebSocket; close: a closing handshake with
its code; gone: the socket; power: the charger was without power, which no wire shows.
"""

SIDES: dict[Way, str] = {">": "charger", "<": "central system"}

SECRET_KEY = "authorizationkey"  # noqa: S105 -- the name of a configuration key, in lower case


def presented(tls: bool, key: int) -> str:
    """Return the text of a request: the security profile that it looks like, and its key.

    Keys are counted, from 1 in the order in which they were first seen; 0: none. Security
    whitepaper section 2.1: with TLS and no key, it is the charger's certificate that counts.
    """
    profile = (2 if key else 3) if tls else int(key > 0)
    return f"security profile {profile}" + (f", key {key}" if key else "")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened on the wire.

    Attributes:
        at_us: the instant, microseconds of the twin's time.
        link: counts the connections of a recording, from 1; 0 for what belongs to none.
        way: who did it.
        kind: what it was.
        text: the message as it stood on the wire; otherwise what there is to say.
    """

    at_us: int
    link: int
    way: Way
    kind: Kind
    text: str = ""

    @property
    def frame(self) -> Any:
        """The message as JSON, numbers with a fraction as `Decimal`; None if it is none."""
        try:
            return json.loads(self.text, parse_float=Decimal)
        except ValueError:
            return None

    @property
    def presented_profile(self) -> int:
        """Of a request: the security profile that it looks like."""
        return int(self.text.split(",")[0].rpartition(" ")[2])

    @property
    def presented_key(self) -> int:
        """Of a request: the number of its key; 0 where it has none."""
        return int(self.text.rpartition("key ")[2]) if "key" in self.text else 0


@dataclass
class Recording:
    """All lines of one charger, in the order in which they were seen."""

    lines: list[Line] = field(default_factory=list)

    def add(self, at_us: int, link: int, way: Way, kind: Kind, text: str = "") -> None:
        """Keep one thing that happened."""
        self.lines.append(Line(at_us, link, way, kind, text))

    def write(self, path: Path) -> None:
        """Write it as JSON Lines, without the keys and passwords in it."""
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in self._rows())

    def _rows(self) -> Iterator[dict[str, Any]]:
        for line in self.lines:
            row: dict[str, Any] = {
                "time_us": line.at_us,
                "link": line.link,
                "from": SIDES[line.way],
                "kind": line.kind,
            }
            frame = without_secrets(line.text) if line.kind == "message" else None
            yield row | ({"text": line.text} if frame is None else {"frame": frame})


_USER_INFO = re.compile(r"(?<=://)[^/@\s\"]+@")
"""Name and password in a URL, such as that of a file server for firmware or diagnostics."""

_JOB = re.compile(r"(?<=/files/)(firmware|uploads)/[^/\s\"]+")
"""The address of a job at our own central system, which is its key (decision 23)."""


def without_secrets(text: str) -> Any:
    """Return a message as JSON with keys and passwords blotted out; None if it is no JSON."""
    try:
        frame = json.loads(_JOB.sub(r"\1/…", _USER_INFO.sub("…@", text)))
    except ValueError:
        return None
    match frame:
        case [2, _, "ChangeConfiguration", {"key": str(key), "value": _} as payload, *_] if (
            key.lower() == SECRET_KEY
        ):
            payload["value"] = "…"
    return frame


def shown(text: str) -> str:
    """Return a text for people, keys and passwords blotted out."""
    frame = without_secrets(text)
    return text if frame is None else json.dumps(frame, ensure_ascii=False)
