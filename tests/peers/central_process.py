"""A real central system as a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ADMIN_EMAIL = "admin@example.org"
ADMIN_PASSWORD = "a password for tests"
READY_WITHIN_S = 60


@dataclass
class CentralProcess:
    """A running `evseloop central`.

    Attributes:
        http, ocpp: addresses, such as `http://127.0.0.1:40001`.
        ocpp_tls: that of the port with TLS; empty where there is none.
        stderr: its log so far goes into this file.
    """

    process: subprocess.Popen[str]
    http: str
    ocpp: str
    stderr: Path
    ocpp_tls: str = ""
    admin_email: str = ADMIN_EMAIL
    admin_password: str = ADMIN_PASSWORD

    def admin(self) -> httpx.Client:
        """Return a client that is logged in as administrator; close it."""
        answer = httpx.post(
            f"{self.http}/api/admin/login",
            json={"email": self.admin_email, "password": self.admin_password},
            timeout=60,
        )
        answer.raise_for_status()
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        return httpx.Client(base_url=self.http, timeout=30, headers=headers)

    def add_charger(self, charge_point_id: str) -> str:
        """Admit a charger and return its key."""
        with self.admin() as client:
            answer = client.post("/api/chargers", json={"charge_point_id": charge_point_id})
            answer.raise_for_status()
            return str(answer.json()["key"])

    def set_clock(self, control_socket: Path, moment: str) -> None:
        """Set the time of one that was started with `--clock external`; what fell due has run."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(control_socket))
            control.sendall(json.dumps({"set": moment}).encode() + b"\n")
            answer = json.loads(control.makefile().readline())
        assert answer["ok"], answer

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal, wait, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def start_central(tmp_path: Path) -> Iterator[Callable[..., CentralProcess]]:
    """Start central systems on free ports; those still running are killed after the test.

    `start_central(*options, **environment)` waits until it is up. The database
    is one file of the test, so a second start goes on with what the first left.
    """
    with central_processes(tmp_path) as start:
        yield start


@contextlib.contextmanager
def central_processes(directory: Path) -> Iterator[Callable[..., CentralProcess]]:
    """Give what starts central systems in a directory; at the end all are killed."""
    with contextlib.ExitStack() as stack:

        def start(*options: str, **environment: str) -> CentralProcess:
            log = directory / "central.log"
            file = stack.enter_context(log.open("a", encoding="utf-8"))
            process = stack.enter_context(
                subprocess.Popen(
                    [
                        *(sys.executable, "-m", "evseloop", "central"),
                        *("--http-port", "0", "--ocpp-port", "0", *options),
                    ],
                    stdout=subprocess.PIPE,
                    stderr=file,
                    text=True,
                    env={
                        **os.environ,
                        "DATABASE_URL": f"sqlite:///{directory}/central.db",
                        "ADMIN_EMAIL": ADMIN_EMAIL,
                        "ADMIN_PASSWORD": ADMIN_PASSWORD,
                        **environment,
                    },
                )
            )
            stack.callback(process.kill)
            watchdog = threading.Timer(READY_WITHIN_S, process.kill)
            watchdog.start()
            assert process.stdout is not None
            line = process.stdout.readline()
            watchdog.cancel()
            assert line.startswith("ready "), f"it did not start:\n{log.read_text()}"
            addresses = json.loads(line.removeprefix("ready "))
            return CentralProcess(
                process,
                addresses["http"],
                addresses["ocpp"],
                log,
                addresses.get("ocpp_tls", ""),
            )

        yield start
