"""One central system on an SQLite file: a second one says so, and a killed one leaves no lock."""

import os
import signal
import subprocess
import sys

import pytest

from central.file_lock import FileTakenError, lock_path, sole_user


def start_second(database):
    return subprocess.run(
        [
            *(sys.executable, "-m", "evseloop", "central"),
            *("--http-port", "0", "--ocpp-port", "0", "--database-url", f"sqlite:///{database}"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_second_central_system_on_a_file_refuses_to_start_in_one_line(start_central, tmp_path):
    first = start_central()
    second = start_second(tmp_path / "central.db")
    assert (second.returncode, second.stdout) == (2, "")
    (line,) = second.stderr.splitlines()
    assert str(tmp_path / "central.db") in line
    assert f"process {first.process.pid}" in line
    assert "DATABASE_URL" in line
    with first.admin() as admin:
        assert admin.get("/api/chargers").status_code == 200, "the first is not disturbed"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_however_the_first_ends_the_next_one_starts(start_central, number):
    start_central().end(number)
    assert start_central().end() == 0


def test_the_lock_is_the_same_however_the_file_is_named(tmp_path, monkeypatch):
    real = tmp_path / "central.db"
    (tmp_path / "link.db").symlink_to(real)
    monkeypatch.chdir(tmp_path)
    with sole_user(real):
        for name in ("central.db", "./central.db", "link.db"):
            with (
                pytest.raises(FileTakenError, match=str(os.getpid())),
                sole_user(real.parent / name),
            ):
                pytest.fail("taken twice")
    with sole_user(real):
        assert lock_path(real).read_text() == f"{os.getpid()}\n"


def test_two_files_do_not_disturb_each_other(tmp_path):
    with sole_user(tmp_path / "one.db"), sole_user(tmp_path / "two.db"):
        assert lock_path(tmp_path / "one.db") != lock_path(tmp_path / "two.db")
