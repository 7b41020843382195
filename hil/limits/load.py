"""Reads requirements from YAML and says exactly what is wrong with them, and where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from hil.limits.requirement import Requirement

_ID = re.compile(r"[A-Z0-9]+(\.[A-Z0-9_]+)+")
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+|\.\.\.)\]")


class RequirementsError(ValueError):
    """A requirements file that cannot be used: file, line, key, and what to mend."""


class _Line:
    """Where in the file a requirement or one of its keys stands."""

    def __init__(self, path: Path, root: yaml.MappingNode) -> None:
        self._path = path
        self._root = root

    def error(self, message: str, *keys: str) -> RequirementsError:
        node: yaml.Node = self._root
        for key in keys:
            if not isinstance(node, yaml.MappingNode):
                break
            found = [value for name, value in node.value if name.value == key]
            if not found:
                break
            node = found[0]
        where = f"{self._path}, line {node.start_mark.line + 1}"
        return RequirementsError(f"{where}: {'.'.join(keys) or 'the file'}: {message}")


def load_requirements(path: Path) -> dict[str, Requirement]:
    """Read a requirements file; return its requirements by id, in its order.

    Raises:
        RequirementsError: not readable, not YAML, an unknown or missing key, a
            wrong type, an id given twice, or a limit that limits nothing; the
            message names file, line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RequirementsError(f"{path}: not readable: {error.strerror}") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RequirementsError(f"{path}, line {line}: not YAML: {error.problem}") from error
    if not isinstance(root, yaml.MappingNode) or not isinstance(data, dict):
        raise RequirementsError(f"{path}, line 1: has to be a mapping with the key requirements")
    here = _Line(path, root)
    entries = data.get("requirements")
    if not isinstance(entries, dict) or not entries:
        raise here.error("has to hold at least one requirement by its id", "requirements")
    _refuse_doubles(path, root)
    return {key: _requirement(here, key, entry) for key, entry in entries.items()}


def _refuse_doubles(path: Path, root: yaml.MappingNode) -> None:
    # YAML lets a later key silently replace an earlier one; a limit must not vanish like that.
    node = next(value for name, value in root.value if name.value == "requirements")
    seen: dict[str, int] = {}
    for name, _ in node.value:
        line = name.start_mark.line + 1
        if name.value in seen:
            raise RequirementsError(
                f"{path}, line {line}: {name.value} stands on line {seen[name.value]} already; "
                "give one of them another id"
            )
        seen[name.value] = line


def _requirement(here: _Line, key: str, entry: Any) -> Requirement:
    if not _ID.fullmatch(key):
        raise here.error(
            "an id is STANDARD.NAME in capitals, digits and _", "requirements", str(key)
        )
    try:
        requirement = msgspec.convert(entry, Requirement)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at ")
        steps = [name for name, _ in _STEP.findall(where) if name]
        raise here.error(message, "requirements", key, *steps) from error
    limit = requirement.limit
    keys = ("requirements", key, "limit")
    bounded = limit.lower is not None or limit.upper is not None
    if limit.never and bounded:
        raise here.error("says never and gives a bound as well; keep one of them", *keys)
    if not limit.never and not bounded:
        raise here.error("limits nothing: give lower, upper, or never: true", *keys)
    if limit.lower is not None and limit.upper is not None and limit.lower > limit.upper:
        raise here.error("lower is above upper", *keys, "lower")
    if any(u < 0 for u in limit.uncertainty.values()):
        raise here.error("an uncertainty is not negative", *keys, "uncertainty")
    if not limit.uncertainty and requirement.not_applicable is None:
        raise here.error("name at least one target that can measure it", *keys, "uncertainty")
    if any(n < 1 for n in limit.repetitions.values()):
        raise here.error("measure at least once", *keys, "repetitions")
    if limit.observe_s <= 0:
        raise here.error("has to be above zero", *keys, "observe_s")
    return msgspec.structs.replace(requirement, id=key)
