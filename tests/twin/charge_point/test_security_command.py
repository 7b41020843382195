"""`evseloop twin` on TLS, as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

WALL_LIMIT_S = 60


def _now() -> dict[str, datetime]:
    """Dates by this machine's clock, on which the command's charger has its time."""
    now = datetime.now(UTC)
    return {"begin": now - timedelta(days=1), "end": now + timedelta(days=30)}


@pytest.mark.parametrize("profile", [2, 3])
async def test_it_takes_root_certificate_and_key_from_files(
    rig: Any, pki: Any, secure_central: Any, tmp_path: Path, profile: int
) -> None:
    authority = pki.Authority(**_now())
    central = await secure_central(authority.server(**_now()))
    if profile == 3:
        pki.ask_for_certificates(central.tls, authority)
    central.now = lambda: datetime.now(UTC)
    own = authority.client("CP1", **_now())
    (tmp_path / "ca.pem").write_text(authority.pem)
    (tmp_path / "cert.pem").write_text(own.pem)
    (tmp_path / "key.pem").write_text(own.key_pem)
    options = ["--ca", str(tmp_path / "ca.pem")]
    if profile == 3:
        options += ["--cert", str(tmp_path / "cert.pem"), "--cert-key", str(tmp_path / "key.pem")]
    else:
        options += ["--key", "0123456789abcdef"]
    booted = asyncio.Event()
    central.on_call = lambda action, payload: (
        booted.set() if action == "SecurityEventNotification" else None
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "evseloop", "twin", "--central", central.url),
        *("--state", str(tmp_path / "state"), "--speed", "10", *options),
        stdout=subprocess.PIPE,
    )
    async with asyncio.timeout(WALL_LIMIT_S):
        await booted.wait()
        process.send_signal(signal.SIGINT)
        output, _ = await process.communicate()
    assert process.returncode == 0
    assert b"boot accepted" in output
    assert ("Authorization" in central.headers[0]) == (profile == 2)
    assert (central.sessions[0].getpeercert(binary_form=True) is not None) == (profile == 3)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--ca", "nowhere.pem"], "--ca nowhere.pem: "),
        (["--security-profile", "2"], "needs the root certificate of the central system"),
        (["--security-profile", "1"], "needs an authorization key"),
        (["--security-profile", "0"], "is without TLS"),
    ],
)
def test_what_does_not_fit_is_said_in_a_line(
    tmp_path: Path, options: list[str], complaint: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evseloop", "twin", "--central", "wss://127.0.0.1:1", *options],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path.cwd()), "COLUMNS": "200"},
    )
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
