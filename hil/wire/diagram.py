"""A recording as a sequence diagram for people: HTML, to stand in a log."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from hil.wire.broken import Broken
from hil.wire.exchanges import Message, Wire, read
from hil.wire.recording import Line, Recording, shown, without_secrets

SHOWN_CHARACTERS = 140
"""How much of a payload stands in a row."""

_STYLE = (
    "border-collapse:collapse;font-family:monospace;font-size:12px;white-space:nowrap",
    "padding:0 .7em;text-align:left",
)
_SIDE_WORDS = {
    "offer": "offers {}",
    "tls": "agrees on {}",
    "request": "calls with {}",
    "open": "connected, {}",
    "refused": "connection refused: {}",
    "unreadable": "no WebSocket: {}",
    "ping": "ping",
    "pong": "pong",
    "close": "closes: {}",
    "gone": "connection gone {}",
    "power": "the charger is without power",
}


def draw(recording: Recording, breaks: Iterable[Broken] = ()) -> str:
    """Return a recording as an HTML table: one row for each message, broken rules in red.

    The latency stands at an answer: from the passing of its call, in the twin's time.
    """
    wire = read(recording)
    at: dict[int, list[str]] = {}
    for each in breaks:
        at.setdefault(each.position, []).append(each.text)
    rows = [_row(wire, position, at.get(position, [])) for position in range(len(wire.lines))]
    titles = "".join(
        f'<th style="{_STYLE[1]}">{title}</th>'
        for title in ("time", "charger ⇄ central system", "latency", "fields")
    )
    return (
        '<div style="max-height:40em;overflow:auto">'
        f'<table style="{_STYLE[0]}"><tr>{titles}</tr>{"".join(rows)}</table></div>'
    )


def _row(wire: Wire, position: int, breaks: list[str]) -> str:
    line = wire.lines[position]
    message = wire.messages.get(position)
    if message is None:
        latency, what = "", _SIDE_WORDS.get(line.kind, "no frame: {}").format(shown(line.text))
        fields = ""
        arrow = f"── {what}" if line.way == ">" else f"{what} ──"
    else:
        latency, fields = _latency(message), _fields(message)
        arrow = _arrow(message)
    colour = "color:#b3261e;font-weight:bold" if breaks else ""
    cells = (_clock(line), arrow, latency, " · ".join([fields, *breaks]).strip(" ·"))
    tds = "".join(f'<td style="{_STYLE[1]}">{html.escape(cell)}</td>' for cell in cells)
    return f'<tr style="{colour}">{tds}</tr>'


def _arrow(message: Message) -> str:
    """Return `──Heartbeat──▶`, dotted for an answer."""
    title = message.action or "?"
    if message.number == 4:
        title = f"{title}: {message.code}"
    stroke = "─" if message.number == 2 else "┄"
    shaft = f"{stroke * 2} {title} ".ljust(34, stroke)
    return f"{shaft}▶" if message.way == ">" else f"◀{shaft}"


def _clock(line: Line) -> str:
    seconds, us = divmod(line.at_us, 1_000_000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{us // 1000:03}"


def _latency(message: Message) -> str:
    if message.call is None:
        return ""
    return f"{(message.line.at_us - message.call.line.at_us) / 1000:.0f} ms"


def _fields(message: Message) -> str:
    frame = without_secrets(message.line.text)
    payload = frame[3] if message.number == 2 else frame[-1]
    text = ", ".join(f"{key} {_short(value)}" for key, value in payload.items())
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + " …"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} {_short(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_short, value)) + "]"
    return str(value)
