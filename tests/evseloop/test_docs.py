"""What the pages of docs/ say is true: their examples run, their lists are complete."""

from __future__ import annotations

import asyncio
import contextlib
import re
import runpy
import sqlite3
from pathlib import Path

import pytest
from matplotlib.testing.compare import compare_images
from websockets.exceptions import InvalidStatus

from central.api.ocpp_operations import OPERATIONS
from central.settings import Settings
from evseloop.__main__ import main
from hil.limits import Outcome
from hil.limits.requirement import Limit, Requirement, Source
from scenarios.listener import SUITES
from twin import faults
from twin.charge_point.keys import Access
from twin.charge_point.running import KEYS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"(?s)```{language}\n(.*?)```", text)


def rows(text, heading):
    """Return the cells of the table whose first column has that heading."""
    table = re.search(rf"(?m)^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text)
    assert table, f"no table {heading!r}"
    lines = table[1].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


# --- central.md ---


def test_every_setting_is_in_the_table_with_its_default(monkeypatch):
    table = {cells[0].strip("`"): cells[1] for cells in rows(page("central.md"), "Variable")}
    assert list(table) == [name.upper() for name in Settings.model_fields]
    for name in table:
        monkeypatch.delenv(name, raising=False)
    defaults = Settings.load()
    for name, told in table.items():
        default = getattr(defaults, name.lower())
        if told.startswith("`"):
            monkeypatch.setenv(name, told.strip("`"))
            assert getattr(Settings.load(), name.lower()) == default, name
        else:
            assert default in (None, (), ""), name


async def test_a_refused_charger_leaves_the_log_line_that_the_page_tells(
    start_central, play_charger
):
    reasons = dict(rows(page("central.md").replace("\n  |", "\n|"), "`status`"))
    central = start_central(LOG_FORMAT="json")
    with pytest.raises(InvalidStatus, match="404"):
        await play_charger(central.ocpp, "CP001")
    assert central.end() == 0
    line = next(each for each in central.stderr.read_text().splitlines() if "refused" in each)
    assert reasons["404"].strip("`") in line
    for field in ("path", "remote", "status", "reason"):
        assert f'"{field}"' in line


def test_a_copy_of_the_running_database_is_a_backup(start_central, tmp_path):
    (command,) = re.findall(r'sqlite3 central.db "(.*)"', page("central.md"))
    central = start_central()
    central.add_charger("CP001")
    copy = tmp_path / "backup.db"
    with contextlib.closing(sqlite3.connect(tmp_path / "central.db")) as connection:
        connection.execute(command.replace("backup.db", str(copy)))
    assert central.end() == 0
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT charge_point_id FROM chargers").fetchall() == [("CP001",)]


# --- api.md ---


@pytest.fixture
async def loop_with_a_charger(start_central, play_charger):
    """A central system with `evseloop-home` connected, which starts and stops as it is told."""
    central = start_central()
    tasks = []
    moment = "2026-06-01T12:00:00Z"

    def start(payload):
        tasks.append(asyncio.create_task(charge(payload["idTag"])))
        return {"status": "Accepted"}

    async def charge(id_tag):
        begun = await charger.call(
            "StartTransaction", connectorId=1, idTag=id_tag, meterStart=1000, timestamp=moment
        )
        power = {"value": "3600", "measurand": "Power.Active.Import", "unit": "W"}
        await charger.call(
            "MeterValues",
            connectorId=1,
            transactionId=begun["transactionId"],
            meterValue=[{"timestamp": moment, "sampledValue": [{"value": "1500"}, power]}],
        )

    def stop(payload):
        tasks.append(
            asyncio.create_task(
                charger.call(
                    "StopTransaction",
                    transactionId=payload["transactionId"],
                    meterStop=2000,
                    timestamp=moment,
                )
            )
        )
        return {"status": "Accepted"}

    known = {"key": "HeartbeatInterval", "value": "600", "readonly": False}
    charger = await play_charger(
        central.ocpp,
        "evseloop-home",
        central.add_charger("evseloop-home"),
        RemoteStartTransaction=start,
        RemoteStopTransaction=stop,
        ChangeConfiguration={"status": "Accepted"},
        GetConfiguration={"configurationKey": [known]},
    )
    await charger.boot()
    yield central
    await asyncio.gather(*tasks)


EXPECTED = (
    ("evseloop-home\tonline\tavailable", '"Available"'),
    ('"id_tag":"APP-1"', "\nAPP-1"),
    ('"price_per_kwh_minor": 40', "\n0.4"),
    ('"message":"Charging started","transaction_id":1',),
    ('"status": "active"', '"energy_wh": 500'),
    ("3600", '"total_kwh": 1.5'),
    ('"stopped":true',),
    ('"success":true', "answered ChangeConfiguration with Accepted", '"value": "600"'),
    ('"answered"',),
    ("there is no charger nowhere",),
    ('rel="next"',),
)
"""What the answers to each block of the page hold, from the second block on."""


async def test_the_round_with_curl_works_as_the_page_says(loop_with_a_charger, tmp_path):
    central = loop_with_a_charger
    first, *others = blocks(page("api.md"), "sh")
    assert len(others) == len(EXPECTED)
    first = (
        first.replace("http://127.0.0.1:8000", central.http)
        .replace("admin@evseloop.local", central.admin_email)
        .replace("the password that make run printed", central.admin_password)
    )
    answers = []
    script = ["set -euo pipefail", first]
    for index, block in enumerate(others):
        script += [block, f"echo; echo '=== {index}'"]
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", "\n".join(script)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=tmp_path,
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode() + out.decode()
    answers = re.split(r"\n=== \d+\n", out.decode())
    for answer, parts in zip(answers, EXPECTED, strict=False):
        for part in parts:
            assert part in answer
    told = blocks(page("api.md"), "json")[0]
    assert re.sub(r"\s", "", told) in re.sub(r"\s", "", answers[9])


def test_the_page_names_every_operation():
    text = page("api.md")
    named = re.search(r"(?s)\| Operations \|\n(.*?)\n\n", text)
    assert named
    assert re.findall(r"`([a-z-]+)`", named[1]) == [operation.path for operation in OPERATIONS]


# --- twin.md ---


def test_the_example_of_the_twin_runs(capsys):
    (program,) = blocks(page("twin.md"), "python")
    assert len(program.splitlines()) <= 20
    exec(compile(program, "docs/twin.md", "exec"), {})
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"1[56]\.\d A, pilot 2[67]\.\d %", first)
    assert second.startswith("open after ")
    assert second.endswith("['residual-current']")


def test_the_lists_of_faults_and_vehicles_are_those_of_the_registries():
    text = page("twin.md")
    assert runpy.run_path(str(DOCS / "lists.py"))["updated"](text) == text, "run: make docs"
    assert faults.describe() in text


def test_every_configuration_key_stands_in_a_table_with_its_default():
    lines = [line for line in page("twin.md").splitlines() if line.startswith("| `")]
    cells = [line.split("|")[1:-1] for line in lines]
    told = {key: row for row in cells for key in re.findall(r"`(\w+)`", row[0])}
    for key in KEYS:
        assert key.name in told, key.name
        if key.access is Access.READ_WRITE and key.name not in {"CpoName", "SecurityProfile"}:
            assert told[key.name][-1].strip() == (key.default or "none"), key.name
        elif key.default:
            value = rf"\b{re.escape(key.default)}\b"
            assert re.search(value, " ".join(told[key.name][1:])), key.name


def test_the_picture_shows_what_the_twin_does(tmp_path):
    again = tmp_path / "charging-start.png"
    runpy.run_path(str(DOCS / "images" / "charging_start.py"))["draw"](again)
    differs = compare_images(str(DOCS / "images" / "charging-start.png"), str(again), tol=3)
    assert differs is None, f"run: make docs\n{differs}"


# --- scenarios.md ---


def test_the_scenario_of_the_page_runs(tmp_path, monkeypatch, capsys):
    (suite,) = blocks(page("scenarios.md"), "robotframework")
    (tmp_path / "my.robot").write_text(suite, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["scenarios", "my.robot"]) == 0
    assert "IEC61851.OPEN_ON_C_TO_B" in capsys.readouterr().out
    told = {cells[0] for cells in rows(page("scenarios.md"), "File")}
    for name in re.findall(r"`([a-z]+\.[a-z]+)`", " ".join(told)):
        assert (tmp_path / "out" / "scenarios" / name).is_file(), name


def test_the_page_names_every_field_of_a_requirement():
    first = " ".join(cells[0] for cells in rows(page("scenarios.md"), "Field"))
    told = set(re.findall(r"`([a-z_.]+)`", first))
    fields = {f"source.{name}" for name in Source.__struct_fields__}
    fields |= {f"limit.{name}" for name in Limit.__struct_fields__}
    fields |= set(Requirement.__struct_fields__) - {"source", "limit", "id"}
    assert told == fields


def test_the_page_names_every_verdict_and_topic():
    text = page("scenarios.md")
    assert {cells[0] for cells in rows(text, "Verdict")} == {each.value for each in Outcome}
    topics = re.search(r"the scenarios by topic: ([a-z, ]+)", text)
    assert topics
    assert topics[1].rstrip().split(", ") == sorted(p.name for p in SUITES.iterdir() if p.is_dir())


# --- all pages ---


def test_decisions_are_numbered_without_gaps_and_say_when_to_look_again():
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    for number, path in enumerate(pages, 1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        for part in ("**Decided.**", "**Why.**", "**Look again**"):
            assert part in text, f"{path.name} lacks {part}"


def anchors(path):
    heads = re.findall(r"(?m)^#+ (.+)$", path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}


def test_links_of_all_pages_lead_somewhere():
    broken = []
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")]:
        for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            if "://" in link:
                continue
            file, _, anchor = link.partition("#")
            target = path.parent / file if file else path
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{path.name}: {link}")
    assert broken == []
