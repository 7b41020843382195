"""Reads a fleet's description and says exactly what is wrong with it, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from twin import faults
from twin.charge_point.charger import check_fit
from twin.charge_point.keys import unsettable
from twin.charge_point.running import KEYS
from twin.evse_config import EvseConfig
from twin.fleet.description import Description
from twin.vehicle import catalogue

PROFILES = Path(__file__).with_name("profiles")
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+|\.\.\.)\]")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")

ANY_KEY = "..."
Steps = tuple[str | int, ...]


class DescriptionError(ValueError):
    """A description that cannot be used: file, line, key, and what to mend."""


def profiles() -> list[str]:
    """Return the names of the profiles that come with the package."""
    return sorted(path.stem for path in PROFILES.glob("*.yaml"))


def profile(name: str) -> Description:
    """Return one of them.

    Raises:
        DescriptionError: There is none of that name.
    """
    if name not in profiles():
        raise DescriptionError(
            f"no profile {name!r}: there are {', '.join(profiles())}; a file of yours is given "
            "with --description FILE"
        )
    return load(PROFILES / f"{name}.yaml")


def load(path: Path) -> Description:
    """Read a description.

    Raises:
        DescriptionError: It cannot be read, is not YAML, has an unknown or missing key, a
            value of a wrong type or out of range, a name that nothing has; the message
            names file, line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DescriptionError(f"{path}: not readable: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DescriptionError(f"{path}: not UTF-8: {error.reason}") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DescriptionError(f"{path}, line {line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise DescriptionError(f"{path}: not YAML: {error}") from error
    if not isinstance(root, yaml.MappingNode):
        raise DescriptionError(f"{path}, line 1: has to be a mapping with the key chargers")
    here = _File(path, root)
    for line, key in _repeated(root):
        raise DescriptionError(f"{path}, line {line}: {key}: the key is there already")
    try:
        description = msgspec.convert(data, Description)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at ")
        steps: Steps = tuple(
            int(index) if index.isdigit() else name or index for name, index in _STEP.findall(where)
        )
        unknown = _UNKNOWN.search(message)
        if unknown:
            steps, message = (*steps, unknown[1]), "there is no such key"
        if ANY_KEY in steps:
            steps = _culprit(data, steps, str(error))
        raise here.error(message, steps) from error
    for steps, message in _wrong(description):
        raise here.error(message, steps)
    return description


def _repeated(root: yaml.Node) -> Iterator[tuple[int, str]]:
    """Find keys that a mapping has twice, of which YAML would take the last: line and key."""
    nodes = [("", root)]
    looked_at: set[int] = set()
    while nodes:
        at, node = nodes.pop()
        if id(node) in looked_at:
            continue  # an alias, which may even lead back to itself
        looked_at.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            nodes += [(f"{at}[{number}]", child) for number, child in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for name, child in node.value:
                key = f"{at}.{name.value}".removeprefix(".")
                if name.value in seen:
                    yield name.start_mark.line + 1, key
                seen.add(name.value)
                nodes.append((key, child))


def _culprit(data: Any, steps: Steps, complaint: str) -> Steps:
    """Return the steps with the key for which msgspec says `...`: one of any name.

    It is the one that alone in its mapping brings the same complaint.
    """
    number = steps.index(ANY_KEY)
    parent = data
    for step in steps[:number]:
        parent = parent[step]
    entries = dict(parent)
    for name, value in entries.items():
        parent.clear()
        parent[name] = value
        try:
            msgspec.convert(data, Description)
        except msgspec.ValidationError as error:
            if str(error) == complaint:
                return (*steps[:number], str(name), *steps[number + 1 :])
    return steps


class _File:
    def __init__(self, path: Path, root: yaml.MappingNode) -> None:
        self._path = path
        self._root = root

    def error(self, message: str, steps: Steps) -> DescriptionError:
        """Return an error that names the line of the innermost key that is there."""
        node: yaml.Node = self._root
        line = node.start_mark.line + 1
        for step in steps:
            found: list[tuple[yaml.Node, yaml.Node]] = []
            if isinstance(node, yaml.MappingNode):
                found = [pair for pair in node.value if pair[0].value == step]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                found = [(child, child) for child in node.value[step : step + 1]]
            if not found:
                break
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        return DescriptionError(f"{self._path}, line {line}: {key[1:] or 'the file'}: {message}")


def _wrong(description: Description) -> Iterator[tuple[Steps, str]]:
    """Find what types cannot say: names of other tables, bounds in the wrong order."""
    yield from _bounds(description, ())
    for number, rate in enumerate(description.faults):
        at: Steps = ("faults", number)
        try:
            faults.find(rate.name)
        except ValueError as error:
            yield (*at, "name"), str(error)
            continue
        try:
            faults.find(rate.name).check(rate.params)
        except ValueError as error:
            yield (*at, "params"), str(error)
    keys = {key.name: key for key in KEYS}
    for number, chargers in enumerate(description.chargers):
        at = ("chargers", number)
        config = EvseConfig(chargers.kind, chargers.rating_a, chargers.phases)
        for name in chargers.vehicles:
            try:
                check_fit(catalogue.model(name), config)
            except ValueError as error:
                yield (*at, "vehicles", name), str(error)
        for name, value in chargers.configuration.items():
            if name not in keys:
                yield (*at, "configuration", name), "the chargers have no such configuration key"
            elif keys[name].accepts is unsettable:
                yield (*at, "configuration", name), "it says how a charger is made: not to be set"
            elif not keys[name].accepts(value):
                yield (*at, "configuration", name), f"{value!r} is no value of this key"


_RANGES = ("stay_h", "soc_percent", "target_percent", "lasts_min", "off_s", "drift_ppm")


def _bounds(part: Any, at: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(part, list):
        for number, each in enumerate(part):
            yield from _bounds(each, (*at, number))
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            value = getattr(part, name)
            if name in _RANGES and value[0] > value[1]:
                yield (*at, name), f"the first, {value[0]:g}, is above the second, {value[1]:g}"
            yield from _bounds(value, (*at, name))
