"""Records: commands, violations, counters."""

from datetime import timedelta

import pytest

from central.domain import commands, statistics, users, violations
from central.domain.errors import NotFoundError
from central.domain.statistics import Counter


async def test_a_command_is_recorded_before_and_after(storage, now):
    number = await storage.write(
        commands.record_command, "CP1", "Reset", {"type": "Hard"}, now, requested_by=7
    )
    sent = await storage.read(commands.get_command, number)
    assert (sent.outcome, sent.response, sent.latency_us) == ("sent", None, None)
    assert (sent.payload, sent.requested_by, sent.requested_at) == ({"type": "Hard"}, 7, now)
    await storage.write(
        commands.finish_command,
        number,
        "answered",
        response={"status": "Accepted"},
        latency_us=1500,
    )
    done = await storage.read(commands.get_command, number)
    assert (done.outcome, done.response, done.latency_us) == (
        "answered",
        {"status": "Accepted"},
        1500,
    )


async def test_commands_are_listed_newest_first_page_by_page(storage, now):
    numbers = [
        await storage.write(commands.record_command, charger, "ClearCache", {}, now)
        for charger in ("CP1", "CP2", "CP1", "CP1")
    ]
    of_one = commands.CommandQuery(charge_point_id="CP1")
    page = await storage.read(commands.list_commands, of_one, limit=2)
    rest = await storage.read(commands.list_commands, of_one, limit=2, before_id=page[-1].id)
    assert [command.id for command in page + rest] == [numbers[3], numbers[2], numbers[0]]
    assert len(await storage.read(commands.list_commands)) == 4


async def test_commands_are_chosen_by_action_outcome_and_time_and_tell_who_asked(storage, now):
    def record(conn):
        user = users.add_user(conn, email="op@example.org", name="Op", password_hash="-", now=now)
        return [
            commands.record_command(
                conn, "CP1", action, {}, now + timedelta(hours=hour), requested_by=user.id
            )
            for hour, action in enumerate(("Reset", "ClearCache", "Reset", "Reset"))
        ]

    numbers = await storage.write(record)
    await storage.write(commands.finish_command, numbers[2], "timed_out")

    async def listed(**query):
        found = await storage.read(commands.list_commands, commands.CommandQuery(**query))
        assert {one.requested_by_email for one in found} == {"op@example.org"}
        return [numbers.index(one.id) for one in found]

    assert await listed(action="Reset") == [3, 2, 0]
    assert await listed(outcome="timed_out") == [2]
    times = {"not_before": now + timedelta(hours=1), "before": now + timedelta(hours=3)}
    assert await listed(**times) == [2, 1]
    assert await listed(**times, action="Reset", charge_point_id="CP1") == [2]


async def test_commands_of_a_process_that_was_killed_end_as_unknown(storage, now):
    numbers = [
        await storage.write(commands.record_command, "CP1", "Reset", {}, now) for _ in range(2)
    ]
    await storage.write(commands.finish_command, numbers[0], "answered", response={})
    assert await storage.write(commands.give_up_commands) == 1
    found = await storage.read(commands.list_commands)
    assert [one.outcome for one in found] == ["unknown", "answered"]
    assert await storage.write(commands.give_up_commands) == 0


async def test_a_command_that_is_not_there_is_said(storage):
    with pytest.raises(NotFoundError):
        await storage.read(commands.get_command, 10**6)
    with pytest.raises(NotFoundError):
        await storage.write(commands.finish_command, 10**6, "answered")


async def test_a_violation_is_kept_counted_and_cut(storage, now):
    detail = "nul\x00" + "x" * 5000
    await storage.write(
        violations.record_violation, "CP1", "Heartbeat" * 20, "Code" * 20, detail, now
    )
    (found,) = await storage.read(violations.list_violations)
    assert (len(found.detail), len(found.action), len(found.code)) == (2000, 50, 50)
    assert found.detail.startswith("nul\ufffd")
    assert (await storage.read(statistics.totals))[Counter.VIOLATIONS] == 1


async def test_violations_are_listed_by_charger_and_page_and_forgotten_by_age(storage, now):
    for number in range(5):
        moment = now + timedelta(days=number)
        await storage.write(
            violations.record_violation, f"CP{number % 2}", "A", f"C{number}", "", moment
        )
    page = await storage.read(violations.list_violations, charge_point_id="CP0", limit=2)
    rest = await storage.read(
        violations.list_violations, charge_point_id="CP0", before_id=page[-1].id
    )
    assert [violation.code for violation in page + rest] == ["C4", "C2", "C0"]
    forgotten = await storage.write(violations.purge_violations, now + timedelta(days=2))
    assert forgotten == 2
    assert len(await storage.read(violations.list_violations)) == 3


async def test_counters_are_summed_over_chargers_and_can_be_corrected(storage):
    await storage.write(statistics.add, "CP1", {Counter.ENERGY_WH: 500, Counter.VIOLATIONS: 0})
    await storage.write(statistics.add, "CP2", {Counter.ENERGY_WH: 700})
    await storage.write(statistics.add, "CP1", {Counter.ENERGY_WH: -100})
    assert (await storage.read(statistics.totals))[Counter.ENERGY_WH] == 1100
    assert (await storage.read(statistics.totals, "CP1"))[Counter.ENERGY_WH] == 400
    assert (await storage.read(statistics.totals))[Counter.SESSIONS_STARTED] == 0
