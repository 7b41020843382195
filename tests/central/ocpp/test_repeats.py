"""The memory of answered message ids."""

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from central.ocpp.repeats import REMEMBERED, AnswerMemory, fingerprint
from wire.frames import Call, decode

payloads = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=6)


@given(payloads, st.randoms(use_true_random=False))
def test_the_same_payload_in_another_order_is_the_same_message(payload, source: random.Random):
    items = list(payload.items())
    source.shuffle(items)
    assert fingerprint(Call("1", "A", payload)) == fingerprint(Call("2", "A", dict(items)))


def test_white_space_and_escapes_make_no_other_message():
    plain = decode('[2,"1","Authorize",{"idTag":"é"}]')
    spaced = decode('[2, "1", "Authorize", {"idTag": "\\u00e9"}]')
    assert fingerprint(plain) == fingerprint(spaced)


def test_another_action_or_payload_is_another_message():
    one = fingerprint(Call("1", "Authorize", {"idTag": "A"}))
    assert one != fingerprint(Call("1", "Authorize", {"idTag": "B"}))
    assert one != fingerprint(Call("1", "DataTransfer", {"idTag": "A"}))


def test_an_answer_is_found_under_its_id_until_many_others_followed():
    memory = AnswerMemory()
    for number in range(REMEMBERED + 1):
        call = Call(str(number), "Heartbeat", {})
        memory.remember(call, json.dumps([3, call.unique_id, {}]))
    assert memory.find("0") is None
    assert memory.find("1") == (fingerprint(Call("1", "Heartbeat", {})), '[3, "1", {}]')
    assert memory.find("never") is None
