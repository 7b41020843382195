"""Generate `pins.py` from `pins.toml`.

Run as ``python -m twin.link.generate``; a test checks that the file is current.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TABLE = HERE / "pins.toml"
PYTHON = HERE / "pins.py"

_SCALARS = {"bool": "bool", "int": "int", "float": "float", "text": "str"}
_ZEROS = {"bool": "False", "int": "0", "float": "0.0", "text": '""'}


def load_table(path: Path = TABLE) -> dict[str, Any]:
    """Read the pin table; its keys are `version` and `pin`, a list of tables."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _class_name(pin: dict[str, Any]) -> str:
    return "".join(word.capitalize() for word in pin["name"].split("_"))


def _field(pin: dict[str, Any]) -> list[str]:
    kind = pin["kind"]
    if kind == "choice":
        declared, default = _class_name(pin), f"{_class_name(pin)}.{pin.get('reset', '')}"
    else:
        declared, default = _SCALARS[kind], _ZEROS[kind]
        if "reset" in pin:
            default = repr(pin["reset"]) if kind != "text" else f'"{pin["reset"]}"'
    if pin.get("phases"):
        declared, default = f"tuple[{', '.join([declared] * 3)}]", f"({', '.join([default] * 3)})"
    unit = f" [{pin['unit']}]" if "unit" in pin else ""
    phases = ", per phase L1, L2, L3" if pin.get("phases") else ""
    doc = f"{pin['doc'][0].upper()}{pin['doc'][1:]}{phases}.{unit}"
    return [f"    {pin['name']}: {declared} = {default}", *_docstring(doc)]


def _docstring(text: str) -> list[str]:
    words, lines, line = text.split(), [], '    """'
    for word in words:
        if len(line) + len(word) + 1 > 96:
            lines.append(line.rstrip())
            line = "    "
        line += word + " "
    return [*lines, line.rstrip() + '"""', ""]


def render(table: dict[str, Any]) -> str:
    """Return the text of `pins.py` for a pin table."""
    pins = table["pin"]
    lines = [
        '"""Pins between the plant and its controller.',
        "",
        "Generated from pins.toml by `python -m twin.link.generate`; change the table, not this.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from dataclasses import dataclass",
        "from enum import IntEnum",
        "",
        f"PINS_VERSION = {table['version']}",
        "",
        "",
    ]
    for pin in pins:
        if pin["kind"] == "choice":
            lines += [f"class {_class_name(pin)}(IntEnum):"]
            lines += [f'    """{pin["doc"][0].upper()}{pin["doc"][1:]}."""', ""]
            lines += [f"    {name} = {value}" for value, name in enumerate(pin["choices"])]
            lines += ["", ""]
    for name, direction, doc in (
        ("Outputs", "to_plant", "What a controller drives. The defaults are the reset values."),
        ("Inputs", "from_plant", "What a controller sees."),
    ):
        lines += ["@dataclass(slots=True)", f"class {name}:", f'    """{doc}"""', ""]
        for pin in pins:
            if pin["direction"] == direction:
                lines += _field(pin)
        lines += [""]
    lines += ["QUANTA: dict[str, float] = {"]
    lines += [f'    "{pin["name"]}": {float(pin["quantum"])},' for pin in pins if "quantum" in pin]
    lines += ["}", '"""How far an analogue pin may move before a co-simulation grant ends."""']
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Write the generated file beside the table."""
    PYTHON.write_text(render(load_table()), encoding="utf-8")


if __name__ == "__main__":
    main()
