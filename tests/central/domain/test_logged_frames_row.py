"""The text of a row of the message log gives back what was written into it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.domain.logged_frames_row import read_row, write_row

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

heads = st.tuples(
    st.integers(0, 10**9).map(lambda us: NOON + timedelta(microseconds=us)),
    st.sampled_from(["in", "out"]),
    st.text(max_size=8),
)
# No charger can send a lone surrogate: what is no UTF-8 is replaced before.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
frames = texts | st.sampled_from(["", "\x1e", "\0", "[[", "\x1e[]", '[2,"1","Heartbeat",{}]'])


@given(st.lists(st.tuples(heads, frames), min_size=1, max_size=6))
def test_whatever_is_in_frames_and_actions_is_read_back(entries):
    written = write_row([head for head, _ in entries], [frame for _, frame in entries])
    assert read_row(written) == [(*head, frame) for head, frame in entries]
    assert "\0" not in written, "PostgreSQL stores no U+0000"


def test_a_frame_stands_in_its_row_as_it_went_over_the_wire():
    frame = '[2,"1","Authorize",{"idTag":"ünï"}]'
    assert frame in write_row([(NOON, "in", "Authorize")], [frame])


@pytest.mark.parametrize("frame", ["plain", "a \\u001e b"])
def test_a_row_of_an_earlier_version_is_read(frame):
    written = f'[["2026-06-01T12:00:00Z","in","A","{frame}"]]'
    assert read_row(written) == [(NOON, "in", "A", frame.replace("\\u001e", "\x1e"))]
