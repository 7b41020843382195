"""The unit tests of a charger's certificates in C++, on the mbedTLS that the board has too."""

from __future__ import annotations

import subprocess
from pathlib import Path

FIRMWARE = Path(__file__).parents[2] / "firmware"
FLAGS = (
    "-std=c++17 -O0 -Wall -Wextra -Wconversion -Wshadow -Werror "
    "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-sanitize=vptr "
    "-DDOCTEST_CONFIG_SUPER_FAST_ASSERTS"
)


def test_the_unit_tests_of_certificates_pass(tmp_path: Path) -> None:
    sources = [
        *(FIRMWARE / "lib/certificates/src").glob("*.cpp"),
        *(FIRMWARE / "test/certificates").glob("test_*.cpp"),
        FIRMWARE / "test/certificates/authority.cpp",
    ]
    includes = [f"-I{FIRMWARE}/lib/{name}/include" for name in ("hal", "certificates")]
    program = tmp_path / "units"
    libraries = ["-lmbedx509", "-lmbedcrypto"]
    command = ["g++", *FLAGS.split(), *includes, *sources, *libraries, "-o", program]
    subprocess.run(command, check=True)
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
