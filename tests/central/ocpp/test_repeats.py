"""The memory of answered message ids."""

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from central.ocpp.repeats import REMEMBERED, AnswerMemory

payloads = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=6)
ANSWER = '[3,"1",{}]'


def frame(payload, action="A", **layout):
    return json.dumps([2, "1", action, payload], **layout).encode()


def is_same(one, other):
    memory = AnswerMemory()
    memory.remember("1", one, ANSWER)
    return memory.answer_to("1", other) == ANSWER


@given(payloads, st.randoms(use_true_random=False))
def test_the_same_payload_in_another_order_is_the_same_message(payload, source: random.Random):
    items = list(payload.items())
    source.shuffle(items)
    assert is_same(frame(payload), frame(dict(items)))


def test_white_space_and_escapes_make_no_other_message():
    assert is_same(
        frame({"idTag": "\u00e9"}), frame({"idTag": "\u00e9"}, ensure_ascii=False, indent=1)
    )


def test_another_action_or_payload_is_another_message():
    one = frame({"idTag": "A"}, "Authorize")
    assert not is_same(one, frame({"idTag": "B"}, "Authorize"))
    assert not is_same(one, frame({"idTag": "A"}, "DataTransfer"))
    assert not is_same(frame({"n": 1}), frame({"n": True}))


def test_an_answer_is_found_under_its_id_until_many_others_followed():
    memory = AnswerMemory()
    for number in range(REMEMBERED + 1):
        unique_id = str(number)
        memory.remember(unique_id, frame({"n": number}), json.dumps([3, unique_id, {}]))
    assert "0" not in memory
    assert "1" in memory
    assert memory.answer_to("1", frame({"n": 1})) == '[3, "1", {}]'
    assert memory.answer_to("1", frame({"n": 2})) is None
    assert "never" not in memory
