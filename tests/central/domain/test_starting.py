"""StartTransaction: once however often it comes, and a session whatever the tag is worth."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from central.domain import id_tags, transactions
from central.domain.errors import InvalidError
from central.domain.transactions import State
from central.models import transactions as table

YEARS_AGO = timedelta(days=365 * 8)


async def test_a_start_is_stored_and_gets_a_number_of_31_bits(bench):
    started = await bench.start()
    session = await bench.session(started.transaction_id)
    assert 0 < started.transaction_id < 2**31
    assert started.tag_info.status == "Accepted"
    assert (session.state, session.orphan, session.user_id) == (State.OPEN, False, bench.user_id)
    assert (session.meter_start_wh, session.started_at) == (1000, bench.now)
    assert (session.price_per_kwh_minor, session.currency) == (40, "EUR")


async def test_the_same_start_again_gets_the_same_number(bench):
    first = await bench.start()
    again = await bench.start()
    assert again.transaction_id == first.transaction_id
    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.tag_info == first.tag_info
    assert len(await bench.sessions()) == 1


async def test_the_same_start_on_two_connections_at_once_opens_one_session(bench):
    answers = await asyncio.gather(*(bench.start() for _ in range(12)))
    assert len({answer.transaction_id for answer in answers}) == 1
    assert sum(not answer.is_replay for answer in answers) == 1
    assert len(await bench.sessions()) == 1


async def test_a_tag_in_other_case_is_the_same_tag(bench):
    first = await bench.start(id_tag=bench.tag.lower())
    again = await bench.start(id_tag=bench.tag.upper())
    assert again.transaction_id == first.transaction_id


async def test_a_start_is_known_again_after_its_session_has_ended(bench):
    began = bench.now
    first = await bench.start()
    bench.later(hours=1)
    await bench.stop(first.transaction_id)
    again = await bench.start(timestamp=began)
    assert (again.transaction_id, again.is_replay) == (first.transaction_id, True)
    assert (await bench.session(first.transaction_id)).state == State.CLOSED


@pytest.mark.parametrize(
    "change",
    [
        {"charge_point_id": "CP2"},
        {"connector_id": 2},
        {"id_tag": "ANOTHER"},
        {"meter_start_wh": 1001},
    ],
)
async def test_a_start_that_differs_is_another_session(bench, change):
    first = await bench.start()
    second = await bench.start(**change)
    assert second.transaction_id != first.transaction_id


async def test_a_start_of_another_moment_is_another_session(bench):
    first = await bench.start()
    second = await bench.start(timestamp=bench.now + timedelta(microseconds=1))
    assert second.transaction_id != first.transaction_id


async def test_numbers_are_never_used_again(bench):
    first = await bench.start()
    await bench.storage.write(lambda conn: conn.execute(table.delete()))
    second = await bench.start()
    assert second.transaction_id > first.transaction_id


@pytest.mark.parametrize("error", [-YEARS_AGO, timedelta(hours=24, microseconds=1)])
async def test_with_a_clock_that_is_off_only_an_open_session_is_the_same(bench, error):
    wrong = bench.now + error
    first = await bench.start(timestamp=wrong)
    # The charger's clock has moved or started anew: the timestamp says nothing.
    again = await bench.start(
        timestamp=wrong - timedelta(days=1) if error < timedelta(0) else wrong
    )
    assert again.transaction_id == first.transaction_id
    await bench.stop(first.transaction_id)
    other = await bench.start(timestamp=wrong)
    assert other.transaction_id != first.transaction_id


async def test_with_a_clock_that_is_off_another_register_is_another_session(bench):
    first = await bench.start(timestamp=bench.now - YEARS_AGO)
    second = await bench.start(timestamp=bench.now - YEARS_AGO, meter_start_wh=1001)
    assert second.transaction_id != first.transaction_id


async def test_with_a_clock_that_is_off_the_arrival_counts_and_a_violation_is_noted(bench):
    wrong = bench.now - YEARS_AGO
    session = await bench.session((await bench.start(timestamp=wrong)).transaction_id)
    assert (session.started_at, session.start_sent_at) == (bench.now, wrong)
    assert await bench.violations() == ["UntrustedTimestamp"]


async def test_24_hours_ahead_is_still_believed(bench):
    ahead = bench.now + timedelta(hours=24)
    session = await bench.session((await bench.start(timestamp=ahead)).transaction_id)
    assert session.started_at == ahead


async def test_an_unknown_tag_gets_a_session_and_is_invalid_unless_set_otherwise(bench):
    refused = await bench.start(id_tag="STRANGER")
    assert refused.tag_info.status == "Invalid"
    assert (await bench.session(refused.transaction_id)).tag_status == "Invalid"
    message = transactions.StartTransaction("CP1", 2, "ANOTHER", bench.now, 0)
    taken = await bench.storage.write(
        transactions.start, message, bench.now, accept_unknown_tags=True
    )
    assert taken.tag_info.status == "Accepted"


async def test_a_tag_that_charges_elsewhere_is_concurrent_and_has_its_session_all_the_same(bench):
    await bench.start()
    second = await bench.start(charge_point_id="CP2")
    assert second.tag_info.status == "ConcurrentTx"
    assert (await bench.session(second.transaction_id)).tag_status == "ConcurrentTx"


async def test_a_replay_is_not_concurrent_with_itself(bench):
    await bench.start()
    assert (await bench.start()).tag_info.status == "Accepted"


async def test_a_session_that_seems_gone_makes_no_tag_concurrent(bench):
    await bench.start()
    await bench.status("Available")
    assert (await bench.start(charge_point_id="CP2")).tag_info.status == "Accepted"


async def test_a_new_start_on_a_connector_makes_the_old_session_expect_its_stop(bench):
    old = await bench.start()
    bench.later(hours=1)
    elsewhere = await bench.start(connector_id=2, id_tag="OTHER")
    new = await bench.start()
    assert (await bench.session(old.transaction_id)).state == State.STOP_EXPECTED
    assert (await bench.session(old.transaction_id)).stop_evidence == "NewStart"
    assert (await bench.session(new.transaction_id)).state == State.OPEN
    assert (await bench.session(elsewhere.transaction_id)).state == State.OPEN
    assert new.tag_info.status == "Accepted"


async def test_a_replayed_start_is_no_evidence_against_a_younger_session(bench):
    began = bench.now
    await bench.start()
    bench.later(hours=1)
    young = await bench.start()
    await bench.start(timestamp=began)
    assert (await bench.session(young.transaction_id)).state == State.OPEN


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"connector_id": 256}, "connectorId"),
        ({"connector_id": -1}, "connectorId"),
        ({"meter_start_wh": 2**60}, "meterStart"),
        ({"meter_start_wh": -(10**30)}, "meterStart"),
    ],
)
async def test_absurd_numbers_are_refused_and_change_nothing(bench, change, where):
    with pytest.raises(InvalidError) as refused:
        await bench.start(**change)
    assert refused.value.where == where
    assert await bench.sessions() == []


@pytest.mark.parametrize("tag", ["", "x" * 300, "nul\x00tag", "Straße" * 40, "   ", "İ" * 255])
async def test_a_tag_that_cannot_be_stored_as_it_is_still_gets_its_session_once(bench, tag):
    first = await bench.start(id_tag=tag)
    again = await bench.start(id_tag=tag)
    assert first.tag_info.status == "Invalid"
    assert again.transaction_id == first.transaction_id


async def test_a_blocked_tag_is_answered_as_such(bench):
    await bench.storage.write(
        id_tags.change_id_tag,
        bench.tag,
        status="Blocked",
        expires_at=None,
        parent_id_tag=None,
        user_id=None,
    )
    assert (await bench.start()).tag_info.status == "Blocked"


async def test_the_price_of_a_session_is_the_one_at_its_start(bench):
    from central.domain import pricing

    started = await bench.start()
    await bench.storage.write(pricing.set_price, 99, "EUR", bench.now)
    await bench.stop(started.transaction_id)
    assert (await bench.session(started.transaction_id)).cost_minor == 100


async def test_the_models_know_no_second_session_of_the_same_replay_key(bench):
    """The constraint itself, not the code above it, is what holds."""
    from sqlalchemy.exc import IntegrityError

    first = await bench.start()
    second = await bench.start(meter_start_wh=2000)
    with pytest.raises(IntegrityError):
        await bench.storage.write(
            lambda conn: conn.execute(
                update(table).where(table.c.id == second.transaction_id).values(meter_start_wh=1000)
            )
        )
    assert (await bench.session(first.transaction_id)).meter_start_wh == 1000
