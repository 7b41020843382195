"""The blocks of the co-simulation link: which field lies where, in which form.

A block is a run of little-endian fields without padding. Inputs and outputs
come from `pins.toml`, the rest from `process.toml`; the C++ headers of the
firmware are generated from the same fields.
"""

from __future__ import annotations

import struct
import tomllib
import zlib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from twin import process
from twin.link import pins

HERE = Path(__file__).parent
PROCESS_TABLE = HERE / "process.toml"
PINS_TABLE = HERE / "pins.toml"
TEXT_BYTES = 20
"""A text is this long on the wire: ASCII, padded with NUL."""

BlockName = Literal["inputs", "outputs", "hardware", "command", "report"]
BLOCKS: tuple[BlockName, ...] = ("inputs", "outputs", "hardware", "command", "report")
FORMATS = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q", "i32": "i", "i64": "q"}


@dataclass(frozen=True)
class Field:
    """One field of a block.

    Attributes:
        name: of the attribute in Python.
        kind: what it is in Python: `int`, `bool`, `float`, `text`, `choice`, `text-choice`, `set`.
        wire: its form on the wire: a key of `FORMATS`, or `text`.
        count: how many, one after the other.
        fixed: what a float is multiplied with.
        wire_name: its name on the wire and in C++.
        choices: members of the enumeration (kind `choice`, `set`) or the words (`text-choice`).
        enum: name of the enumeration, empty without one.
        doc: its meaning.
    """

    name: str
    kind: str
    wire: str
    count: int
    fixed: int
    wire_name: str
    choices: tuple[Any, ...]
    enum: str
    doc: str

    @property
    def format(self) -> str:
        """The field's format for `struct`."""
        one = f"{TEXT_BYTES}s" if self.wire == "text" else FORMATS[self.wire]
        return one * self.count

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return struct.calcsize("<" + self.format)


def _wire_of(entry: dict[str, Any], kind: str) -> str:
    """Return the form of a pin on the wire: the smallest that holds its range."""
    if "wire" in entry:
        return str(entry["wire"])
    if kind == "text":
        return "text"
    if kind in ("bool", "choice", "text-choice"):
        return "u8"
    low, high = (limit * entry.get("fixed", 1) for limit in entry["range"])
    if low >= 0 and high < 1 << 16:
        return "u16"
    if low >= -(1 << 31) and high < 1 << 31:
        return "i32"
    return "u32" if low >= 0 and high < 1 << 32 else "i64"


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _field(entry: dict[str, Any]) -> Field:
    kind = entry.get("kind", "float" if "fixed" in entry else "int")
    choices: tuple[Any, ...] = ()
    enum = ""
    if kind == "text-choice":
        choices = tuple(entry["choices"])
        enum = _class_name(entry["name"])
    elif "of" in entry:
        enum = entry["of"]
        choices = tuple(getattr(process, enum))
    elif kind == "choice":
        enum = _class_name(entry["name"])
        choices = tuple(getattr(pins, enum))
    return Field(
        name=entry["name"],
        kind=kind,
        wire=_wire_of(entry, kind),
        count=3 if entry.get("phases") is True and "range" in entry else entry.get("count", 1),
        fixed=entry.get("fixed", 1),
        wire_name=entry.get("fixed_name", entry["name"]),
        choices=choices,
        enum=enum,
        doc=entry["doc"],
    )


@cache
def fields() -> dict[BlockName, tuple[Field, ...]]:
    """Return the fields of each block, in their order on the wire."""
    pin_table = tomllib.loads(PINS_TABLE.read_text(encoding="utf-8"))["pin"]
    process_table = tomllib.loads(PROCESS_TABLE.read_text(encoding="utf-8"))
    by_direction = {"inputs": "from_plant", "outputs": "to_plant"}
    found: dict[BlockName, tuple[Field, ...]] = {}
    for block in BLOCKS:
        if block in by_direction:
            entries = [pin for pin in pin_table if pin["direction"] == by_direction[block]]
        else:
            entries = process_table[block]
        found[block] = tuple(_field(entry) for entry in entries)
    return found


def block_format(block: BlockName) -> str:
    """Return the format of a block for `struct`, without byte order."""
    return "".join(field.format for field in fields()[block])


def block_size(block: BlockName) -> int:
    """Return the size of a block, bytes."""
    return struct.calcsize("<" + block_format(block))


@cache
def layout_crc() -> int:
    """Return a checksum over every field's place, form and choices.

    Two sides whose tables differ in anything that changes a byte differ here.
    """
    lines = [
        f"{block} {field.wire_name} {field.wire} {field.count} {field.fixed} {words(field)}"
        for block in BLOCKS
        for field in fields()[block]
    ]
    return zlib.crc32("\n".join(lines).encode())


def words(field: Field) -> str:
    """Return the names of a field's choices, for a reader and for the checksum."""
    return ",".join(
        choice.name if isinstance(choice, Enum) else str(choice) for choice in field.choices
    )
