"""Payloads against the official schemas, and the code for each kind of violation."""

import json
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.errors import ErrorCode
from wire.schemas import ACTIONS, SchemaViolation, is_known, validate_request, validate_response

STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
METER_VALUES = {
    "connectorId": 1,
    "transactionId": 7,
    "meterValue": [{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": "1"}]}],
}


def test_the_28_actions_of_edition_2_and_the_11_of_the_security_whitepaper_are_known():
    assert len(ACTIONS) == 28 + 11
    assert is_known("Heartbeat")
    assert is_known("SignCertificate")
    assert not is_known("HeartbeatResponse")
    assert not is_known("MakeCoffee")


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_both_schemas_of_every_action_compile(action):
    for validate in (validate_request, validate_response):
        with pytest.raises(SchemaViolation) as caught:
            validate(action, {"evseloopUnknownField": 1})
        assert caught.value.code in {ErrorCode.FORMATION_VIOLATION, ErrorCode.PROTOCOL_ERROR}


def test_an_unknown_action_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError, match="MakeCoffee"):
        validate_request("MakeCoffee", {})


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"connectorId": "1"}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, "connectorId"),
        ({"connectorId": 1.5}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, "connectorId"),
        ({"info": "x" * 51}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, "info"),
        ({"timestamp": "yesterday"}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, "timestamp"),
        ({"status": "Occupied"}, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "status"),
        ({"colour": "red"}, ErrorCode.FORMATION_VIOLATION, ""),
        ({"status": None}, ErrorCode.TYPE_CONSTRAINT_VIOLATION, "status"),
    ],
)
def test_the_code_tells_the_kind_of_violation_and_the_path_where(change, code, path):
    with pytest.raises(SchemaViolation) as caught:
        validate_request("StatusNotification", STATUS | change)
    assert caught.value.code is code
    assert caught.value.path == path
    assert caught.value.message


def test_a_missing_field_is_an_incomplete_payload():
    with pytest.raises(SchemaViolation, match="required") as caught:
        validate_request("StatusNotification", {"connectorId": 1, "status": "Available"})
    assert caught.value.code is ErrorCode.PROTOCOL_ERROR


def test_an_empty_list_that_needs_an_item_is_an_occurence_violation():
    with pytest.raises(SchemaViolation) as caught:
        validate_request("MeterValues", METER_VALUES | {"meterValue": []})
    assert caught.value.code is ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION


def test_the_path_leads_into_lists():
    bad = METER_VALUES | {
        "meterValue": [{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": 1}]}]
    }
    with pytest.raises(SchemaViolation) as caught:
        validate_request("MeterValues", bad)
    assert caught.value.path == "meterValue[0].sampledValue[0].value"
    assert caught.value.description.startswith("meterValue[0].sampledValue[0].value: ")


@pytest.mark.parametrize(("limit", "allowed"), [(21.4, True), (0.3, True), (4.11, False)])
def test_a_limit_has_at_most_one_decimal(limit, allowed):
    profile = {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
            },
        },
    }
    if allowed:
        validate_request("SetChargingProfile", profile)
    else:
        with pytest.raises(SchemaViolation) as caught:
            validate_request("SetChargingProfile", profile)
        assert caught.value.code is ErrorCode.PROPERTY_CONSTRAINT_VIOLATION


def _agrees_with_the_reference(action, payload):
    schema = json.loads(
        (files("ocpp") / "v16" / "schemas" / f"{action}.json").read_text(encoding="utf-8-sig")
    )
    reference = jsonschema.Draft4Validator(schema)
    try:
        validate_request(action, payload)
    except SchemaViolation as violation:
        # The reference implementation checks no formats of its own accord.
        return not reference.is_valid(payload) or "date-time" in violation.message
    return reference.is_valid(payload)


loose = st.fixed_dictionaries(
    {},
    optional={
        "connectorId": st.integers() | st.booleans() | st.text() | st.floats(0.25, 0.75),
        "errorCode": st.sampled_from(["NoError", "WeakSignal", "Nothing", 3]),
        "status": st.sampled_from(["Available", "Faulted", "Occupied", None]),
        "info": st.text(max_size=60),
        "vendorId": st.text(max_size=300),
        "surplus": st.none(),
    },
)


@given(loose)
def test_the_compiled_schema_agrees_with_the_reference_implementation(payload):
    assert _agrees_with_the_reference("StatusNotification", payload)
