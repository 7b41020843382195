"""C++ programs of the tests, compiled on both cores."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def cpp_program(
    folder: Path,
    sources: Iterable[Path],
    includes: Sequence[str],
    flags: str,
    more_flags: Callable[[Path], str] = lambda _: "",
) -> Path:
    """Compile and link a program in a folder; `more_flags`: of single sources."""

    def compiled(source: Path) -> Path:
        made = folder / f"{source.parent.parent.name}-{source.stem}.o"
        options = [*flags.split(), *more_flags(source).split(), *includes]
        subprocess.run(["g++", *options, "-c", source, "-o", made], check=True)
        return made

    with ThreadPoolExecutor(max_workers=2) as pool:
        objects = list(pool.map(compiled, sources))
    program = folder / "units"
    subprocess.run(["g++", *flags.split(), *objects, "-o", program], check=True)
    return program
