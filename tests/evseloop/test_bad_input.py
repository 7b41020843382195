"""Whatever is given on the command line: one line that says what to mend, and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from evseloop.__main__ import main

NOBODY = ("--central", "ws://127.0.0.1:1")


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file and a folder are, and nothing else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("hello\n", encoding="utf-8")
    (tmp_path / "folder").mkdir()


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1, told.err
    return told.err


@pytest.mark.parametrize("command", ["twin", "fleet"])
@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://host", "has to begin with ws:// or wss://"),
        ("ws://", "needs a host"),
        ("ws:///path", "needs a host"),
        ("ws://host:99999", "not an address"),
        ("ws://host:x/", "not an address"),
        ("ws://[::1", "not an address"),
        ("ws://" + "a" * 300, "not an address"),
        ("wss://h ost/", "no spaces"),
        ("ws://h\x01st", "no spaces or control characters"),
        ("ws://user:secret@host", "keys have options of their own"),
        ("ws://host/?a=b", "nothing else"),
    ],
)
def test_an_address_that_is_none_is_refused(
    command: str, url: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert complaint in refusal(capsys, command, "--central", url)


@pytest.mark.parametrize("speed", ["nan", "inf", "1e308", "0", "-1", "x", ""])
@pytest.mark.parametrize("command", ["twin", "fleet"])
def test_a_speed_that_is_none_is_refused(
    command: str, speed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "speed" in refusal(capsys, command, *NOBODY, "--speed", speed)


@pytest.mark.parametrize("speed", ["inf", "1e308", "0", "x"])
def test_a_speed_of_the_whole_loop_that_is_none_is_refused(
    speed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--speed" in refusal(capsys, "run", "--speed", speed)


@pytest.mark.parametrize("option", ["--http-port", "--ocpp-port"])
@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_of_the_whole_loop_that_is_none_is_refused(
    option: str, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert option in refusal(capsys, "run", option, port)


@pytest.mark.parametrize("command", ["run", "twin", "fleet"])
@pytest.mark.parametrize("state", ["file", "file/below", "/dev/null/below", "/proc/below"])
def test_a_folder_for_the_state_that_cannot_be_is_refused(
    command: str, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"--state {state}: " in refusal(capsys, command, "--state", state)


@pytest.mark.parametrize("option", ["--json", "--junit"])
@pytest.mark.parametrize("path", ["folder", "nowhere/file", "file/below", ""])
def test_a_report_that_cannot_be_written_is_refused_before_the_fleet_runs(
    option: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"{option} " in refusal(capsys, "fleet", *NOBODY, option, path)


def test_a_report_that_cannot_be_written_in_the_end_is_said_after_the_verdicts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    day = ("--chargers", "1", "--hours", "0.01", "--speed", "100000")
    assert main(["fleet", *NOBODY, *day, "--json", "/dev/full"]) == 2
    told = capsys.readouterr()
    assert "FAIL 1 chargers that had something left to tell at the end" in told.out
    assert told.err.splitlines()[-1].startswith("evseloop fleet: cannot write the report: ")


@pytest.mark.parametrize("path", ["file", "nowhere"])
def test_a_control_socket_that_is_none_is_refused(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = refusal(capsys, "fleet", *NOBODY, "--speed", "max", "--clock-socket", path)
    assert f"evseloop central --clock external --control-socket {path}" in told


@pytest.mark.parametrize("when", ["noon", "0001-01-01", "1999-12-31", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize(
    "command", [("fleet", *NOBODY, "--from"), ("central", "pki", "made", "--valid-from")]
)
def test_a_time_of_which_no_charger_knows_is_refused(
    command: tuple[str, ...], when: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"{command[-1]} {when}: " in refusal(capsys, *command, when)
    assert not (tmp_path / "made").exists()


def test_a_file_that_is_no_suite_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'file' is no suite" in refusal(capsys, "scenarios", "file")
