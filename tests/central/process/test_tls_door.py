"""Handshakes that fail: each leaves a line that names the peer and the reason, and no flood."""

import asyncio
import contextlib
import json
import re
import socket
import ssl
from urllib.parse import urlsplit

import pytest

from central.ocpp.tls_door import LINES_OF_AN_ADDRESS


@pytest.fixture
def central(start_central, made_pki):
    """A central system of its own, as what is logged in a minute is counted."""
    return start_central("--ocpp-tls-port", "0", **made_pki.settings)


async def knock(central, context=None):
    """Connect as a client of some kind; gives the local address."""
    address = urlsplit(central.ocpp_tls)
    with socket.create_connection((address.hostname, address.port)) as connection:
        name = "{}:{}".format(*connection.getsockname())
        if context is None:
            return name
        connection.settimeout(20)
        with (
            # Refused, by an alert or by the end of the socket: the log is looked at for which.
            contextlib.suppress(OSError),
            context.wrap_socket(connection, server_hostname="localhost") as tls,
        ):
            # In TLS 1.3 a client learns only now whether it was let in.
            assert not tls.recv(1)
    return name


def lines(central):
    found = [json.loads(line) for line in central.stderr.read_text().splitlines() if line[0] == "{"]
    return [line for line in found if line["event"] == "TLS handshake failed"]


async def line_of(central, name):
    async with asyncio.timeout(20):
        # The log of another process is a file: nothing tells when a line has come.
        while not (found := [line for line in lines(central) if line["remote"] == name]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    [line] = found
    assert line["level"] == "warning"
    return line["reason"]


async def test_a_charger_that_does_not_trust_us_is_told_with_its_address(central):
    name = await knock(central, ssl.create_default_context())
    assert (await line_of(central, name)).startswith("it does not trust our certificate")


async def test_a_charger_with_a_foreign_certificate_is_told_with_the_reason(
    central, made_pki, own_key
):
    key = own_key()
    own = key.files(made_pki.signed_by("manufacturer-root", "CP1", key.key))
    name = await knock(central, made_pki.client(own))
    assert re.match("its certificate is not good: unable to get", await line_of(central, name))


async def test_a_client_that_hangs_up_is_told(central):
    assert await line_of(central, await knock(central)) == "it hung up in the middle"


async def test_a_client_without_tls_is_told(central):
    address = urlsplit(central.ocpp_tls)
    with socket.create_connection((address.hostname, address.port)) as connection:
        name = "{}:{}".format(*connection.getsockname())
        connection.sendall(b"GET /CP1 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert "this port is for wss://" in await line_of(central, name)


async def test_who_knocks_all_day_fills_no_log(central, play_charger, made_pki):
    names = [await knock(central) for _ in range(LINES_OF_AN_ADDRESS + 3)]
    await line_of(central, names[LINES_OF_AN_ADDRESS - 1])
    # Somebody else is let in meanwhile, and what came before that is done.
    key = central.add_charger("CP1")
    charger = await play_charger(central.ocpp_tls, "CP1", key, tls=made_pki.client())
    await charger.boot()
    assert [line["remote"] for line in lines(central)] == names[:LINES_OF_AN_ADDRESS]
