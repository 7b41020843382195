"""Core: configuration keys, and messages of a vendor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.octt.charge_point.states import configure

REQUIRED: dict[str, dict[str, str]] = {
    "Core": {
        "AuthorizeRemoteTxRequests": "any",
        "ClockAlignedDataInterval": "RW",
        "ConnectionTimeOut": "RW",
        "ConnectorPhaseRotation": "RW",
        "GetConfigurationMaxKeys": "R",
        "HeartbeatInterval": "RW",
        "LocalAuthorizeOffline": "RW",
        "LocalPreAuthorize": "RW",
        "MeterValuesAlignedData": "RW",
        "MeterValuesSampledData": "RW",
        "MeterValueSampleInterval": "RW",
        "NumberOfConnectors": "R",
        "ResetRetries": "RW",
        "StopTransactionOnEVSideDisconnect": "RW",
        "StopTransactionOnInvalidId": "RW",
        "StopTxnAlignedData": "RW",
        "StopTxnSampledData": "RW",
        "SupportedFeatureProfiles": "R",
        "TransactionMessageAttempts": "RW",
        "TransactionMessageRetryInterval": "RW",
        "UnlockConnectorOnEVSideDisconnect": "any",
    },
    "FirmwareManagement": {},
    "LocalAuthListManagement": {
        "LocalAuthListEnabled": "RW",
        "LocalAuthListMaxLength": "R",
        "SendLocalListMaxLength": "R",
    },
    "Reservation": {},
    "SmartCharging": {
        "ChargeProfileMaxStackLevel": "R",
        "ChargingScheduleAllowedChargingRateUnit": "R",
        "ChargingScheduleMaxPeriods": "R",
        "MaxChargingProfilesInstalled": "R",
    },
    "RemoteTrigger": {},
}
"""What each feature profile demands (OCPP 1.6 chapter 9): key and access; `any`: R or RW."""


async def test_tc_019_cs_the_configuration_can_be_retrieved(rig: Any) -> None:
    rig.add_evse(seed=1)
    rig.add_evse(seed=2)
    await rig.boot()
    one = await rig.ask("GetConfiguration", {"key": ["SupportedFeatureProfiles"]})
    assert [entry["key"] for entry in one["configurationKey"]] == ["SupportedFeatureProfiles"]
    assert "unknownKey" not in one
    profiles = one["configurationKey"][0]["value"].split(",")
    assert set(profiles) == set(REQUIRED)
    listed = await rig.ask("GetConfiguration", {})
    assert "unknownKey" not in listed
    held = {entry["key"]: entry for entry in listed["configurationKey"]}
    assert held["NumberOfConnectors"]["value"] == "2"
    for profile in profiles:
        for name, access in REQUIRED[profile].items():
            assert name in held, f"{profile} demands {name}"
            assert access == "any" or held[name]["readonly"] == (access == "R"), name
            assert "value" in held[name], name
    asked = await rig.ask("GetConfiguration", {"key": ["GetConfigurationMaxKeys"]})
    most = int(asked["configurationKey"][0]["value"])
    assert most > 0
    names = list(held)[:most]
    answer = await rig.ask("GetConfiguration", {"key": names})
    assert [entry["key"] for entry in answer["configurationKey"]] == names
    assert "unknownKey" not in answer


async def test_tc_021_cs_a_changed_key_is_read_back_and_survives_a_power_cut(rig: Any) -> None:
    cp = await rig.boot()
    changed = {"key": "MeterValueSampleInterval", "readonly": False, "value": "42"}
    asked = {"key": ["MeterValueSampleInterval"]}
    assert await rig.ask("GetConfiguration", asked) != {"configurationKey": [changed]}
    await configure(rig, MeterValueSampleInterval="42")
    assert await rig.ask("GetConfiguration", asked) == {"configurationKey": [changed]}
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.until(lambda: cp.online)
    await rig.run(2)
    assert await rig.ask("GetConfiguration", asked) == {"configurationKey": [changed]}


async def test_tc_040_1_cs_an_unknown_key_is_not_supported(rig: Any) -> None:
    await rig.boot()
    answer = await rig.ask("ChangeConfiguration", {"key": "Testing", "value": "1"})
    assert answer == {"status": "NotSupported"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("MeterValueSampleInterval", "-1"),
        ("MeterValueSampleInterval", "soon"),
        ("MeterValueSampleInterval", ""),
        ("MeterValueSampleInterval", "1.5"),
        ("MeterValueSampleInterval", "\u0664\u0662"),
        ("WebSocketPingInterval", "-1"),
        ("HeartbeatInterval", "0"),
        ("AuthorizeRemoteTxRequests", "yes"),
        ("MeterValuesSampledData", "Energy.Active.Import.Register,SoC"),
        ("MeterValuesSampledData", "Energy.Active.Import.Register.L1"),
        ("ConnectorPhaseRotation", "1.ABC"),
        ("NumberOfConnectors", "3"),
        ("AuthorizationKey", "00112233"),
        ("AuthorizationKey", "this is no hexadecimal text at all"),
    ],
)
async def test_tc_040_2_cs_a_value_that_cannot_be_is_rejected_and_changes_nothing(
    rig: Any, key: str, value: str
) -> None:
    await rig.boot()
    before = await rig.ask("GetConfiguration", {})
    answer = await rig.ask("ChangeConfiguration", {"key": key, "value": value})
    assert answer == {"status": "Rejected"}
    assert await rig.ask("GetConfiguration", {}) == before


async def test_tc_062_cs_a_vendor_message_of_an_unknown_vendor_is_answered_so(rig: Any) -> None:
    await rig.boot()
    answer = await rig.ask("DataTransfer", {"vendorId": "com.example", "messageId": "x"})
    assert answer == {"status": "UnknownVendorId"}
