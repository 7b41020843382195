"""The ESP32's delivery of logs, with a task, a queue and a file server that are played."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware"
FLAGS = "-std=gnu++17 -O1 -Wall -Wextra -Wshadow -Werror -fsanitize=address,undefined"
FOLDER = "https://files.example/logs"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("logs") / "log_delivery"
    includes = [f"-I{FIRMWARE}/{place}" for place in ("lib/hal/include", "src/esp32")]
    includes.append(f"-I{FIRMWARE}/test/declarations")
    sources = [FIRMWARE / f"src/esp32/{name}.cpp" for name in ("LogDelivery", "HttpsRequest")]
    sources.append(FIRMWARE / "test/esp32/log_delivery.cpp")
    command = ["g++", *FLAGS.split(), "-DCONFIG_IDF_TARGET_ESP32=1", *includes, *sources]
    subprocess.run([*command, "-o", made], check=True)
    return made


def deliver(program: Path, url: str, size: int, *statuses: int) -> list[str]:
    """Return what the server got and what the uploader says in the end, line by line."""
    command = [program, url, str(size), *map(str, statuses)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_log_is_put_into_the_folder(program):
    assert deliver(program, FOLDER + "/", 300, 201) == [
        "taken 300",
        f"PUT {FOLDER}/CP1-diagnostics.log auth=0 ca=CA [Content-Type: text/plain] announced=300",
        "body 300 " + 300 * "x",
        "Done: ",
    ]


def test_user_and_password_of_the_url_leave_with_the_request_and_its_query_stays(program):
    (_, request, *_) = deliver(program, "https://me:pw@files.example/logs?token=1", 10, 200)
    assert request.startswith(
        "PUT https://me:pw@files.example/logs/CP1-diagnostics.log?token=1 auth=1 "
    )


@pytest.mark.parametrize("refused", [404, 405, 501])
def test_where_there_is_no_put_it_is_posted_as_a_form(program, refused):
    _, put, _, post, *body, outcome = deliver(program, FOLDER, 20, refused, 200)
    assert put.startswith("PUT ")
    assert post.startswith(f"POST {FOLDER} auth=0 ca=CA [Content-Type: multipart/form-data; ")
    form = "\n".join(body)
    size = int(post.rpartition("=")[2])
    assert form.startswith(f"body {size} --")
    assert 'name="file"; filename="CP1-diagnostics.log"' in form
    assert 20 * "x" in form
    assert form.rstrip().endswith("--")
    assert outcome == "Done: "


@pytest.mark.parametrize("refused", [401, 403])
def test_a_server_that_says_no_denies(program, refused):
    assert deliver(program, FOLDER, 10, refused)[-1] == "Denied: the server does not take the file"


def test_a_server_that_fails_or_is_away_fails(program):
    assert deliver(program, FOLDER, 10, 500)[-1] == "Failed: the server does not take the file"
    outcome = deliver(program, FOLDER, 10, 0)[-1]
    assert outcome == "Failed: the server cannot be reached, or not believed"


def test_a_log_of_many_pieces_arrives_whole_and_one_that_is_too_large_not_at_all(program):
    lines = deliver(program, FOLDER, 24 * 2048, 200)
    assert lines[0] == f"taken {24 * 2048}"
    assert lines[2].startswith(f"body {24 * 2048} ")
    lines = deliver(program, FOLDER, 24 * 2048 + 1, 200)
    assert lines == [
        f"taken {24 * 2048}",
        "Failed: the log is larger than there is room for",
    ]


def test_without_a_ca_nothing_leaves(program):
    assert deliver(program, "-", 10, 200) == [
        "taken 0",
        "Failed: no CA is set that a file server could be believed by",
    ]


def test_one_that_is_abandoned_never_leaves(program):
    assert deliver(program, FOLDER, 10, -1) == ["taken 10", "Idle: "]
