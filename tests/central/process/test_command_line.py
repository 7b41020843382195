"""`evseloop central` on the command line: what it prints, and how it refuses."""

import logging
import socket
import stat

import pytest
import structlog

from central.settings import Settings
from evseloop.__main__ import main


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/central.db")
    monkeypatch.chdir(tmp_path)
    # The command sends the log of its process to stderr; this process is pytest's.
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers)
    level = root.level
    yield
    root.setLevel(level)
    structlog.reset_defaults()


def _refusal(capsys, *arguments):
    assert main(["central", "--http-port", "0", "--ocpp-port", "0", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert len(lines) == 1, captured.err
    assert "Traceback" not in captured.err
    return lines[0]


def test_a_clock_that_does_not_exist_is_refused(capsys):
    assert "wall, external" in _refusal(capsys, "--clock", "sun")


def test_an_external_clock_and_its_socket_go_together(capsys):
    assert "--control-socket" in _refusal(capsys, "--clock", "external")
    assert "--clock external" in _refusal(capsys, "--control-socket", "control")


def test_a_busy_port_is_refused_with_the_option_that_chooses_another(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "--http-port" in _refusal(capsys, "--http-port", port)
        assert "--ocpp-port" in _refusal(capsys, "--ocpp-port", port)


def test_a_host_that_is_not_ours_is_refused(capsys):
    assert "--host" in _refusal(capsys, "--host", "host.invalid")
    assert "203.0.113.1" in _refusal(capsys, "--host", "203.0.113.1")
    assert "--host" in _refusal(capsys, "--host", "x" * 64)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(capsys, port):
    assert "--http-port" in _refusal(capsys, "--http-port", port)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "sqlite:///"),
        ("oracle://db/evse", "sqlite:///"),
        ("sqlite://", "sqlite:///"),
        ("sqlite:////dev/null/central.db", "DATABASE_URL"),
        ("postgresql://user:hunter2@127.0.0.1:1/evse", "DATABASE_URL"),
        ("mariadb://user:hunter2@127.0.0.1:1/evse", "DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_without_its_password(capsys, url, told):
    line = _refusal(capsys, "--database-url", url)
    assert told in line
    assert "hunter2" not in line


def test_a_file_that_is_no_database_is_refused(capsys, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
    assert "database" in _refusal(capsys, "--database-url", f"sqlite:///{tmp_path}/letter.txt")
    assert (tmp_path / "letter.txt").read_text().startswith("Dear Sir")


def test_a_wrong_variable_is_refused_by_name(capsys, monkeypatch):
    monkeypatch.setenv("OCPP_UNKNOWN_CHARGERS", "perhaps")
    assert "OCPP_UNKNOWN_CHARGERS" in _refusal(capsys)


@pytest.mark.parametrize("folder", ["taken", "taken/files", "/proc/files"])
def test_a_folder_of_files_that_cannot_be_is_refused_before_a_database_is_made(
    capsys, monkeypatch, tmp_path, folder
):
    (tmp_path / "taken").write_text("precious")
    monkeypatch.setenv("FILES_DIR", folder)
    assert f"FILES_DIR {folder}: " in _refusal(capsys)
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


def test_a_control_socket_that_cannot_be_is_refused_before_a_database_is_made(capsys, tmp_path):
    (tmp_path / "taken").write_text("precious")
    told = _refusal(capsys, "--clock", "external", "--control-socket", "taken")
    assert "--control-socket taken: " in told
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize(
    ("name", "value"), [("ADMIN_PASSWORD", "short"), ("ADMIN_EMAIL", "nobody")]
)
def test_a_first_administrator_that_cannot_be_is_refused(capsys, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert name in _refusal(capsys)


def test_add_charger_prints_a_key_and_refuses_a_second_of_that_name(capsys):
    assert main(["central", "add-charger", "CP001"]) == 0
    key = capsys.readouterr().out.strip()
    assert len(bytes.fromhex(key)) == 20
    assert main(["central", "add-charger", "CP001"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "exists already" in captured.err
    assert main(["central", "add-charger", "CP002"]) == 0
    assert capsys.readouterr().out.strip() != key


def test_add_charger_refuses_an_identity_that_cannot_be(capsys):
    assert main(["central", "add-charger", " "]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_database_is_named_before_or_after_the_command(capsys, tmp_path):
    here = f"sqlite:///{tmp_path}/here.db"
    assert main(["central", "--database-url", here, "add-charger", "CP001"]) == 0
    assert main(["central", "add-charger", "--database-url", here, "CP001"]) == 2
    assert main(["central", "add-charger", "CP001"]) == 0


def test_reset_admin_makes_an_administrator_where_there_is_none(capsys):
    assert main(["central", "reset-admin"]) == 0
    email, password = capsys.readouterr().out.split()
    assert email == "admin@localhost"
    assert len(password) >= 16
    assert main(["central", "reset-admin"]) == 0
    assert capsys.readouterr().out.split()[1] != password


def test_nobody_else_may_read_the_database(tmp_path):
    assert main(["central", "add-charger", "CP001"]) == 0
    made = list(tmp_path.iterdir())
    assert made
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in made), made


def test_help_shows_a_worked_example(capsys):
    for arguments in ([], ["add-charger"], ["reset-admin"]):
        main(["central", *arguments, "--help"])
        assert "Example:" in capsys.readouterr().out
