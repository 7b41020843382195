"""Negotiating the WebSocket subprotocol (OCPP-J 1.6 section 3.1.2)."""

from __future__ import annotations

import asyncio
import base64

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.octt.central.case import Case
from tests.peers.central_process import CentralProcess
from tests.peers.played_charger import PlayedCharger


async def test_tc_088_csms_a_foreign_subprotocol_is_refused_and_ocpp16_chosen_among_several(
    running: tuple[CentralProcess, str], case: Case
):
    await case.charger.websocket.close()
    pair = case.charge_point_id.encode() + b":" + bytes.fromhex(case.key)
    headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    address = f"{running[0].ocpp}/{case.charge_point_id}"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            address, subprotocols=["ocpp0.1"], additional_headers=headers, proxy=None
        ):
            pass
    assert refused.value.response.status_code == 400
    assert (await case.state())["status"] == "offline"
    async with connect(
        address, subprotocols=["ocpp0.1", "ocpp1.6"], additional_headers=headers, proxy=None
    ) as websocket:
        assert websocket.subprotocol == "ocpp1.6"
        assert websocket.response.headers.get_all("Sec-WebSocket-Protocol") == ["ocpp1.6"]
        case.links.append(PlayedCharger(websocket))
        serving = asyncio.create_task(case.charger.serve())
        await case.boot()
        assert (await case.state())["status"] == "online"
    await serving
