"""Core profile: configuration keys and the authorization cache."""

from __future__ import annotations

import pytest

from tests.octt.central.case import Case

ALL_KEYS = {
    "configurationKey": [
        {"key": f"Key{number}", "readonly": number % 2 == 0, "value": "v" * 400}
        for number in range(60)
    ]
}
"""25 kB: more than any charger has to say."""


async def test_tc_061_csms_the_cache_is_cleared(case: Case):
    await case.boot()
    assert (await case.operates("clear-cache", {"status": "Accepted"}))["success"]
    assert case.last_payload == {}


async def test_tc_019_1_csms_all_keys_are_asked_for_and_a_long_answer_taken(case: Case):
    await case.boot()
    told = await case.operates("get-configuration", ALL_KEYS)
    assert case.last_payload.get("key", []) == []
    assert told["success"]
    assert told["response"] == ALL_KEYS


async def test_tc_019_2_csms_one_key_is_asked_for(case: Case):
    await case.boot()
    key = {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core"}
    answer = {"configurationKey": [key]}
    told = await case.operates("get-configuration", answer, key=["SupportedFeatureProfiles"])
    assert case.last_payload == {"key": ["SupportedFeatureProfiles"]}
    assert told["response"] == answer


async def test_tc_021_csms_a_key_is_changed(case: Case):
    told = await _change(case, "MeterValueSampleInterval", "60", "Accepted")
    assert told["success"]


async def test_tc_040_1_csms_a_key_that_the_charger_does_not_have_is_told(case: Case):
    told = await _change(case, "UnknownKey", "1", "NotSupported")
    assert (told["success"], told["status"]) == (False, "NotSupported")


@pytest.mark.parametrize("value", ["-1", "invalid"])
async def test_tc_040_2_csms_a_value_that_the_charger_refuses_is_told(case: Case, value: str):
    """The value is -1 in the edition of 2024-04, `invalid` in a later one."""
    told = await _change(case, "MeterValueSampleInterval", value, "Rejected")
    assert (told["success"], told["status"]) == (False, "Rejected")


async def _change(case: Case, key: str, value: str, status: str) -> dict[str, object]:
    await case.boot()
    told = await case.operates("change-configuration", {"status": status}, key=key, value=value)
    assert case.last_payload == {"key": key, "value": value}
    return told
