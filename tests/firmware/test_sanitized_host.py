"""The host program, built with the address and undefined-behaviour sanitizers, at the twin."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.peers.host_program import build

FLAGS = (
    "-std=c++17 -O1 -g -Wall -Wextra -Wconversion -Wshadow -Werror -fno-rtti "
    "-fsanitize=address,undefined -fno-sanitize-recover=all"
)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("sanitized"), FLAGS)


@pytest.mark.full
@pytest.mark.parametrize("suite", ["charging", "faults", "recovery"])
def test_a_suite_runs_through_without_a_finding_of_the_sanitizers(program, suite, tmp_path):
    # A finding ends the program, and so every scenario that was to follow in that session.
    command = [sys.executable, "-m", "evseloop", "scenarios", suite, "--target", "sil"]
    options = ["--program", program, "--output", tmp_path]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.mark.full
def test_sessions_with_a_central_system_run_through_without_a_finding(program, tmp_path):
    command = [sys.executable, "-m", "evseloop", "scenarios", "ocpp/sessions", "--target", "sil"]
    options = ["--program", program, "--ocpp-program", program, "--output", tmp_path]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
