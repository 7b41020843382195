"""The example of a controller in C, built as its first lines say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "firmware" / "example" / "controller.c"


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the example without a warning, and return the program."""
    program = tmp_path_factory.mktemp("example") / "controller"
    strict = ["-std=c99", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["cc", *strict, "-O2", "-o", program, EXAMPLE, "-lm"], check=True)
    return program
