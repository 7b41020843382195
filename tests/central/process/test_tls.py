"""The port for TLS, and starts that must fail."""

import subprocess
import sys

import pytest
from websockets.exceptions import InvalidStatus


async def refusal(opening):
    with pytest.raises(InvalidStatus) as caught:
        await opening
    return caught.value.response.status_code


async def test_without_tls_a_charger_is_refused_where_profile_2_is_the_lowest(
    start_central, play_charger, made_pki
):
    central = start_central(
        "--ocpp-tls-port", "0", OCPP_MIN_SECURITY_PROFILE="2", **made_pki.settings
    )
    key = central.add_charger("CP1")
    assert await refusal(play_charger(central.ocpp, "CP1", key)) == 403
    charger = await play_charger(central.ocpp_tls, "CP1", key, tls=made_pki.client())
    await charger.boot()
    assert "security profile 2 or above is needed" in central.stderr.read_text()


def failed_start(tmp_path, *options, **environment):
    """Start a central system that ends at once; gives what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "evseloop", "central", "--http-port", "0", *options],
        env={"DATABASE_URL": f"sqlite:///{tmp_path}/central.db", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    return line


def test_a_port_for_tls_needs_certificates(tmp_path):
    assert "needs OCPP_TLS_CERT" in failed_start(tmp_path, "--ocpp-tls-port", "0")


def test_a_key_that_does_not_fit_is_told_in_one_line_before_anything_is_made(tmp_path, made_pki):
    line = failed_start(
        tmp_path,
        OCPP_TLS_CERT=f"{made_pki.directory}/server-ec.pem",
        OCPP_TLS_KEY=f"{made_pki.directory}/server-rsa.key",
    )
    assert "server-rsa.key" in line
    assert not (tmp_path / "central.db").exists()


async def test_an_unknown_charger_may_come_straight_with_a_certificate_where_that_is_chosen(
    start_central, play_charger, made_pki, own_key
):
    central = start_central(
        "--ocpp-tls-port", "0", OCPP_UNKNOWN_CHARGERS="certificate", **made_pki.settings
    )
    key = own_key()
    own = made_pki.client(key.files(made_pki.signed_by("charger-ca", "CP1", key.key)))
    assert await refusal(play_charger(central.ocpp_tls, "CP2", tls=own)) == 401
    assert (
        await refusal(play_charger(central.ocpp_tls, "CP2", "ab" * 20, tls=made_pki.client()))
        == 404
    )
    assert await refusal(play_charger(central.ocpp, "CP2", "ab" * 20)) == 404
    charger = await play_charger(central.ocpp_tls, "CP1", tls=own)
    await charger.boot()
    with central.admin() as admin:
        [added] = admin.get("/api/chargers").json()
    assert (added["charge_point_id"], added["status"]) == ("CP1", "online")
