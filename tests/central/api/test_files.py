"""Firmware goes to chargers and diagnostics come from them, by the token of a job."""

import base64
import errno
import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import structlog

from central.domain.file_jobs_files import MOST_UPLOADS
from tests.peers.pki import Authority
from wire.times import format_time

IMAGE = bytes(range(256)) * 5_000
SHA256 = hashlib.sha256(IMAGE).hexdigest()


async def add_image(central, data=IMAGE, **fields):
    return await central.admin.post(
        "/api/admin/firmware",
        files={"image": ("charger-1.3.bin", data)},
        data={"version": "1.3.0"} | fields,
    )


@pytest.fixture
async def image_id(central):
    answer = await add_image(central, sha256=SHA256.upper())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["sha256"], made["size_bytes"]) == (SHA256, len(IMAGE))
    assert (made["file_name"], made["is_signed"]) == ("charger-1.3.bin", False)
    return made["id"]


async def update(central, image_id, charger="CP001", **more):
    body = {"image_id": image_id, "retrieve_date": format_time(central.clock.now())}
    return await central.admin.post(f"/api/ocpp/{charger}/update-firmware", json=body | more)


async def told_location(central, charger):
    location = charger.commands[-1].payload["location"]
    assert location.startswith("http://central/files/")
    return urlsplit(location).path


async def jobs(central):
    return (await central.admin.get("/api/admin/file-jobs")).json()


async def test_a_charger_fetches_an_image_from_the_address_it_was_told(
    central, connect_charger, image_id
):
    charger = await connect_charger("CP001", UpdateFirmware={})
    assert (await update(central, image_id)).json()["success"] is True
    path = await told_location(central, charger)
    assert set(charger.commands[0].payload) == {"location", "retrieveDate"}
    whole = await central.anonymous.get(path)
    assert (whole.status_code, whole.content) == (200, IMAGE)
    rest = await central.anonymous.get(path, headers={"Range": "bytes=1000000-"})
    assert (rest.status_code, rest.content) == (206, IMAGE[1_000_000:])
    same = {"Range": "bytes=0-9", "If-Range": whole.headers["etag"]}
    assert (await central.anonymous.get(path, headers=same)).content == IMAGE[:10]
    beyond = await central.anonymous.get(path, headers={"Range": f"bytes={len(IMAGE)}-"})
    assert beyond.status_code == 416
    assert (await central.anonymous.head(path)).headers["content-length"] == str(len(IMAGE))
    for status in ("Downloading", "Downloaded", "Installing"):
        await charger.call("FirmwareStatusNotification", status=status)
        (job,) = await jobs(central)
        assert (job["status"], job["outcome"], job["downloads"]) == (status, "open", 4)
    await charger.call("FirmwareStatusNotification", status="Installed")
    (job,) = await jobs(central)
    assert (job["outcome"], job["image_id"]) == ("done", image_id)
    assert (await central.anonymous.get(path)).status_code == 410


async def test_a_failed_download_may_be_tried_again_until_the_address_expires(
    central, connect_charger, image_id
):
    charger = await connect_charger("CP001", UpdateFirmware={})
    await update(central, image_id)
    path = await told_location(central, charger)
    await charger.call("FirmwareStatusNotification", status="DownloadFailed")
    assert [job["outcome"] for job in await jobs(central)] == ["failed"]
    await charger.call("FirmwareStatusNotification", status="Downloading")
    assert [job["outcome"] for job in await jobs(central)] == ["open"]
    central.clock.set(central.clock.now() + timedelta(days=1))
    gone = await central.anonymous.get(path)
    assert gone.status_code == 410
    assert "expired" in gone.json()["error"]["what"]


async def test_the_address_lasts_from_when_the_charger_is_to_come(
    central, connect_charger, image_id
):
    charger = await connect_charger("CP001", UpdateFirmware={})
    later = central.clock.now() + timedelta(days=7)
    await update(central, image_id, retrieve_date=format_time(later))
    central.clock.set(later + timedelta(hours=23))
    path = await told_location(central, charger)
    assert (await central.anonymous.get(path)).status_code == 200


async def test_a_token_stands_in_no_record_and_no_log(central, connect_charger, image_id):
    charger = await connect_charger("CP001", UpdateFirmware={})
    with structlog.testing.capture_logs() as lines:
        told = (await update(central, image_id)).json()
        path = await told_location(central, charger)
        await central.anonymous.get(path)
    token = path.rpartition("/")[2]
    assert len(token) >= 43
    await central.system.services.message_log.flush()
    for shown in ("/api/admin/commands", "/api/messages/CP001", "/api/admin/file-jobs"):
        assert token not in (await central.admin.get(shown)).text
    assert token not in str(lines)
    record = (await central.admin.get(f"/api/admin/commands/{told['command_id']}")).json()
    assert record["payload"]["location"] == "http://central/files/firmware/(hidden)"
    again = await central.admin.post(f"/api/admin/commands/{told['command_id']}/repeat")
    assert again.json()["success"] is True
    other = await told_location(central, charger)
    assert other != path
    assert (await central.anonymous.get(other)).content == IMAGE


async def test_an_address_that_no_charger_took_is_void(central, connect_charger, image_id):
    charger = await connect_charger("CP001")
    assert (await update(central, image_id)).status_code == 502
    (job,) = await jobs(central)
    assert job["outcome"] == "cancelled"
    assert (await central.anonymous.get(await told_location(central, charger))).status_code == 410


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"image_id": 1, "location": "http://files.example/f"}, 422),
        ({"image_id": 4711}, 404),
    ],
)
async def test_firmware_is_an_image_or_a_location(central, connect_charger, image_id, body, status):
    charger = await connect_charger("CP001", UpdateFirmware={})
    assert image_id == 1
    body = {"retrieve_date": format_time(central.clock.now())} | body
    answer = await central.admin.post("/api/ocpp/CP001/update-firmware", json=body)
    assert answer.status_code == status, answer.text
    assert not charger.commands
    assert await jobs(central) == []


async def test_signed_firmware_goes_out_with_its_signature(central, connect_charger):
    charger = await connect_charger("CP001", SignedUpdateFirmware={"status": "Accepted"})
    pem, signature = Authority().pem, base64.b64encode(b"signature" * 20).decode()
    made = await add_image(central, signature=signature, signing_certificate=pem)
    assert made.json()["is_signed"] is True, made.text
    firmware = {
        "image_id": made.json()["id"],
        "retrieve_date_time": format_time(central.clock.now()),
    }
    body = {"request_id": 7, "firmware": firmware}
    told = await central.admin.post("/api/ocpp/CP001/signed-update-firmware", json=body)
    assert told.json()["success"] is True, told.text
    sent = charger.commands[0].payload["firmware"]
    assert (sent["signature"], sent["signingCertificate"]) == (signature, pem)
    path = urlsplit(sent["location"]).path
    assert (await central.anonymous.get(path)).content == IMAGE
    await charger.call("SignedFirmwareStatusNotification", status="InvalidSignature", requestId=7)
    assert [(job["request_id"], job["outcome"]) for job in await jobs(central)] == [(7, "failed")]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"sha256": "00" * 32}, "body: sha256"),
        ({"signature": "AAAA"}, "body"),
        ({"signature": "?", "signing_certificate": "x"}, "body: signature"),
        ({"signature": "AAAA", "signing_certificate": "x"}, "body: signing_certificate"),
        ({"version": ""}, "body: version"),
        ({"nonsense": "x"}, "body"),
    ],
)
async def test_an_image_that_cannot_be_right_leaves_nothing_behind(central, fields, where):
    answer = await add_image(central, **fields)
    assert (answer.status_code, answer.json()["error"]["where"]) == (422, where), answer.text
    assert (await central.admin.get("/api/admin/firmware")).json() == []
    assert stored(central) == []


async def test_an_image_that_a_charger_may_fetch_stays(central, connect_charger, image_id):
    charger = await connect_charger("CP001", UpdateFirmware={})
    await update(central, image_id)
    assert (await central.admin.delete(f"/api/admin/firmware/{image_id}")).status_code == 409
    await charger.call("FirmwareStatusNotification", status="Installed")
    assert (await central.admin.delete(f"/api/admin/firmware/{image_id}")).status_code == 204
    assert stored(central) == []


def stored(central):
    folder = central.system.services.files.path("")
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
async def upload_path(central, connect_charger):
    charger = await connect_charger("CP001", GetDiagnostics={"fileName": "log.txt"})
    answer = await central.admin.post("/api/ocpp/CP001/get-diagnostics", json={})
    assert answer.json()["success"] is True, answer.text
    return await told_location(central, charger)


async def uploads(central):
    return (await central.admin.get("/api/admin/uploads?charger=CP001")).json()


@pytest.mark.parametrize(
    ("method", "suffix", "options", "name"),
    [
        ("PUT", "/log.txt", {"content": b"diagnostics"}, "log.txt"),
        ("PUT", "/", {"content": b"diagnostics"}, "upload"),
        ("POST", "", {"content": b"diagnostics"}, "upload"),
        ("POST", "", {"files": {"file": ("log.txt", b"diagnostics")}}, "log.txt"),
        ("POST", "/", {"files": {"f": ("../../etc/x", b"diagnostics")}, "data": {"a": "b"}}, "x"),
        ("PUT", "/..%2F..%2Fetc%2Fpasswd", {"content": b"diagnostics"}, "passwd"),
    ],
)
async def test_a_charger_brings_a_file(central, upload_path, method, suffix, options, name):
    answer = await central.anonymous.request(method, upload_path + suffix, **options)
    assert answer.status_code == 201, answer.text
    (found,) = await uploads(central)
    assert (found["file_name"], found["size_bytes"]) == (name, 11)
    assert found["sha256"] == hashlib.sha256(b"diagnostics").hexdigest()
    content = await central.admin.get(f"/api/admin/uploads/{found['id']}/content")
    assert content.content == b"diagnostics"
    assert content.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert content.headers["content-type"] == "application/octet-stream"
    assert (await central.admin.delete(f"/api/admin/uploads/{found['id']}")).status_code == 204
    assert stored(central) == []


async def test_a_second_file_of_the_same_name_is_another_file(central, upload_path):
    for content in (b"first", b"second"):
        await central.anonymous.put(f"{upload_path}/log.txt", content=content)
    second, first = await uploads(central)
    assert first["file_name"] == second["file_name"] == "log.txt"
    old = await central.admin.get(f"/api/admin/uploads/{first['id']}/content")
    assert old.content == b"first"


async def test_no_more_files_come_than_a_job_may_bring(central, upload_path):
    for _ in range(MOST_UPLOADS):
        assert (await central.anonymous.put(upload_path, content=b"x")).status_code == 201
    assert (await central.anonymous.put(upload_path, content=b"x")).status_code == 409


@pytest.mark.parametrize("central", [{"upload_max_bytes": 1_000}], indirect=True)
async def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(central, upload_path):
    async def unannounced():
        for _ in range(11):
            yield b"x" * 100

    for content in (b"x" * 100_000, unannounced()):
        answer = await central.anonymous.put(upload_path, content=content)
        assert answer.status_code == 413, answer.text
    assert stored(central) == []
    assert (await central.anonymous.put(upload_path, content=b"x" * 1_000)).status_code == 201


async def test_a_full_disk_is_said_and_leaves_nothing(central, upload_path, monkeypatch):
    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("central.domain.file_jobs_store.os.fsync", full)
    answer = await central.anonymous.put(upload_path, content=b"x")
    assert answer.status_code == 507
    assert stored(central) == []


async def test_who_does_not_know_a_token_gets_and_brings_nothing(central, upload_path, image_id):
    assert (await central.anonymous.get("/files/firmware/guess")).status_code == 404
    assert (await central.anonymous.put("/files/uploads/guess", content=b"x")).status_code == 404
    # A token is good for what it was made for.
    crossed = upload_path.replace("uploads", "firmware")
    assert (await central.anonymous.get(crossed)).status_code == 404
    part = {"Content-Range": "bytes 0-0/2"}
    refused = await central.anonymous.put(upload_path, content=b"x", headers=part)
    assert refused.status_code == 400
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    for body in (b"", b"--b\r\n", b"--b--", b'--b\r\nContent-Disposition: form-data; name="f"; '):
        broken = await central.anonymous.post(upload_path, content=body, headers=form)
        assert broken.status_code == 422, body
    assert await uploads(central) == []


@pytest.mark.parametrize("central", [{"public_url": ""}], indirect=True)
async def test_without_a_public_address_the_operator_is_told_to_set_it(central, connect_charger):
    await connect_charger("CP001", GetDiagnostics={})
    answer = await central.admin.post("/api/ocpp/CP001/get-diagnostics", json={})
    assert answer.status_code == 409
    assert answer.json()["error"]["where"] == "PUBLIC_URL"
