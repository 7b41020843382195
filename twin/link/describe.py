"""Write the tables of docs/link.md from the tables of the link: `python -m twin.link.describe`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from twin.link import business_frames
from twin.link.business_frames import BusinessFrame
from twin.link.frames import FOLLOWING, HEADER_PARTS, PARTS, FrameType, Part
from twin.link.layout import BLOCKS, TEXT_BYTES, BlockName, Field, block_size, fields, words

PAGE = Path(__file__).parents[2] / "docs" / "link.md"
_ABOUT: dict[FrameType, str] = {
    FrameType.HELLO: "controller → twin, once, first of all",
    FrameType.WELCOME: "twin → controller, the answer to HELLO",
    FrameType.REFUSED: "twin → controller, in place of WELCOME; then it closes",
    FrameType.GRANT: "twin → controller",
    FrameType.REPLY: "controller → twin, the answer to every GRANT",
    FrameType.POWER_CUT: "twin → controller; nothing is answered",
}
_ABOUT_BUSINESS: dict[BusinessFrame, str] = {
    BusinessFrame.REPORT: "twin → program, before each POLL, for every connector",
    BusinessFrame.TAG: "twin → program",
    BusinessFrame.NET_STATE: "twin → program, at each change that the program has not made itself",
    BusinessFrame.NET_TEXT: "twin → program",
    BusinessFrame.POLL: "twin → program: act on what was told since the last one",
    BusinessFrame.COMMAND: "program → twin, where it is another one; all of them after the start",
    BusinessFrame.NET_CONNECT: "program → twin, where there is no socket",
    BusinessFrame.NET_CLOSE: "program → twin; the socket counts as closed at once",
    BusinessFrame.NET_SEND: "program → twin",
    BusinessFrame.NET_PING: "program → twin",
    BusinessFrame.EVENT: "program → twin, for an operator: no secrets",
    BusinessFrame.POLLED: "program → twin, the end of its answer to POLL",
    BusinessFrame.FILE_DATA: "twin → program, of a file that it has asked for",
    BusinessFrame.FILE_DONE: "twin → program, the end of each transfer that it did not give up",
    BusinessFrame.FILE_GET: "program → twin",
    BusinessFrame.FILE_PUT: "program → twin",
    BusinessFrame.FILE_TEXT: "program → twin",
    BusinessFrame.FILE_END: "program → twin",
    BusinessFrame.FILE_DROP: "program → twin; nothing more is told of it",
}
_SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i32": 4, "i64": 8}


def _size(part: Part) -> int:
    return _SIZES.get(part.form) or int(part.form[5:-1])


def _rows(parts: tuple[Part, ...]) -> list[str]:
    lines = ["| At | Field | Form | Meaning |", "|---|---|---|---|"]
    at = 0
    for part in parts:
        lines.append(f"| {at} | `{part.name}` | {part.form} | {part.doc} |")
        at += _size(part)
    return lines


def frames() -> str:
    """Return the tables of the header and of every frame's body."""
    lines = ["Every frame begins with a header of 4 bytes:", "", *_rows(HEADER_PARTS)]
    for kind, parts in PARTS.items():
        size = sum(map(_size, parts))
        each = [
            "i64 `register_mwh`, where a register that is new begins"
            if follows == "register_mwh"
            else f"block `{follows}`"
            for follows in FOLLOWING.get(kind, ())
        ]
        after = f", then for each EVSE {', '.join(each)}" if each else ""
        lines += ["", f"**{kind.value} {kind.name}**, {_ABOUT[kind]}: {size} bytes{after}.", ""]
        lines += _rows(parts)
    return "\n".join(lines) + "\n"


def business() -> str:
    """Return the tables of the frames that only the business link has."""
    lines = []
    for kind, parts in business_frames.PARTS.items():
        size = sum(map(_size, parts))
        following = business_frames.FOLLOWING.get(kind)
        after = f", then {following}" if following else ""
        about = _ABOUT_BUSINESS[kind]
        lines += [f"**{kind.value} {kind.name}**, {about}: {size} bytes{after}.", ""]
        lines += [*_rows(parts), ""] if parts else []
    return "\n".join(lines)


def _form(field: Field) -> str:
    if field.wire == "text":
        return f"char[{TEXT_BYTES}]"
    return f"{field.wire}[{field.count}]" if field.count > 1 else field.wire


def _meaning(field: Field) -> str:
    doc = field.doc
    if field.kind in ("choice", "text-choice"):
        doc += ": " + ", ".join(f"{n} {word}" for n, word in enumerate(words(field).split(",")))
    elif field.kind == "set":
        doc += ": " + ", ".join(f"bit {n} {word}" for n, word in enumerate(words(field).split(",")))
    elif field.kind == "bool":
        doc += " (0, 1)"
    if field.fixed > 1 and field.name != field.wire_name:
        doc += f"; `{field.name}` × {field.fixed:,}"
    return doc.replace("|", "\\|")


def _block(block: BlockName) -> list[str]:
    lines = [f"**{block}**, {block_size(block)} bytes", "", "| At | Field | Form | Meaning |"]
    lines.append("|---|---|---|---|")
    at = 0
    for field in fields()[block]:
        lines.append(f"| {at} | `{field.wire_name}` | {_form(field)} | {_meaning(field)} |")
        at += field.size
    return [*lines, ""]


def blocks() -> str:
    """Return the tables of every block."""
    return "\n".join(line for block in BLOCKS for line in _block(block))


def updated(page: str) -> str:
    """Return the page with its tables as the link has them now."""
    for name, text in (("frames", frames()), ("business", business()), ("blocks", blocks())):
        page = re.sub(
            rf"(?s)(<!-- {name} -->\n).*?(<!-- end -->)",
            lambda found, text=text: found[1] + text + found[2],  # type: ignore[misc]
            page,
        )
    return page


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
