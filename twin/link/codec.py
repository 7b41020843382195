"""From the Python objects of pins and charging process to the link's blocks, and back."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any

from twin.control.hardware import Hardware
from twin.link.layout import TEXT_BYTES, BlockName, Field, block_format, fields
from twin.link.pins import Inputs, Outputs
from twin.process import Command, Report

_CLASSES: dict[BlockName, type] = {
    "inputs": Inputs,
    "outputs": Outputs,
    "hardware": Hardware,
    "command": Command,
    "report": Report,
}
_INDEX = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "i32": 31, "i64": 63}


class LinkValueError(ValueError):
    """A value that has no place on the link: out of range, or a choice that does not exist."""


class BlockCodec:
    """Packs and unpacks one kind of block.

    Args:
        block: which one.
    """

    def __init__(self, block: BlockName) -> None:
        self._fields = fields()[block]
        self._class = _CLASSES[block]
        self._struct = struct.Struct("<" + block_format(block))
        self._values = attrgetter(*(field.name for field in self._fields))
        self._to_wire = tuple((_packer(field), field.count > 1) for field in self._fields)
        self._from_wire = tuple((_unpacker(field), field.count) for field in self._fields)
        self.size = self._struct.size
        self._last: tuple[tuple[Any, ...], bytes] = ((), b"")

    def pack(self, value: Any) -> bytes:
        """Return the block of an object.

        Raises:
            LinkValueError: a value that the wire has no place for; the message names the field.
        """
        values = self._values(value)
        last, block = self._last
        if values == last:
            return block
        numbers: list[Any] = []
        for held, (to_wire, many) in zip(values, self._to_wire, strict=True):
            if many:
                numbers.extend(map(to_wire, held))
            else:
                numbers.append(to_wire(held))
        try:
            block = self._struct.pack(*numbers)
        except struct.error as error:
            raise LinkValueError(f"{self._culprit(numbers)}: {error}") from None
        # Most of what is sent has not changed: a command stands for hours.
        self._last = values, block
        return block

    def _culprit(self, numbers: Sequence[Any]) -> str:
        """Return the name of the first field whose value does not fit."""
        at = 0
        for field in self._fields:
            for _ in range(field.count):
                try:
                    struct.pack("<" + field.format[: len(field.format) // field.count], numbers[at])
                except struct.error:
                    return f"{field.wire_name} = {numbers[at]!r}"
                at += 1
        return "block"

    def unpack(self, data: bytes | memoryview, offset: int = 0) -> Any:
        """Return the object of a block.

        Raises:
            LinkValueError: a choice that does not exist; the message names the field.
        """
        numbers = self._struct.unpack_from(data, offset)
        values: list[Any] = []
        at = 0
        for from_wire, count in self._from_wire:
            if count == 1:
                values.append(from_wire(numbers[at]))
            else:
                values.append(tuple(map(from_wire, numbers[at : at + count])))
            at += count
        return self._class(*values)


@cache
def codec(block: BlockName) -> BlockCodec:
    """Return the codec of a block."""
    return BlockCodec(block)


def _packer(field: Field) -> Callable[[Any], Any]:
    if field.kind == "float":
        scale, most = field.fixed, (1 << _INDEX[field.wire]) - 1
        least = -most if field.wire[0] == "i" else 0

        def fixed(value: float) -> int:
            number = round(value * scale)
            # A plant in ruins may reach past what any converter shows: it shows its end.
            return number if least <= number <= most else most if number > most else least

        return fixed
    if field.kind == "text":
        return lambda value: value.encode("ascii", "replace")[:TEXT_BYTES]
    if field.kind in ("choice", "text-choice"):
        index = {choice: number for number, choice in enumerate(field.choices)}
        return lambda value: index[value]
    if field.kind == "set":
        bits = {choice: 1 << number for number, choice in enumerate(field.choices)}
        return lambda value: sum(bits[choice] for choice in value)
    return int


def _unpacker(field: Field) -> Callable[[Any], Any]:
    if field.kind == "float":
        scale = field.fixed
        return lambda value: value / scale
    if field.kind == "text":
        return lambda value: value.rstrip(b"\0").decode("ascii", "replace")
    if field.kind == "bool":
        return bool
    if field.kind in ("choice", "text-choice"):
        return lambda value: _chosen(field, value)
    if field.kind == "set":
        return lambda value: _members(field, value)
    return int


def _chosen(field: Field, value: int) -> Any:
    if value >= len(field.choices):
        raise LinkValueError(
            f"{field.wire_name} is {value}: there are {len(field.choices)} choices"
        )
    return field.choices[value]


def _members(field: Field, value: int) -> frozenset[Enum]:
    if value >> len(field.choices):
        raise LinkValueError(
            f"{field.wire_name} is {value:#x}: there are {len(field.choices)} bits"
        )
    return frozenset(choice for bit, choice in enumerate(field.choices) if value >> bit & 1)
