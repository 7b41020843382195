"""Every command that the README gives does what it says."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from evseloop.__main__ import main
from tests.peers.output import WITHIN_S, said
from tests.peers.processes import processes_with

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

TESTED = {
    "make run": "test_make_run_stays_up_until_ctrl_c_and_leaves_nothing_running",
    "make test": "test_make_test_is_what_ci_runs",
    "make scenarios": "test_make_scenarios_leaves_the_log_where_the_readme_says",
    "make sil": "test_make_sil_builds_the_firmware_and_runs_every_scenario_on_it",
    ".venv/bin/evseloop scenarios timing --wrong slow-filter": "test_the_rig_can_fail",
    ".venv/bin/evseloop twin --help": "test_the_help_of_the_twin_shows_how_to_play",
}
"""Every command of the README, and its test here."""


ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not re.fullmatch(r"MAKE.*|MFLAGS", name)
}
"""Without what a make that runs these tests would tell a make inside of them."""


def make(*arguments):
    """Return a call of make on our Makefile that uses the environment of this test.

    `-o` keeps make from building that environment anew while it is in use.
    """
    prefix = sys.prefix
    return ["make", "-f", str(ROOT / "Makefile"), "-o", f"{prefix}/.ready",
            "-o", f"{prefix}/.services", "-o", f"{prefix}/.compilers", f"VENV={prefix}",
            *arguments]  # fmt: skip


@pytest.fixture
def running(tmp_path):
    """`make run` in a process group of its own, as from a terminal; killed if still there."""
    process = subprocess.Popen(
        make("run", f"ARGS=--http-port 0 --ocpp-port 0 --state {tmp_path / 'state'}"),
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        process.kill()
    for pid in processes_with(str(tmp_path)):
        os.kill(pid, signal.SIGKILL)
    process.wait(timeout=10)
    process.stdout.close()


def test_every_command_of_the_readme_has_a_test():
    lines = [line for block in re.findall(r"(?s)```sh\n(.*?)```", README)
             for line in block.splitlines()]  # fmt: skip
    quoted = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", README)
    given = {text for text in (*lines, *quoted) if re.match(r"make |\.venv/bin/|evseloop ", text)}
    assert given == set(TESTED)
    assert lines == ["make run", "make test"]
    for name in TESTED.values():
        assert name in globals()


def test_make_run_stays_up_until_ctrl_c_and_leaves_nothing_running(running, tmp_path):
    process = running
    told = said(process, process.stdout, "Ctrl-C ends it.")
    verdict = re.search(r"(\d+) tests, (\d+) passed, 0 failed", told)
    assert verdict
    assert int(verdict[1]) == int(verdict[2]) > 0
    docs = re.search(r"API docs\s+(\S+)", told)
    chargers = re.search(r"chargers\s+(\S+)", told)
    admin = re.search(r"administrator (\S+)  (\S+)", told)
    assert docs
    assert chargers
    assert admin
    assert httpx.get(docs[1]).status_code == 200
    base = docs[1].removesuffix("/docs")
    login = httpx.post(
        f"{base}/api/admin/login", json={"email": admin[1], "password": admin[2]}, timeout=30
    ).json()
    headers = {"Authorization": f"Bearer {login['token']}"}

    def online():
        listed = httpx.get(chargers[1], headers=headers).json()
        return [each["status"] for each in listed]

    # Nothing of `make run` tells when a charger has come: the interface has to be asked.
    deadline = time.monotonic() + WITHIN_S
    while online() != ["online"] * 3:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    state = str(tmp_path / "state")
    assert len(processes_with(state)) >= 5

    os.killpg(process.pid, signal.SIGINT)
    told, _ = process.communicate(timeout=WITHIN_S)
    assert "\nending" in told
    assert "Traceback" not in told
    assert "had to kill" not in told
    assert processes_with(state) == []
    for file in (tmp_path / "state").glob("*.log"):
        assert "Traceback" not in file.read_text(encoding="utf-8"), file.name


def test_make_sil_builds_the_firmware_and_runs_every_scenario_on_it():
    would = subprocess.run(
        make("--dry-run", "sil"),
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert [line.split()[0].rpartition("/")[2] for line in would] == ["python", "pio", "evseloop"]
    assert would[-1].split()[1:] == ["scenarios", "--target", "sil", "--output", "out/sil"]


@pytest.mark.full
def test_make_sil_leaves_a_report_of_the_firmware(tmp_path):
    done = subprocess.run(
        make("sil", f"ARGS=charging --output {tmp_path}"),
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (ROOT / ".pio" / "build" / "host" / "program").is_file()
    assert '"target": "sil"' in (tmp_path / "report.json").read_text(encoding="utf-8")


def test_make_test_is_what_ci_runs():
    assert "exec make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    would = subprocess.run(
        make("--dry-run", "test"),
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for part in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
        assert part in would
    assert would.splitlines()[-1].split()[1:] == [
        *("--numprocesses", "2", "--dist", "loadfile"),
        *("-m", "'not", "full'"),
    ]


def test_make_scenarios_leaves_the_log_where_the_readme_says(tmp_path):
    done = subprocess.run(
        make("scenarios", "ARGS=charging"),
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "`out/scenarios/log.html`" in README
    assert (tmp_path / "out" / "scenarios" / "log.html").is_file()


def test_the_rig_can_fail(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["scenarios", "timing", "--wrong", "slow-filter"]) == 1
    assert re.search(r"IEC61851\.OPEN_ON_C_TO_B.*fail", capsys.readouterr().out)


def test_the_help_of_the_twin_shows_how_to_play(capsys):
    assert main(["twin", "--help"]) == 0
    assert "Example: evseloop twin --id CP1 --central" in " ".join(capsys.readouterr().out.split())
