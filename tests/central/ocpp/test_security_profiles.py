"""Who gets in with which certificate, who gets one, and that profiles only go up."""

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

ACCEPTED = {"status": "Accepted"}


@pytest.fixture
def connect(secure_central, play_charger, made_pki):
    async def open_(charge_point_id, key=None, *, own=None, **answers):
        return await play_charger(
            secure_central.ocpp_tls, charge_point_id, key, tls=made_pki.client(own), **answers
        )

    return open_


async def refusal(opening):
    with pytest.raises(InvalidStatus) as caught:
        await opening
    return caught.value.response.status_code


async def newest(operator, charge_point_id):
    return (await operator.get("/api/certificates", charge_point_id=charge_point_id))[0]


async def asked(operator, charge_point_id, state):
    """Wait until the newest request of a charger is in a state."""
    async with asyncio.timeout(30):
        while (found := await newest(operator, charge_point_id))["state"] != state:
            pass
    return found


async def test_a_certificate_lets_in_nobody_but_the_charger_that_asked_for_it(
    operator, connect, certified, charger_id
):
    own = await certified(charger_id)
    other = f"{charger_id}-B"
    key = await operator.admit(other)
    assert await refusal(connect(other, own=own)) == 401
    # Nor does it help to say that the neighbour's identity is one's serial number.
    charger = await connect(other, key)
    await charger.boot(chargePointSerialNumber=charger_id)
    assert await refusal(connect(other, own=own)) == 401


async def test_operators_see_by_which_profile_a_charger_is_connected(
    operator, connect, certified, charger_id
):
    async def profile(of):
        return (await operator.get(f"/api/chargers/{of}/status"))["security_profile"]

    own = await certified(charger_id)
    assert await profile(charger_id) is None
    await connect(charger_id, own=own)
    assert await profile(charger_id) == 3
    other = f"{charger_id}-B"
    await connect(other, await operator.admit(other))
    assert await profile(other) == 2


async def test_a_certificate_signed_elsewhere_names_the_serial_number_of_its_charger(
    operator, connect, own_key, made_pki, charger_id
):
    key = own_key()
    files = key.files(made_pki.signed_by("charger-ca", "SN-1", key.key))
    charger = await connect(charger_id, await operator.admit(charger_id))
    assert await refusal(connect(charger_id, own=files)) == 401
    await charger.boot(chargePointSerialNumber="SN-1")
    charger = await connect(charger_id, own=files)
    await charger.boot(chargePointSerialNumber="SN-1")


async def test_a_request_in_the_name_of_a_neighbour_waits_for_an_operator(
    operator, connect, own_key, charger_id
):
    neighbour = f"{charger_id}-B"
    await operator.admit(neighbour)
    charger = await connect(charger_id, await operator.admit(charger_id))
    await charger.boot(chargePointSerialNumber=neighbour)
    csr = own_key().csr(neighbour, "evseloop")
    assert await charger.call("SignCertificate", csr=csr) == ACCEPTED
    held = await asked(operator, charger_id, "held")
    assert neighbour in held["detail"]
    declined = await operator.post(f"/api/certificates/{held['id']}/decline", reason="not you")
    assert (declined["state"], declined["detail"]) == ("declined", "not you")
    again = await operator.client.post(f"/api/certificates/{held['id']}/sign", json={})
    assert again.status_code == 409
    assert charger.commands == []


async def test_an_operator_signs_elsewhere_what_the_authority_here_does_not(
    operator, connect, own_key, made_pki, charger_id
):
    charger = await connect(
        charger_id, await operator.admit(charger_id), CertificateSigned=ACCEPTED
    )
    await charger.boot()
    key = own_key()
    csr = key.csr(charger_id, "another operator")
    assert await charger.call("SignCertificate", csr=csr) == ACCEPTED
    held = await asked(operator, charger_id, "held")
    path = f"/api/certificates/{held['id']}/sign"
    foreign = made_pki.signed_by("charger-ca", charger_id, own_key().key)
    refused = await operator.client.post(path, json={"certificate_chain": foreign})
    assert refused.status_code == 409
    assert "another key" in refused.json()["error"]["what"]
    chain = made_pki.signed_by("charger-ca", charger_id, key.key)
    assert (await operator.post(path, certificate_chain=chain))["state"] == "signed"
    sent = await charger.command("CertificateSigned")
    assert sent.payload == {"certificateChain": chain}
    await asked(operator, charger_id, "installed")


async def test_a_revoked_certificate_lets_nobody_in(operator, connect, certified, charger_id):
    own = await certified(charger_id)
    found = await asked(operator, charger_id, "installed")
    revoked = await operator.post(f"/api/certificates/{found['id']}/revoke")
    assert revoked["revoked_at"]
    assert await refusal(connect(charger_id, own=own)) == 401


async def test_removing_a_charger_voids_its_certificates(operator, connect, certified, charger_id):
    own = await certified(charger_id)
    assert (await operator.client.delete(f"/api/chargers/{charger_id}")).status_code == 200
    await operator.admit(charger_id)
    assert await refusal(connect(charger_id, own=own)) == 401


@pytest.mark.parametrize("bits", [None, 1024])
async def test_what_is_no_request_or_has_a_short_key_is_rejected(
    operator, connect, own_key, charger_id, bits
):
    charger = await connect(charger_id, await operator.admit(charger_id))
    await charger.boot()
    csr = "no request" if bits is None else own_key(rsa_bits=bits).csr(charger_id, "evseloop")
    assert await charger.call("SignCertificate", csr=csr) == {"status": "Rejected"}
    assert await operator.get("/api/certificates", charge_point_id=charger_id) == []


async def test_a_certificate_that_the_charger_could_not_be_sent_comes_when_it_is_back(
    operator, connect, own_key, charger_id
):
    key = await operator.admit(charger_id)
    charger = await connect(charger_id, key)
    await charger.boot()

    async def lose(_payload):
        await charger.websocket.close()

    charger.answers["CertificateSigned"] = lose
    csr = own_key().csr(charger_id, "evseloop")
    assert await charger.call("SignCertificate", csr=csr) == ACCEPTED
    await charger.websocket.wait_closed()
    charger = await connect(charger_id, key, CertificateSigned=ACCEPTED)
    await charger.command("CertificateSigned")
    await asked(operator, charger_id, "installed")


@pytest.mark.parametrize(("value", "why"), [("1", "no way back"), ("9", "no security profile")])
async def test_a_profile_that_is_lower_or_none_is_not_ordered(
    operator, connect, charger_id, value, why
):
    charger = await connect(charger_id, await operator.admit(charger_id))
    await charger.boot()
    answer = await operator.client.post(
        f"/api/ocpp/{charger_id}/change-configuration",
        json={"key": "SecurityProfile", "value": value},
    )
    assert answer.status_code in (409, 422)
    assert why in answer.json()["error"]["what"]
    assert charger.commands == []


async def test_profiles_go_up_by_one(operator, secure_central, play_charger, charger_id):
    key = await operator.admit(charger_id)
    charger = await play_charger(secure_central.ocpp, charger_id, key)
    await charger.boot()
    answer = await operator.client.post(
        f"/api/ocpp/{charger_id}/change-configuration",
        json={"key": "SecurityProfile", "value": "3"},
    )
    assert answer.status_code == 409
    assert charger.commands == []


async def test_a_declined_upgrade_is_forgotten(operator, secure_central, play_charger, charger_id):
    key = await operator.admit(charger_id)
    charger = await play_charger(
        secure_central.ocpp, charger_id, key, ChangeConfiguration={"status": "Rejected"}
    )
    await charger.boot()
    assert (await operator.change(charger_id, "SecurityProfile", "2"))["success"] is False
    seen = await operator.get(f"/api/chargers/{charger_id}/status")
    assert seen.get("ordered_security_profile") is None


async def test_no_private_key_is_in_the_database_or_the_log(secure_central, certified, charger_id):
    await certified(charger_id)
    for file in secure_central.stderr.parent.iterdir():
        if file.is_file():
            assert b"PRIVATE KEY" not in file.read_bytes(), file
