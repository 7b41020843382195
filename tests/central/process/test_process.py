"""The real process: up, at work, and ended in every way."""

import asyncio
import json
import signal
import socket
import stat

import httpx
import pytest

from evseloop.__main__ import main


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_says_where_it_listens_and_a_signal_ends_it_cleanly(
    start_central, play_charger, number
):
    central = start_central()
    async with httpx.AsyncClient(base_url=central.http) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        assert (await client.get("/docs")).status_code == 200
    charger = await play_charger(central.ocpp, "CP001", central.add_charger("CP001"))
    await charger.boot()
    # The charger answers the closing of its socket while the process ends.
    central.process.send_signal(number)
    await charger.websocket.wait_closed()
    assert charger.websocket.close_code == 1001
    assert central.process.wait(timeout=30) == 0
    assert "Traceback" not in central.stderr.read_text()


def test_chargers_are_added_and_passwords_reset_beside_the_running_process(
    start_central, capsys, monkeypatch, tmp_path
):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/central.db")
    central = start_central()
    # Both commands work beside the process that runs on the same database.
    assert main(["central", "add-charger", "CP001"]) == 0
    key = capsys.readouterr().out.strip()
    assert len(key) == 40
    with central.admin() as admin:
        monkeypatch.setenv("ADMIN_EMAIL", central.admin_email)
        assert main(["central", "reset-admin"]) == 0
        central.admin_password = capsys.readouterr().out.split()[1]
        assert admin.get("/api/chargers").status_code == 401, "old logins have ended"
    with central.admin() as admin:
        assert [each["charge_point_id"] for each in admin.get("/api/chargers").json()] == ["CP001"]


def test_a_first_start_without_a_password_makes_one_and_shows_it_once(start_central):
    central = start_central(ADMIN_PASSWORD="", ADMIN_EMAIL="me@example.org")
    (line,) = [line for line in central.stderr.read_text().splitlines() if "administrator " in line]
    password = line.split("password ")[1].split(" ")[0]
    login = {"email": "me@example.org", "password": password}
    assert httpx.post(f"{central.http}/api/admin/login", json=login).status_code == 200
    assert central.end() == 0
    again = start_central(ADMIN_PASSWORD="", ADMIN_EMAIL="me@example.org")
    assert again.stderr.read_text().count("password ") == 1
    assert httpx.post(f"{again.http}/api/admin/login", json=login).status_code == 200


async def test_a_refused_charger_s_log_line_names_the_command_that_admits_it(
    start_central, play_charger
):
    central = start_central()
    with pytest.raises(Exception, match="404"):
        await play_charger(central.ocpp, "CP404", "00" * 20)
    assert "evseloop central add-charger CP404" in central.stderr.read_text()


async def test_business_time_is_set_over_the_control_socket(start_central, play_charger, tmp_path):
    path = tmp_path / "control"
    central = start_central("--clock", "external", "--control-socket", str(path))
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(path))
        control.sendall(b'{"set": "2031-05-06T07:08:09.000000Z"}\n')
        answer = json.loads(control.recv(4096))
    assert answer == {"ok": True, "now": "2031-05-06T07:08:09.000000Z"}
    charger = await play_charger(central.ocpp, "CP001", central.add_charger("CP001"))
    booted = await charger.call("BootNotification", chargePointVendor="v", chargePointModel="m")
    assert booted["currentTime"] == "2031-05-06T07:08:09.000Z"
    await charger.websocket.close()
    assert central.end() == 0
    assert not path.exists()


def test_the_control_socket_exists_only_where_it_was_asked_for(start_central, tmp_path):
    start_central()
    assert [each for each in tmp_path.iterdir() if each.is_socket()] == []


def test_nobody_else_may_read_what_the_process_keeps(start_central, tmp_path):
    start_central()
    databases = list(tmp_path.glob("*.db*"))
    assert len(databases) >= 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in databases), databases


async def test_whoever_waits_for_a_charger_is_answered_when_the_process_ends(
    start_central, play_charger
):
    central = start_central()
    asked = asyncio.Queue()

    async def never(payload):
        await asked.put(payload)
        await silent.websocket.wait_closed()

    async def accept_and_not_start(payload):
        await asked.put(payload)
        return {"status": "Accepted"}

    silent = await play_charger(central.ocpp, "CP001", central.add_charger("CP001"), Reset=never)
    idle = await play_charger(
        central.ocpp,
        "CP002",
        central.add_charger("CP002"),
        RemoteStartTransaction=accept_and_not_start,
    )
    await silent.boot()
    await idle.boot()
    with central.admin() as admin:
        headers = admin.headers
        tag = admin.get("/api/id-tags").json()[0]["id_tag"]
    async with httpx.AsyncClient(base_url=central.http, headers=headers, timeout=30) as client:
        command = asyncio.create_task(client.post("/api/ocpp/CP001/reset", json={"type": "Soft"}))
        start = asyncio.create_task(
            client.post("/api/charging/start", json={"charge_point_id": "CP002", "id_tag": tag})
        )
        await asked.get()
        await asked.get()
        central.process.send_signal(signal.SIGTERM)
        assert (await command).status_code == 409
        assert (await start).status_code == 202
    assert central.process.wait(timeout=30) == 0
    assert "Traceback" not in central.stderr.read_text()
