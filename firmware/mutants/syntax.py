"""The syntax of one C++ file, as clang reads it, down to the bytes of every node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Node:
    """A node of the syntax tree whose text stands in the file itself.

    Attributes:
        kind: clang's name for it, such as `IfStmt`.
        begin: offset of its first byte.
        end: offset behind its last byte.
        name: of what it declares, or of the operator it is.
        type: of its value, as clang writes it.
        inner: its parts, in their order.
        parent: what it is a part of.
    """

    kind: str
    begin: int
    end: int
    name: str
    type: str
    inner: list[Node] = field(default_factory=list)
    parent: Node | None = None

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, parents first."""
        yield self
        for part in self.inner:
            yield from part.walk()

    def above(self) -> Iterator[Node]:
        """Yield the nodes that this one is a part of, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent


def read(source: Path, includes: Sequence[Path]) -> Node:
    """Return the syntax of a file, without that of what it includes.

    Raises:
        subprocess.CalledProcessError: clang does not compile it.
    """
    flags = ["-x", "c++", "-std=c++17", "-fsyntax-only", "-w", "-Xclang", "-ast-dump=json"]
    folders = [f"-I{folder}" for folder in includes]
    done = subprocess.run(["clang++", *flags, *folders, source], check=True, capture_output=True)
    tree = json.loads(done.stdout)
    root = Node("TranslationUnitDecl", 0, source.stat().st_size, "", "")
    for declared in tree["inner"]:
        if "includedFrom" not in declared.get("loc", {}) and "offset" in declared.get("loc", {}):
            _add(root, declared)
    return root


def _add(parent: Node, raw: dict[str, Any]) -> None:
    begin, end = (raw.get("range", {}).get(side, {}) for side in ("begin", "end"))
    # What a macro makes, or an included file, has no bytes here.
    here = all("offset" in place and "includedFrom" not in place for place in (begin, end))
    if raw.get("isImplicit") or not here:
        return
    node = Node(
        raw["kind"],
        begin["offset"],
        end["offset"] + end["tokLen"],
        raw.get("opcode", raw.get("name", "")),
        raw.get("type", {}).get("qualType", ""),
        parent=parent,
    )
    parent.inner.append(node)
    for part in raw.get("inner", []):
        if part:
            _add(node, part)
