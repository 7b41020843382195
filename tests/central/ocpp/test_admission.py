"""Who may connect: the HTTP answer before the upgrade."""

import asyncio
import base64

import pytest
from websockets.exceptions import InvalidStatus

from central.domain import chargers
from wire.frames import Call


async def refused(opening):
    """Give the status and the response of a connection that must be refused."""
    with pytest.raises(InvalidStatus) as caught:
        await opening
    return caught.value.response


def basic(user, key):
    text = f"{user}:".encode() + key
    return {"Authorization": "Basic " + base64.b64encode(text).decode()}


async def test_a_charger_with_its_key_connects(central, logged):
    key = await central.add("CP1")
    charger = await central.open("CP1", key=key)
    assert charger.websocket.subprotocol == "ocpp1.6"
    assert (await charger.boot())["status"] == "Accepted"
    [line] = [line for line in logged if line["event"] == "connected"]
    assert line["security_profile"] == 1
    assert line["charge_point_id"] == "CP1"


async def test_no_compression_is_agreed(central):
    charger = await central.charger()
    assert "Sec-WebSocket-Extensions" not in charger.websocket.response.headers


async def test_the_key_may_come_as_hexadecimal_text(central):
    key = await central.add("CP1")
    charger = await central.open("CP1", headers=basic("CP1", key.encode()))
    assert (await charger.boot())["status"] == "Accepted"


async def test_the_identity_is_percent_decoded_and_keeps_its_case(central):
    key = await central.add("Güter/Bahn 1")
    charger = await central.open("Güter/Bahn 1", key=key)
    assert (await charger.boot())["status"] == "Accepted"
    response = await refused(central.open("güter/Bahn 1", key=key))
    assert response.status_code == 404


async def test_an_unknown_charger_gets_404_and_the_log_names_the_command_that_admits_it(
    central, logged
):
    response = await refused(central.open("CP9", key="00" * 20))
    assert response.status_code == 404
    [line] = [line for line in logged if line["event"] == "charger refused"]
    assert "evseloop central add-charger CP9" in line["reason"]
    assert line["path"] == "/CP9"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("CP1", b"wrong key 1234567"),
        basic("CP1", b""),
        basic("cp1", b"k" * 20),
        {"Authorization": "Bearer abc"},
        {"Authorization": "Basic !"},
    ],
)
async def test_wrong_credentials_get_401_and_the_key_is_never_logged(central, logged, headers):
    await central.add("CP1")
    response = await refused(central.open("CP1", headers=headers))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="OCPP"'
    [line] = [line for line in logged if line["event"] == "charger refused"]
    assert line["reason"]
    assert "wrong key 1234567" not in str(line)


async def test_the_right_key_under_another_name_gets_401(central):
    key = await central.add("CP1")
    response = await refused(central.open("CP1", headers=basic("CP2", bytes.fromhex(key))))
    assert response.status_code == 401


async def test_a_charger_that_offers_no_common_subprotocol_gets_400(central, logged):
    # TC_088_CSMS
    key = await central.add("CP1")
    for offered in ((), ("ocpp2.0.1",)):
        response = await refused(central.open("CP1", key=key, subprotocols=offered))
        assert response.status_code == 400
    assert [line["status"] for line in logged if line["event"] == "charger refused"] == [400, 400]


async def test_of_several_subprotocols_ocpp_1_6_is_chosen(central):
    key = await central.add("CP1")
    charger = await central.open("CP1", key=key, subprotocols=("ocpp2.0.1", "ocpp1.6"))
    assert charger.websocket.subprotocol == "ocpp1.6"


async def test_a_charger_without_a_key_needs_profile_0(central, start_central):
    await central.add("CP1", with_key=False)
    response = await refused(central.open("CP1"))
    assert response.status_code == 401
    open_central = await start_central(storage=central.storage, min_security_profile=0)
    charger = await open_central.open("CP1")
    assert (await charger.boot())["status"] == "Accepted"


async def test_a_charger_that_has_a_key_must_use_it_also_where_profile_0_is_allowed(start_central):
    central = await start_central(min_security_profile=0)
    await central.add("CP1")
    assert (await refused(central.open("CP1"))).status_code == 401


async def test_an_unknown_charger_is_added_where_the_settings_say_so(start_central):
    central = await start_central(accept_unknown_chargers=True, min_security_profile=0)
    charger = await central.open("NEW")
    assert (await charger.boot())["status"] == "Accepted"
    added = await central.storage.read(chargers.get_charger, "NEW")
    assert added.key_hash is None


async def test_an_unknown_charger_that_is_added_must_keep_the_key_it_came_with(start_central):
    central = await start_central(accept_unknown_chargers=True)
    assert (await refused(central.open("NEW"))).status_code == 401
    charger = await central.open("NEW", key="ab" * 20)
    assert (await charger.boot())["status"] == "Accepted"
    assert (await refused(central.open("NEW", key="cd" * 20))).status_code == 401
    await central.open("NEW", key="ab" * 20)


async def test_an_unknown_charger_may_come_with_its_key_as_hexadecimal_text(start_central):
    central = await start_central(accept_unknown_chargers=True)
    text = base64.b64encode(b"NEW:" + b"ab" * 20).decode()
    await central.open("NEW", headers={"Authorization": f"Basic {text}"})
    await central.open("NEW", key="ab" * 20)
    assert (await refused(central.open("NEW", key="cd" * 20))).status_code == 401


async def test_the_command_that_admits_a_stranger_is_safe_to_copy(central, logged):
    await refused(central.open("CP1; rm -r ~"))
    [line] = [line for line in logged if line["event"] == "charger refused"]
    assert line["reason"].endswith("add-charger 'CP1; rm -r ~'")


async def test_an_unknown_charger_with_a_short_key_is_not_added(start_central):
    central = await start_central(accept_unknown_chargers=True)
    assert (await refused(central.open("NEW", key="ab" * 3))).status_code == 401
    assert await central.storage.read(chargers.find_charger, "NEW") is None


async def test_a_path_without_identity_gets_404(central, logged):
    assert (await refused(central.open(""))).status_code == 404
    [line] = [line for line in logged if line["event"] == "charger refused"]
    assert "/CHARGE_POINT_ID" in line["reason"]


async def test_a_charger_removed_while_it_connects_is_closed_and_nothing_of_it_counts(
    central, stall
):
    key = await central.add("CP1")
    await stall.writer(central.storage)
    removing = asyncio.create_task(central.storage.write(chargers.delete_charger, "CP1"))
    await asyncio.sleep(0)
    charger = await central.open("CP1", key=key)
    for number in range(20):
        await charger.send(Call(str(number), "Heartbeat", {}))
    stall.release()
    await removing
    assert await charger.closed() == 1008
    assert charger.websocket.close_reason == "the charger was removed"
