"""Frames of OCPP-J 1.6: what is read, what is refused and how, what is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.errors import ErrorCode
from wire.frames import (
    Call,
    CallError,
    CallResult,
    FrameError,
    UnknownMessageType,
    decode,
    encode,
    encode_refusal,
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53), max_value=2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
payloads = st.dictionaries(texts, json_values, max_size=5)
unique_ids = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=36
)
frames = (
    st.builds(Call, unique_ids, texts, payloads)
    | st.builds(CallResult, unique_ids, payloads)
    | st.builds(CallError, unique_ids, st.sampled_from(ErrorCode).map(str), texts, payloads)
)


@given(frames)
def test_what_is_written_is_read_back_as_the_same_frame(frame):
    again = decode(encode(frame))
    if isinstance(frame, CallError):
        assert again == CallError(
            frame.unique_id, frame.code, frame.description[:255], frame.details
        )
    else:
        assert again == frame


@given(frames)
def test_a_written_frame_is_what_the_standard_library_calls_json(frame):
    elements = json.loads(encode(frame))
    assert elements[0] in {2, 3, 4}
    assert elements[1] == frame.unique_id


@given(st.text() | json_values.map(json.dumps) | st.binary())
def test_any_text_is_a_frame_or_is_refused_with_a_reason(text):
    assert isinstance(_read(text), Call | CallResult | CallError | ErrorCode | None)


def _read(text):
    try:
        return decode(text)
    except FrameError as error:
        return error.code
    except UnknownMessageType:
        return None


def test_a_call_is_read():
    frame = decode('[2,"19223201","Heartbeat",{}]')
    assert frame == Call("19223201", "Heartbeat", {})


def test_a_call_is_read_from_bytes():
    assert decode(b'[2,"1","Heartbeat",{}]') == Call("1", "Heartbeat", {})


def test_a_callresult_is_read():
    assert decode('[3,"7",{"status":"Accepted"}]') == CallResult("7", {"status": "Accepted"})


def test_a_callerror_is_read():
    assert decode('[4,"7","NotSupported","no",{"a":1}]') == CallError(
        "7", "NotSupported", "no", {"a": 1}
    )


@pytest.mark.parametrize("text", ['[4,"7","GenericError","",null]', '[4,"7","GenericError"]'])
def test_a_callerror_without_details_is_read_too(text):
    assert decode(text) == CallError("7", "GenericError", "", {})


@pytest.mark.parametrize("number", [0, 1, 5, 9, -3])
def test_an_unknown_message_type_number_is_told_apart_so_that_it_can_be_ignored(number):
    with pytest.raises(UnknownMessageType) as caught:
        decode(json.dumps([number, "1", "Heartbeat", {}]))
    assert caught.value.number == number


@pytest.mark.parametrize(
    ("text", "unique_id"),
    [
        ("", None),
        ("{", None),
        ('"text"', None),
        ("{}", None),
        ("[]", None),
        ("[" * 20_000, None),
        ("[2]", None),
        ('["2","9","Heartbeat",{}]', "9"),
        ('[2,"9"]', "9"),
        ('[2,"9","Heartbeat"]', "9"),
        ('[2,"9","Heartbeat",{},{}]', "9"),
        ('[2,9,"Heartbeat",{}]', "9"),
        ('[2,"","Heartbeat",{}]', None),
        ('[2,"9",7,{}]', "9"),
        ('[2,"9","Heartbeat",null]', "9"),
        ('[2,"9","Heartbeat",[]]', "9"),
        (b'[2,"9","\xff",{}]', None),
        ('[2,"9","Heartbeat",{"x":1e999}]', None),
    ],
)
def test_a_malformed_frame_is_a_formation_violation_that_names_the_id_where_readable(
    text, unique_id
):
    with pytest.raises(FrameError) as caught:
        decode(text)
    assert caught.value.code is ErrorCode.FORMATION_VIOLATION
    assert caught.value.unique_id == unique_id
    assert caught.value.answerable


@pytest.mark.parametrize("text", ['[3,"7"]', '[3,"7",null]', "[3,7,{}]", '[4,"7"]', "[4]"])
def test_a_malformed_answer_must_not_be_answered(text):
    with pytest.raises(FrameError) as caught:
        decode(text)
    assert not caught.value.answerable


def test_an_id_that_is_too_long_is_refused_but_the_call_stays_readable():
    unique_id = "x" * 37
    with pytest.raises(FrameError, match="37 characters") as caught:
        decode(json.dumps([2, unique_id, "Heartbeat", {}]))
    assert caught.value.call == Call(unique_id, "Heartbeat", {})


def test_the_character_u_0000_is_refused_because_no_database_stores_it():
    with pytest.raises(FrameError) as caught:
        decode('[2,"9","Authorize",{"idTag":"a\\u0000b"}]')
    assert caught.value.code is ErrorCode.PROPERTY_CONSTRAINT_VIOLATION
    assert caught.value.unique_id == "9"


def test_an_escaped_backslash_before_u0000_is_not_that_character():
    call = decode('[2,"9","Authorize",{"idTag":"a\\\\u0000"}]')
    assert call == Call("9", "Authorize", {"idTag": "a\\u0000"})


@pytest.mark.parametrize("unique_id", ["", "x" * 37])
def test_an_id_of_wrong_length_is_never_sent(unique_id):
    with pytest.raises(ValueError, match="1 to 36 characters"):
        encode(Call(unique_id, "Heartbeat", {}))


def test_a_long_description_is_cut_to_what_the_standard_allows():
    refusal = json.loads(encode_refusal("1", ErrorCode.GENERIC_ERROR, "x" * 1000))
    assert refusal == [4, "1", "GenericError", "x" * 255, {}]


def test_the_two_misspelt_codes_are_the_ones_of_the_wire():
    assert ErrorCode.FORMATION_VIOLATION == "FormationViolation"
    assert ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION == "OccurenceConstraintViolation"
