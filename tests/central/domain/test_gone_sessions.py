"""Sessions that seem gone: evidence, grace online, provisional end, and the stop that wins."""

from datetime import timedelta

import pytest

from central.domain import presence, statistics
from central.domain.meter_values import METER_ROWS
from central.domain.statistics import Counter
from central.domain.transactions import State


async def report(bench, transaction_id, wh):
    await bench.storage.write_rows(METER_ROWS, [bench.row(transaction_id, wh)])


@pytest.mark.parametrize("evidence", ["Available", "Boot"])
async def test_evidence_makes_a_session_expect_its_stop(bench, evidence):
    started = await bench.start()
    bench.later(minutes=5)
    await (bench.boot() if evidence == "Boot" else bench.status("Available"))
    session = await bench.session(started.transaction_id)
    assert (session.state, session.stop_evidence) == (State.STOP_EXPECTED, evidence)
    assert session.stop_expected_at == bench.now


@pytest.mark.parametrize(
    ("status", "connector_id"),
    [("Available", 2), ("Available", 0), ("Finishing", 1), ("Faulted", 1), ("Unavailable", 1)],
)
async def test_other_statuses_and_other_connectors_are_no_evidence(bench, status, connector_id):
    started = await bench.start()
    await bench.status(status, connector_id)
    assert (await bench.session(started.transaction_id)).state == State.OPEN


async def test_a_session_is_closed_provisionally_from_its_last_register(bench):
    started = await bench.start()
    bench.later(minutes=10)
    await report(bench, started.transaction_id, 2000)
    last = bench.now
    bench.later(minutes=1)
    await bench.status("Available")
    bench.later(minutes=15)
    (closed,) = await bench.sweep()
    session = await bench.session(started.transaction_id)
    assert (closed.transaction_id, closed.energy_wh) == (started.transaction_id, 1000)
    assert (session.state, session.stopped_at) == (State.PROVISIONAL, last)
    assert (session.meter_stop_wh, session.cost_minor) == (2000, 40)
    assert await bench.entries() == [("charge", -40, -40)]


async def test_the_grace_is_not_over_a_moment_earlier(bench):
    await bench.start()
    await bench.status("Available")
    bench.later(minutes=14, seconds=59, microseconds=999_999)
    assert await bench.sweep() == []


async def test_without_any_value_a_session_ends_with_no_energy(bench):
    started = await bench.start()
    bench.later(minutes=1)
    await bench.boot()
    bench.later(minutes=15)
    await bench.sweep()
    session = await bench.session(started.transaction_id)
    assert (session.energy_wh, session.stopped_at) == (0, session.stop_expected_at)
    assert await bench.entries() == []


async def test_a_later_stop_wins_and_corrects_the_money(bench):
    started = await bench.start()
    bench.later(minutes=10)
    await report(bench, started.transaction_id, 2000)
    await bench.status("Available")
    bench.later(minutes=30)
    await bench.sweep()
    await bench.stop(started.transaction_id, timestamp=bench.now - timedelta(minutes=28))
    session = await bench.session(started.transaction_id)
    assert (session.state, session.energy_wh, session.cost_minor) == (State.CLOSED, 2500, 100)
    assert await bench.entries() == [("charge", -40, -40), ("adjustment", -60, -100)]
    counted = await bench.storage.read(statistics.totals)
    assert (counted[Counter.SESSIONS_CLOSED], counted[Counter.ENERGY_WH]) == (1, 2500)


async def test_a_later_stop_may_give_money_back(bench):
    started = await bench.start()
    bench.later(minutes=10)
    await report(bench, started.transaction_id, 5000)
    await bench.status("Available")
    bench.later(minutes=30)
    await bench.sweep()
    await bench.stop(started.transaction_id, meter_stop_wh=3500)
    assert await bench.entries() == [("charge", -160, -160), ("adjustment", 60, -100)]


async def test_a_later_stop_that_says_the_same_changes_no_money(bench):
    started = await bench.start()
    bench.later(minutes=10)
    await report(bench, started.transaction_id, 3500)
    await bench.status("Available")
    bench.later(minutes=30)
    await bench.sweep()
    await bench.stop(started.transaction_id)
    assert await bench.entries() == [("charge", -100, -100)]


async def test_the_grace_runs_only_while_the_charger_is_online(bench):
    await bench.start()
    await bench.status("Available")
    bench.later(minutes=10)
    await bench.offline()
    bench.later(days=3)
    assert await bench.sweep() == []
    await bench.online()
    bench.later(minutes=4)
    assert await bench.sweep() == []
    bench.later(minutes=1)
    assert len(await bench.sweep()) == 1


async def test_a_second_socket_of_the_same_charger_counts_no_time_twice(bench):
    await bench.start()
    await bench.status("Available")
    bench.later(minutes=8)
    await bench.online()
    bench.later(minutes=6)
    assert await bench.sweep() == []


async def test_a_restart_of_the_server_counts_time_up_to_the_last_message_only(bench):
    await bench.start()
    await bench.status("Available")
    seen = bench.later(minutes=5)
    await bench.storage.write(presence.record_seen, {"CP1": seen})
    bench.later(hours=2)
    assert await bench.storage.write(presence.record_restart) == 2
    await bench.online()
    bench.later(minutes=9)
    assert await bench.sweep() == []
    bench.later(minutes=1)
    assert len(await bench.sweep()) == 1


async def test_a_session_whose_meter_still_reports_is_left_alone(bench):
    started = await bench.start()
    await bench.boot()
    for _ in range(5):
        bench.later(minutes=10)
        await report(bench, started.transaction_id, 2000)
        assert await bench.sweep() == []
    bench.later(minutes=15)
    assert len(await bench.sweep()) == 1


async def test_values_from_the_future_do_not_keep_a_session_alive(bench):
    started = await bench.start()
    row = bench.row(started.transaction_id, 2000, timestamp=bench.now + timedelta(days=30))
    await bench.storage.write_rows(METER_ROWS, [row])
    await bench.boot()
    bench.later(minutes=15)
    assert len(await bench.sweep()) == 1


async def test_more_evidence_does_not_start_the_grace_anew(bench):
    await bench.start()
    await bench.status("Available")
    bench.later(minutes=14)
    await bench.boot()
    bench.later(minutes=1)
    assert len(await bench.sweep()) == 1


async def test_a_swept_session_is_not_swept_again(bench):
    await bench.start()
    await bench.boot()
    bench.later(minutes=15)
    assert len(await bench.sweep()) == 1
    assert await bench.sweep() == []
    assert len(await bench.entries()) == 0


async def test_seven_days_offline_with_the_status_arriving_before_the_queued_stop(bench):
    """Statuses overtake the queue: the session is only suspected, and its stop finds it."""
    started = await bench.start()
    bench.later(minutes=5)
    await bench.offline()
    stopped_at = bench.now + timedelta(hours=3)
    second_start = bench.now + timedelta(days=2)
    bench.later(days=7)
    assert await bench.sweep() == []
    await bench.online()
    await bench.boot()
    await bench.status("Available")
    bench.later(seconds=30)
    assert await bench.sweep() == []
    assert (await bench.session(started.transaction_id)).state == State.STOP_EXPECTED
    # Now the queue: values and stop of the first session, then a whole second one.
    first = started.transaction_id
    values = bench.row(first, 3000, timestamp=stopped_at - timedelta(hours=1))
    await bench.storage.write_rows(METER_ROWS, [values])
    await bench.stop(first, timestamp=stopped_at, id_tag=bench.tag)
    second = await bench.start(timestamp=second_start, meter_start_wh=3500)
    await bench.stop(
        second.transaction_id,
        timestamp=second_start + timedelta(hours=1),
        meter_stop_wh=6000,
    )
    bench.later(hours=1)
    assert await bench.sweep() == []
    sessions = await bench.sessions()
    assert [session.state for session in sessions] == [State.CLOSED, State.CLOSED]
    assert [session.stopped_at for session in sessions] == [
        stopped_at,
        second_start + timedelta(hours=1),
    ]
    assert [entry[:2] for entry in await bench.entries()] == [("charge", -100), ("charge", -100)]
    assert second.tag_info.status == "Accepted"
    assert await bench.violations() == []


async def test_a_queue_that_takes_longer_than_the_grace_ends_in_the_same_books(bench):
    started = await bench.start()
    await bench.offline()
    bench.later(days=7)
    await bench.online()
    await bench.status("Available")
    bench.later(minutes=20)
    assert len(await bench.sweep()) == 1
    await bench.stop(started.transaction_id, timestamp=bench.now - timedelta(days=6))
    assert (await bench.session(started.transaction_id)).state == State.CLOSED
    assert await bench.entries() == [("charge", -100, -100)]
