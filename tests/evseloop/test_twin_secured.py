"""`evseloop twin` at `evseloop central`, by security profile: TLS, a certificate, and no key."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.peers.secure_central import charger_id, made_pki, operator, secure_central

__all__ = ["charger_id", "made_pki", "operator", "secure_central"]

WALL_LIMIT_S = 90


async def test_a_charger_goes_from_its_key_on_tls_to_a_certificate_of_its_own(
    operator: Any, secure_central: Any, made_pki: Any, charger_id: str, tmp_path: Path
) -> None:
    key = await operator.admit(charger_id)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "evseloop", "twin", "--id", charger_id),
        *("--central", secure_central.ocpp_tls, "--key", key),
        *("--ca", str(made_pki.directory / "central-root.pem")),
        *("--state", str(tmp_path / "state"), "--speed", "5"),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    told = b""

    async def says(text: bytes) -> None:
        nonlocal told
        assert process.stdout is not None
        while text not in (line := await process.stdout.readline()):
            assert line, told
            told += line

    async with asyncio.timeout(WALL_LIMIT_S):
        await says(b"boot accepted")
        # The organisation in its certificate, which the central system asks for.
        named = await operator.change(charger_id, "CpoName", "evseloop")
        assert named["status"] == "Accepted"
        asked = await operator.command(
            charger_id, "extended-trigger-message", requested_message="SignChargePointCertificate"
        )
        assert asked["status"] == "Accepted"
        # Without its certificate the charger does not go to profile 3.
        while (await operator.change(charger_id, "SecurityProfile", "3"))["status"] == "Rejected":
            pass
        await says(b" connected\n")
        await operator.command(charger_id, "trigger-message", requested_message="Heartbeat")
        process.send_signal(signal.SIGINT)
        rest, _ = await process.communicate()
    assert process.returncode == 0
    assert key.encode() not in told + rest
    [charger] = [
        each
        for each in await operator.get("/api/chargers")
        if each["charge_point_id"] == charger_id
    ]
    assert charger["min_security_profile"] == 3
    [certificate] = await operator.get("/api/certificates", charge_point_id=charger_id)
    assert certificate["state"] == "installed"
    assert "StartupOfTheDevice" in await operator.events(charger_id)
