"""A client that has reset its connection before the server takes it has no address any more."""

import socket
import struct
from pathlib import Path

import pytest

from central.pki.tls import server_context


@pytest.fixture
def server_tls(made_pki):
    certificate, key = (
        [Path(file) for file in made_pki.settings[name].split(",")]
        for name in ("OCPP_TLS_CERT", "OCPP_TLS_KEY")
    )
    return server_context(certificate, key, None)


@pytest.mark.parametrize("over", ["TCP", "TLS"])
async def test_it_leaves_no_traceback_and_the_next_is_served(
    start_central, server_tls, made_pki, over, caplog, logged
):
    is_tls = over == "TLS"
    central = await start_central(tls=server_tls if is_tls else None, highest_security_profile=2)
    with socket.create_connection(("127.0.0.1", central.port)) as connection:
        # Closed like this it sends RST (man 7 socket, SO_LINGER), and the event loop, which
        # runs in this thread, has not accepted it yet.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    tls = {"ssl": made_pki.client()} if is_tls else {}
    charger = await central.open("CP1", key=await central.add("CP1"), **tls)
    await charger.boot()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
    failed = [line for line in logged if line["event"] == "TLS handshake failed"]
    assert [(line["remote"], line["reason"]) for line in failed] == (
        [("", "it hung up in the middle")] if is_tls else []
    )
