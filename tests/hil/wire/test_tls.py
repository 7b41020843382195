"""TLS passes the proxy as it is, with the certificates of both ends, and is read all the same."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidHandshake
from websockets.typing import Subprotocol

from hil.certificates import Authority
from hil.wire.proxy import RecordingProxy
from hil.wire.tls_hello import Offer, read_offer
from twin.clock import Clock
from twin.driver import HeldDriver

OCPP = Subprotocol("ocpp1.6")
LONG = "ß" * 70_000


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("test root", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
async def proxy(authority: Authority, tmp_path: Path) -> AsyncIterator[RecordingProxy]:
    """A proxy before an echo that asks for a client's certificate, and sends back who came."""

    async def echo(connection: ServerConnection) -> None:
        tls = connection.transport.get_extra_info("ssl_object")
        await connection.send(f"{tls.getpeercert()['subject'][0][0][1]} by {tls.cipher()[0]}")
        async for text in connection:
            await connection.send(text)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.server("127.0.0.1").write(tmp_path, "server"))
    context.load_verify_locations(cadata=authority.root.pem)
    context.verify_mode = ssl.CERT_REQUIRED
    async with serve(echo, "127.0.0.1", 0, ssl=context, subprotocols=[OCPP]) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        made = RecordingProxy(
            "ws://127.0.0.1:1",
            HeldDriver(Clock(), wall_timeout_s=30),
            tls_url=f"wss://127.0.0.1:{port}",
            key_log=tmp_path / "secrets",
        )
        await made.start()
        yield made
        await made.close()


async def online(
    proxy: RecordingProxy, authority: Authority, folder: Path, suite: str
) -> ClientConnection:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.root.pem)
    context.load_cert_chain(*authority.client("charger 7").write(folder, "charger"))
    context.keylog_filename = str(folder / "secrets")
    if not suite.startswith("TLS_"):
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(suite)
    return await connect(f"{proxy.tls_url}/CP1", ssl=context, subprotocols=[OCPP], compression=None)


@pytest.mark.parametrize(
    ("suite", "told"),
    [
        ("TLS_AES_256_GCM_SHA384", "TLS 1.3, TLS_AES_256_GCM_SHA384"),
        ("ECDHE-ECDSA-AES128-GCM-SHA256", "TLS 1.2, ECDHE-ECDSA-AES128-GCM-SHA256"),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS 1.2, ECDHE-ECDSA-AES256-GCM-SHA384"),
    ],
)
async def test_what_is_said_within_tls_is_read_and_the_certificates_reach_the_other_end(
    proxy: RecordingProxy, authority: Authority, tmp_path: Path, suite: str, told: str
) -> None:
    for _ in range(2):
        socket = await online(proxy, authority, tmp_path, suite)
        assert await socket.recv() == f"charger 7 by {suite}"
        for text in ("[2]", LONG, ""):
            await socket.send(text)
            assert await socket.recv() == text
        await socket.close()
    lines = [(line.way, line.kind, line.text) for line in proxy.recording.lines if line.link == 2]
    way, kind, offered = lines[0]
    assert (way, kind) == (">", "offer")
    assert suite in Offer.of(offered).suites
    assert told.partition(",")[0] in Offer.of(offered).versions
    assert lines[1:5] == [
        ("<", "tls", told),
        (">", "request", "security profile 3"),
        ("<", "open", "ocpp1.6"),
        ("<", "message", f"charger 7 by {suite}"),
    ]
    assert [line for line in lines if line[2] == LONG] == [
        (">", "message", LONG),
        ("<", "message", LONG),
    ]
    assert "unreadable" not in [kind for _, kind, _ in lines]


async def test_tls_whose_secrets_are_somebody_elses_is_unreadable_and_passes_all_the_same(
    proxy: RecordingProxy, authority: Authority, tmp_path: Path
) -> None:
    socket = await online(proxy, authority, tmp_path, "ECDHE-ECDSA-AES128-GCM-SHA256")
    session = next(iter(proxy._open)).tls
    assert session is not None
    session.streams[">"]._opener._salt = b"\0\0\0\0"  # type: ignore[union-attr]
    await socket.recv()
    await socket.send("[2]")
    assert await socket.recv() == "[2]"
    await socket.close()
    kinds = [line.kind for line in proxy.recording.lines if line.way == ">"]
    assert "unreadable" in kinds
    assert "message" not in kinds


async def test_what_is_no_tls_on_its_port_is_noted(proxy: RecordingProxy) -> None:
    with pytest.raises((InvalidHandshake, OSError, EOFError)):
        await connect(proxy.tls_url.replace("wss", "ws") + "/CP1", subprotocols=[OCPP])
    assert (">", "unreadable", "it is no TLS") in [
        (line.way, line.kind, line.text) for line in proxy.recording.lines
    ]


@pytest.mark.parametrize(
    ("newest", "versions"),
    [(ssl.TLSVersion.TLSv1_3, ("TLS 1.3", "TLS 1.2")), (ssl.TLSVersion.TLSv1_2, ("TLS 1.2",))],
)
def test_what_a_client_offers_is_read_off_its_first_message(
    newest: ssl.TLSVersion, versions: tuple[str, ...]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, newest
    context.set_ciphers("AES128-SHA:AES256-GCM-SHA384")
    sent = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="central.example")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    offer = read_offer(sent.read()[5:])
    assert offer.versions == versions
    assert set(offer.suites) >= {"AES256-GCM-SHA384", "0x002f"}
    assert "0x00ff" not in offer.suites
    assert Offer.of(str(offer)) == offer
