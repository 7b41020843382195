"""Builds a mutant, and asks the unit tests which one of them notices."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path

from firmware.mutants.rules import Mutant
from firmware.mutants.sources import Snapshot

COMPILER = "g++ -std=c++17 -O1 -w -fno-exceptions -fno-rtti"
# What leaves an array or overflows ends the program, as it ends the unit tests in `make test`.
UNDEFINED = "bounds-strict,shift,integer-divide-by-zero,signed-integer-overflow"
MUTANT = f"{COMPILER} -fsanitize={UNDEFINED} -fsanitize-undefined-trap-on-error"
# Functions of headers are kept, so that tests call the mutant's.
KEEP = "-fkeep-inline-functions"
LINK = "g++ -fuse-ld=gold"
TESTS = "g++ -std=c++17 -O1 -w -fno-inline -DDOCTEST_CONFIG_SUPER_FAST_ASSERTS"
# Processor time of a run of the unit tests: they take 1 s where nothing is wrong.
AT_MOST_S = 5
# What notices besides test cases.
BY_COMPILER = "the compiler"
BY_TIME = "the time that it may take"
BY_CRASH = "a crash that leaves no time to say where"
BY_NO_TEST = (BY_COMPILER, BY_TIME, BY_CRASH)
# Courses of events at random come last: they catch much, and say little of what it was.
STAGES = ("--source-file-exclude=*laws_test.cpp", "--source-file=*laws_test.cpp")


class Units:
    """The unit tests, compiled once against the sources as they are.

    A test that uses a limit by its name so holds it against the number that the sources have.

    Args:
        snapshot: the sources.
        folder: where what is compiled goes; made here.
        files: names of the files of tests that are wanted; None: all.
    """

    def __init__(
        self, snapshot: Snapshot, folder: Path, files: Collection[str] | None = None
    ) -> None:
        self._snapshot = snapshot
        folder.mkdir()
        self._tests: list[Path] = []
        sources = [
            source
            for source in (snapshot.folder / "test/evse").glob("*.cpp")
            if files is None or source.name in (*files, "main.cpp")
        ]
        for name in ("store", "charger"):
            sources += (snapshot.folder / "lib" / name).glob("src/*.cpp")
        for source in sorted(sources):
            made = folder / f"{source.stem}.o"
            compile_one(TESTS, snapshot.includes, source, made)
            self._tests.append(made)
        self._process: dict[str, Path] = {}
        for source in sorted((snapshot.evse / "src").glob("*.cpp")):
            made = folder / f"evse_{source.stem}.o"
            compile_one(MUTANT, snapshot.includes, source, made)
            self._process[source.name] = made

    def caught_by(self, mutant: Mutant | None, folder: Path) -> str:
        """Return the test case that notices a mutant first, "" if none does.

        Args:
            mutant: what to build; None: the sources as they are.
            folder: scratch of one caller.
        """
        program = self._built(mutant, folder)
        if program is None:
            return BY_COMPILER
        for stage in STAGES:
            done = met(program, stage)
            if done.returncode != 0:
                named = re.findall(r"^TEST CASE:  (.*)$", done.stdout, re.MULTILINE)
                over = done.returncode in (-signal.SIGKILL, -signal.SIGXCPU)
                return named[0].strip() if named else BY_TIME if over else BY_CRASH
        return ""

    def notices(self, name: str, mutant: Mutant, folder: Path) -> bool:
        """Return whether a mutant is noticed by the test case of this name.

        Args:
            name: of a test case, or what else `caught_by` says.
            mutant: what to build.
            folder: scratch of one caller.
        """
        if name in BY_NO_TEST:
            return self.caught_by(mutant, folder) == name
        program = self._built(mutant, folder)
        # A comma would part two names.
        only = f"--test-case={name.replace(',', '?')}"
        return program is not None and met(program, only).returncode != 0

    def _built(self, mutant: Mutant | None, folder: Path) -> Path | None:
        """Return the program of unit tests with a mutant; None: it does not compile."""
        program = folder / "units"
        try:
            objects = self._objects(mutant, folder)
        except subprocess.CalledProcessError:
            return None
        run([*LINK.split(), *objects, *self._tests, "-o", program])
        return program

    def _objects(self, mutant: Mutant | None, folder: Path) -> list[Path]:
        """Return the charging process, compiled as far as it is another one."""
        if mutant is None:
            return list(self._process.values())
        made = folder / "mutant.o"
        source, includes = written(self._snapshot, mutant, folder)
        if source.name not in self._process:  # all of it at once
            compile_one(f"{MUTANT} {KEEP}", includes, source, made)
            return [made]
        compile_one(MUTANT, includes, source, made)
        # Of a function that others have compiled too, the linker takes the first.
        return [made, *(each for name, each in self._process.items() if name != source.name)]


def met(program: Path, which: str) -> subprocess.CompletedProcess[str]:
    """Run some of the unit tests, up to the first that fails, within their processor time."""
    limited = f'ulimit -t {AT_MOST_S}; exec "$0" "$@"'
    return subprocess.run(
        ["sh", "-c", limited, program, "--abort-after=1", "--no-colors=true", which],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def written(snapshot: Snapshot, mutant: Mutant, folder: Path) -> tuple[Path, list[Path]]:
    """Write a mutant; return the one file to compile, and the folders of headers.

    A header that has changed comes with all that includes it: the whole charging process in one
    file, in which it is found before the one that it replaces.
    """
    changed = folder / Path(mutant.file).name
    text = mutant.applied((snapshot.evse / mutant.file).read_bytes())
    if changed.suffix == ".cpp":
        changed.write_bytes(text)
        return changed, snapshot.includes
    headers = folder / "include"
    shutil.rmtree(headers, ignore_errors=True)
    (headers / "evse").mkdir(parents=True)
    (headers / "evse" / changed.name).write_bytes(text)
    whole = folder / "whole.cpp"
    sources = sorted((snapshot.evse / "src").glob("*.cpp"))
    whole.write_text("".join(f'#include "{source}"\n' for source in sources))
    return whole, [headers, *snapshot.includes]


def compile_one(compiler: str, includes: Sequence[Path], source: Path, made: Path) -> None:
    """Compile a file.

    Raises:
        subprocess.CalledProcessError: it does not compile.
    """
    folders = [f"-I{include}" for include in includes]
    run([*compiler.split(), *folders, "-c", source, "-o", made])


def run(command: Sequence[str | Path]) -> None:
    """Run a tool that has to succeed.

    Raises:
        subprocess.CalledProcessError: it does not.
    """
    subprocess.run(command, check=True, capture_output=True, text=True)
