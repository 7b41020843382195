"""The diagram of a recording, as people read it."""

from __future__ import annotations

import html
import json
import re

from hil.wire.diagram import draw
from hil.wire.recording import Recording
from hil.wire.rules import judge


def rows(page: str) -> list[list[str]]:
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", page)
    return [[html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", r)] for r in found]


def recording() -> Recording:
    made = Recording()
    made.add(0, 1, "<", "open", "ocpp1.6")
    key = {"key": "authorizationKey", "value": "4F43415F"}
    made.add(61_002_000, 1, "<", "message", json.dumps([2, "a", "ChangeConfiguration", key]))
    made.add(61_042_000, 1, ">", "message", json.dumps([3, "a", {"status": "Accepted"}]))
    location = {"location": "ftp://me:hunter2@files.example/logs"}
    made.add(61_042_000, 1, "<", "message", json.dumps([2, "b", "GetDiagnostics", location]))
    made.add(3_661_000_000, 1, ">", "message", json.dumps([4, "z", "Nonsense<b>", "", {}]))
    made.add(3_662_000_000, 1, ">", "gone")
    return made


def test_an_answer_has_the_name_of_its_call_and_its_latency() -> None:
    (_, opened, call, answer, fetch, wrong, gone) = rows(draw(recording()))
    assert opened[:2] == ["0:00:00.000", "connected, ocpp1.6 ──"]
    assert call[0] == "0:01:01.002"
    assert call[1].startswith("◀── ChangeConfiguration ─")
    assert answer[1].startswith("┄┄ ChangeConfiguration ┄")
    assert answer[1].endswith("┄▶")
    assert answer[2:] == ["40 ms", "status Accepted"]
    assert fetch[3] == "location ftp://…@files.example/logs"
    assert "Nonsense<b>" in wrong[1]
    assert gone[0] == "1:01:02.000"


def test_what_broke_a_rule_stands_in_red_and_keys_do_not_stand_there() -> None:
    made = recording()
    breaks = [each for found in judge(made, connectors=1).values() for each in found]
    page = draw(made, breaks)
    assert page.count("color:#b3261e") == 1
    assert "which there is none of" in page
    assert "4F43415F" not in page
    assert "hunter2" not in page
    assert "<b>" not in page


def test_a_message_that_is_no_frame_tells_no_key_either() -> None:
    made = Recording()
    key = {"key": "AuthorizationKey", "value": "4F43415F"}
    made.add(0, 1, "<", "message", json.dumps([2, "a", "ChangeConfiguration", key, {}]))
    (broken,) = judge(made, connectors=1)["WIRE_FRAMES"]
    assert "ChangeConfiguration" in broken.text
    assert "4F43415F" not in draw(made, [broken]) + broken.text
