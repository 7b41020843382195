"""Files over HTTP(S) and FTP(S), against real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import Any

import pytest

from tests.peers.file_servers import HttpFiles, ftp_server, http_server
from tests.peers.pki import Authority, server_tls
from tests.peers.tcp_server import tcp_server
from twin.charge_point.firmware import FirmwareImage
from twin.charge_point.security.setup import SecuritySetup
from twin.charge_point.transfer import read_location

NOW = "2026-01-01T00:00:00Z"
IMAGE = FirmwareImage("2.0.0", bytes(200_000)).to_bytes()


@pytest.fixture
def files() -> Iterator[HttpFiles]:
    with http_server() as served:
        yield served


async def _download(rig: Any, location: str) -> str:
    before = len(rig.central.of("FirmwareStatusNotification"))
    await rig.ask("UpdateFirmware", {"location": location, "retrieveDate": NOW, "retries": 0})
    await rig.run(3)
    return rig.central.of("FirmwareStatusNotification")[before:][-1]["status"]  # type: ignore[no-any-return]


async def _upload(rig: Any, location: str) -> tuple[str, str]:
    before = len(rig.central.of("DiagnosticsStatusNotification"))
    answer = await rig.ask("GetDiagnostics", {"location": location, "retries": 0})
    await rig.run(3)
    status = rig.central.of("DiagnosticsStatusNotification")[before:][-1]["status"]
    return status, answer["fileName"]


async def test_http_with_a_login(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    files.login = "charger:s3:cret"
    location = files.put("new.bin", IMAGE)
    assert await _download(rig, location) == "DownloadFailed"
    known = location.replace("//", "//charger:s3%3Acret@")
    assert await _download(rig, known) == "Downloaded"


async def test_http_posts_a_form_where_put_is_not_taken(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    files.takes_put = False
    status, name = await _upload(rig, f"{files.url}/upload?charger=1")
    assert status == "Uploaded"
    ((path, form),) = files.received.items()
    assert path == "/upload?charger=1"
    assert f'filename="{name}"'.encode() in form


async def test_a_redirection_to_nowhere_is_a_failure(rig: Any, files: HttpFiles) -> None:
    await rig.boot()
    for nowhere in ("http://xn--/", "gopher://a/b", "http://127.0.0.1:9/", f"{files.url}/again"):
        files.redirections["/again"] = nowhere
        assert await _download(rig, f"{files.url}/again") == "DownloadFailed", nowhere
    files.redirections["/again"] = files.put("new.bin", IMAGE)
    assert await _download(rig, f"{files.url}/again") == "Downloaded"


async def test_ftp_with_a_login_in_a_folder(rig: Any, tmp_path: Path) -> None:
    await rig.boot()
    served = tmp_path / "served"
    (served / "in here").mkdir(parents=True)
    (served / "in here" / "new.bin").write_bytes(IMAGE)
    with ftp_server(served) as url:
        status, name = await _upload(rig, f"{url}/in%20here/")
        assert status == "Uploaded"
        assert (served / "in here" / name).stat().st_size > 0
        assert (await _upload(rig, f"{url}/elsewhere"))[0] == "UploadFailed"
        assert await _download(rig, f"{url}/in%20here/old.bin") == "DownloadFailed"
        assert await _download(rig, url.replace("cret", "") + "/new.bin") == "DownloadFailed"
        assert await _download(rig, f"{url}/in%20here/new.bin") == "Downloaded"


def _greet_in_latin_1(connection: socket) -> None:
    connection.sendall("220 f\u00fcr alle\r\n".encode("latin-1"))


def _say_nothing(connection: socket) -> None:
    """Close at once."""


def _send_what_is_no_reply(connection: socket) -> None:
    connection.sendall(bytes(range(256)) * 64)


@pytest.mark.parametrize("scheme", ["ftp", "ftps", "http", "https"])
@pytest.mark.parametrize("talk", [_greet_in_latin_1, _say_nothing, _send_what_is_no_reply])
async def test_a_server_that_speaks_another_language_is_a_failure(
    rig: Any, scheme: str, talk: Callable[[socket], None]
) -> None:
    await rig.boot()
    with tcp_server(talk) as address:
        assert await _download(rig, f"{scheme}://{address}/new.bin") == "DownloadFailed"
        assert (await _upload(rig, f"{scheme}://{address}/"))[0] == "UploadFailed"


LATE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("scheme", ["https", "ftps"])
async def test_a_server_on_tls_is_believed_with_an_installed_root_alone(
    rig: Any, tmp_path: Path, scheme: str
) -> None:
    authority = Authority(end=LATE)
    server = authority.server(end=LATE)
    context = server_tls(tmp_path, server)
    await rig.boot(security=SecuritySetup())
    if scheme == "https":
        with http_server(context) as files:
            await _strange_then_known(rig, files.url, authority.pem)
    else:
        served = tmp_path / "served"
        served.mkdir()
        with ftp_server(served, tmp_path / "server.pem") as url:
            await _strange_then_known(rig, url, authority.pem)
            assert list(served.iterdir()), "over a data connection with TLS"


async def _strange_then_known(rig: Any, location: str, root: str) -> None:
    assert (await _upload(rig, location))[0] == "UploadFailed"
    assert any("CERTIFICATE_VERIFY_FAILED" in text for text in rig.events)
    order = {"certificateType": "CentralSystemRootCertificate", "certificate": root}
    assert await rig.ask("InstallCertificate", order) == {"status": "Accepted"}
    assert (await _upload(rig, location))[0] == "Uploaded"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("gopher://example.com/a", "FTP, FTPS, HTTP, HTTPS"),
        ("new.bin", "FTP, FTPS, HTTP, HTTPS"),
        ("http:///a", "no host"),
        ("ftp://example.com/a%0D%0ADELE%20b", "control characters"),
        ("http://example.com:99999/a", "out of range"),
        ("ftp://example..com/a", "label"),
        (f"http://{'a' * 64}.com/", "label"),
    ],
)
def test_a_location_that_cannot_be_is_refused(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_location(url)


def test_a_location_is_shown_without_its_password() -> None:
    location = read_location("ftps://me:s3cret@[::1]:2121/a%20b/c?d=e")
    assert location.bare() == "ftps://[::1]:2121/a%20b/c?d=e"
    assert (location.user, location.password) == ("me", "s3cret")
    assert location.inside("f g").bare() == "ftps://[::1]:2121/a%20b/c/f%20g?d=e"
