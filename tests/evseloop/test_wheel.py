"""The wheel works outside the checkout: it holds what its packages need, and no tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    subprocess.run(
        [folder / "venv/bin/pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt",
         f"{wheel}[scenarios]"],
        check=True,
    )  # fmt: skip
    return folder


def test_the_wheel_holds_every_package_with_its_data_and_neither_tests_nor_benchmarks(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"evseloop", "wire", "central", "twin", "hil", "scenarios"}
    for data in ("pins.toml", "catalogue.toml", "requirements.yaml", ".robot", "script.py.mako"):
        assert any(name.endswith(data) for name in names), data


def test_the_installed_central_system_starts_and_ends_outside_the_checkout(installed):
    with subprocess.Popen(
        [installed / "venv/bin/evseloop", "central", "--http-port", "0", "--ocpp-port", "0",
         "--database-url", "sqlite:///central.db"],
        cwd=installed,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ["PATH"]},
    ) as central:  # fmt: skip
        line = central.stdout.readline()
        address = json.loads(line.removeprefix("ready "))
        with urllib.request.urlopen(f"{address['http']}/healthz") as answer:
            assert answer.status == 200
        central.send_signal(signal.SIGINT)
    assert central.returncode == 0


def test_the_installed_scenarios_run_outside_the_checkout(installed):
    finished = subprocess.run(
        [installed / "venv/bin/evseloop", "scenarios", "charging/vehicle_classes.robot",
         "--target", "twin", "--output", "report"],
        cwd=installed,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr
    report = json.loads((installed / "report/report.json").read_text())
    assert report["target"] == "twin"
