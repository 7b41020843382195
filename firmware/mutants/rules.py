"""What is changed in the charging process: one place at a time, by rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from firmware.mutants.syntax import Node

BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
CHAINS = ("&&", "||", "|", "&")
FUNCTIONS = ("FunctionDecl", "CXXMethodDecl", "CXXConstructorDecl")


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    Attributes:
        file: its path below `firmware/lib/evse`.
        line: where the change begins; 1: the first line.
        place: the function or the constant that it is in.
        rule: which rule made it.
        begin: offset of the first byte that goes.
        end: offset behind the last byte that goes.
        text: what comes there instead.
        was: the words that are changed, for people.
        becomes: the same words afterwards.
        number: of those that are the same in these words, from 1 on in their order.
    """

    file: str
    line: int
    place: str
    rule: str
    begin: int
    end: int
    text: str
    was: str
    becomes: str
    number: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.change}"

    @property
    def change(self) -> str:
        """What is changed, in words that stay where lines move."""
        which = f" (no. {self.number})" if self.number > 1 else ""
        return f"{self.place}: {self.was} -> {self.becomes}{which}"

    def applied(self, source: bytes) -> bytes:
        """Return the file as this mutant has it."""
        return source[: self.begin] + self.text.encode() + source[self.end :]


class File:
    """Makes the mutants of one file."""

    def __init__(self, name: str, source: bytes, tree: Node) -> None:
        self._name = name
        self._source = source
        self._tree = tree

    def mutants(self) -> list[Mutant]:
        """Return them by their place in the file, each once."""
        found: dict[tuple[int, int, str], Mutant] = {}
        for node in self._tree.walk():
            if any(outer.kind in ("StaticAssertDecl", "CaseStmt") for outer in _case_label(node)):
                continue
            for mutant in self._of(node):
                found.setdefault((mutant.begin, mutant.end, mutant.text), mutant)
        alike: Counter[str] = Counter()
        numbered = []
        for key in sorted(found):
            alike[found[key].change] += 1
            numbered.append(replace(found[key], number=alike[found[key].change]))
        return numbered

    def _of(self, node: Node) -> Iterator[Mutant]:
        yield from self._operator(node)
        yield from self._condition(node)
        yield from self._literal(node)
        yield from self._element(node)

    def _text(self, begin: int, end: int) -> str:
        return self._source[begin:end].decode()

    def _change(
        self, rule: str, node: Node, begin: int, end: int, text: str, shown: Node | None = None
    ) -> Mutant:
        """Replace some bytes; `shown` is the part of the file that people are shown."""
        shown = shown or node
        was = self._text(shown.begin, shown.end)
        before = self._text(shown.begin, begin)
        after = self._text(end, shown.end)
        line = self._source.count(b"\n", 0, begin) + 1
        return Mutant(
            self._name,
            line,
            _place(node),
            rule,
            begin,
            end,
            text,
            _one_line(was),
            _one_line(before + text + after) or "(nothing)",
        )

    def _operator(self, node: Node) -> Iterator[Mutant]:
        if node.kind == "UnaryOperator" and node.name == "!":
            yield self._change("negation", node, node.begin, node.begin + 1, "")
        if node.kind != "BinaryOperator" or len(node.inner) != 2:
            return
        left, right = node.inner
        between = self._text(left.end, right.begin)
        if between.strip() != node.name:
            return  # written by the compiler, as in a loop over a range
        begin = left.end + between.index(node.name)
        end = begin + len(node.name)
        if node.name in BOUNDARY:
            yield self._change("boundary", node, begin, end, BOUNDARY[node.name])
        # An operand is left out as a whole: that is more than its opposite.
        of_chain = node.parent is not None and node.parent.name in ("&&", "||")
        if node.name in OPPOSITE and not of_chain:
            yield self._change("negation", node, begin, end, OPPOSITE[node.name])
        if node.name in CHAINS and not _continues(node):
            yield from self._dropped(node)

    def _dropped(self, node: Node) -> Iterator[Mutant]:
        operands = list(_operands(node, node.name))
        for index, operand in enumerate(operands):
            if index == 0:
                begin, end = operand.begin, operands[1].begin
            else:
                begin, end = operands[index - 1].end, operand.end
            short = Node("", begin, end, "", "")
            shown = short if node.end - node.begin > 200 else None
            yield self._change("operand", node, begin, end, "", shown)

    def _condition(self, node: Node) -> Iterator[Mutant]:
        if node.kind not in ("IfStmt", "ConditionalOperator", "WhileStmt") or not node.inner:
            return
        condition = node.inner[0]
        inner = condition
        while inner.kind in ("ImplicitCastExpr", "ParenExpr", "ExprWithCleanups") and inner.inner:
            inner = inner.inner[0]
        plain = inner.kind == "UnaryOperator" or inner.name in OPPOSITE
        if plain and inner.kind in ("UnaryOperator", "BinaryOperator"):
            return  # the operator itself is negated
        text = f"!({self._text(condition.begin, condition.end)})"
        yield self._change("negation", node, condition.begin, condition.end, text, condition)

    def _literal(self, node: Node) -> Iterator[Mutant]:
        if node.kind != "IntegerLiteral" or not _is_limit(node):
            return
        found = re.fullmatch(r"(0x[0-9A-Fa-f]+|\d+)(\w*)", self._text(node.begin, node.end))
        if found is None:
            return
        value = int(found[1], 0)
        for other_value in (value - 1, value + 1):
            if other_value >= 0:
                text = f"{other_value}{found[2]}"
                yield self._change("number", node, node.begin, node.end, text, _said(node))

    def _element(self, node: Node) -> Iterator[Mutant]:
        """A row of a table is missing, or a fault of a set."""
        parent = node.parent
        row = node.kind == "InitListExpr" and parent is not None and parent.kind == "InitListExpr"
        callee = parent.inner[0] if parent is not None and parent.inner else None
        of_set = (
            parent is not None
            and callee is not None
            and parent.kind == "CallExpr"
            and node is not callee
            and self._text(callee.begin, callee.end) == "bits"
        )
        if not row and not of_set:
            return
        assert parent is not None
        following = parent.inner[parent.inner.index(node) + 1 :]
        if following:
            begin, end = node.begin, following[0].begin
            gone = self._text(begin, end)
            end = begin + gone.index(",", node.end - begin) + 1
        else:
            before = parent.inner[parent.inner.index(node) - 1]
            begin, end = before.end, node.end
        yield self._change("element", node, begin, end, "", node if begin == node.begin else None)


def _place(node: Node) -> str:
    """Return the function, the constant or the member that a node is in."""
    for outer in (node, *node.above()):
        in_function = any(above.kind in FUNCTIONS for above in outer.above())
        if outer.kind in FUNCTIONS or (outer.kind in ("VarDecl", "FieldDecl") and not in_function):
            return outer.name
    return ""


def _said(node: Node) -> Node:
    """Return the expression around a literal that tells what it is about."""
    said = node
    for outer in node.above():
        declares = outer.kind in ("VarDecl", "FieldDecl")
        if outer.kind.endswith(("Stmt", "Decl")) and not declares:
            break
        if outer.end - outer.begin > 100:
            break
        said = outer
    return said


def _is_limit(node: Node) -> bool:
    """Whether a number is a constant of its own, or one that something is compared with."""
    outer = list(node.above())
    while outer and outer[0].kind in ("ImplicitCastExpr", "UnaryOperator"):
        del outer[0]
    if outer and outer[0].name in OPPOSITE:
        return True
    kinds = {above.kind for above in outer}
    return kinds.isdisjoint((*FUNCTIONS, "FieldDecl", "ParmVarDecl"))


def _case_label(node: Node) -> Iterator[Node]:
    """Yield what forbids a change: a static assertion, and the label (not the body) of a case."""
    child = node
    for outer in (node, *node.above()):
        if outer.kind == "StaticAssertDecl":
            yield outer
        if outer.kind == "CaseStmt" and child is outer.inner[0] and child is not outer:
            yield outer
        child = outer


def _continues(node: Node) -> bool:
    """Whether a chain of operators goes on above this part of it."""
    parent = node.parent
    return parent is not None and parent.kind == "BinaryOperator" and parent.name == node.name


def _operands(node: Node, operator: str) -> Iterator[Node]:
    for part in node.inner:
        if part.kind == "BinaryOperator" and part.name == operator:
            yield from _operands(part, operator)
        else:
            yield part


def _one_line(text: str) -> str:
    return " ".join(text.split())
