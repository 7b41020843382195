"""Every configuration key of OCPP 1.6 and of the security whitepaper: type, access, persistence."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.peers.scripted_central import EPOCH
from twin.charge_point import SecuritySetup

_NO_INTEGER = ("", "-1", "1.5", "soon", "0x10", " 5", "+5", "\u0664", "9" * 40)
_NO_BOOLEAN = ("", "yes", "1", "0", "truefalse")
_NO_MEASURANDS = ("SoC", "Voltage,,Current.Import", "Voltage.L4", "voltage", "Frequency.L1")


class Told(NamedTuple):
    """What chapter 9 says of a key: a value that it takes, none where it is read-only."""

    takes: str | None
    never: tuple[str, ...] = ("0", "true", "")


def _integer(takes: str, *never: str) -> Told:
    return Told(takes, (*_NO_INTEGER, *never))


_BOOLEAN = Told("false", _NO_BOOLEAN)
_ON = Told("true", _NO_BOOLEAN)
_MEASURANDS = Told("Voltage.L1,Power.Factor", _NO_MEASURANDS)
_READ = Told(None)

KEYS: dict[str, Told] = {
    # Core, section 9.1
    "AllowOfflineTxForUnknownId": _ON,
    "AuthorizationCacheEnabled": _BOOLEAN,
    "AuthorizeRemoteTxRequests": _BOOLEAN,
    "BlinkRepeat": _integer("5"),
    "ClockAlignedDataInterval": _integer("900"),
    "ConnectionTimeOut": _integer("45"),
    "ConnectorPhaseRotation": Told(
        "0.RST,1.RTS", ("1.ABC", "RST", "1", "1.RST,1.RTS", "2.RST", "\u0661.RST", "-1.RST")
    ),
    "ConnectorPhaseRotationMaxLength": _READ,
    "GetConfigurationMaxKeys": _READ,
    "HeartbeatInterval": _integer("310", "0"),
    "LightIntensity": _integer("40", "101"),
    "LocalAuthorizeOffline": _BOOLEAN,
    "LocalPreAuthorize": _ON,
    "MaxEnergyOnInvalidId": _integer("1000"),
    "MeterValuesAlignedData": _MEASURANDS,
    "MeterValuesAlignedDataMaxLength": _READ,
    "MeterValuesSampledData": _MEASURANDS,
    "MeterValuesSampledDataMaxLength": _READ,
    "MeterValueSampleInterval": _integer("42"),
    "MinimumStatusDuration": _integer("3"),
    "NumberOfConnectors": _READ,
    "ResetRetries": _integer("2"),
    "StopTransactionOnEVSideDisconnect": _BOOLEAN,
    "StopTransactionOnInvalidId": _BOOLEAN,
    "StopTxnAlignedData": _MEASURANDS,
    "StopTxnAlignedDataMaxLength": _READ,
    "StopTxnSampledData": _MEASURANDS,
    "StopTxnSampledDataMaxLength": _READ,
    "SupportedFeatureProfiles": _READ,
    "SupportedFeatureProfilesMaxLength": _READ,
    "TransactionMessageAttempts": _integer("5", "0"),
    "TransactionMessageRetryInterval": _integer("30"),
    "UnlockConnectorOnEVSideDisconnect": _BOOLEAN,
    # OCPP-J 1.6 section 7
    "WebSocketPingInterval": _integer("20"),
    # Local Auth List Management, section 9.2
    "LocalAuthListEnabled": _BOOLEAN,
    "LocalAuthListMaxLength": _READ,
    "SendLocalListMaxLength": _READ,
    # Reservation, section 9.3
    "ReserveConnectorZeroSupported": _READ,
    # Smart Charging, section 9.4
    "ChargeProfileMaxStackLevel": _READ,
    "ChargingScheduleAllowedChargingRateUnit": _READ,
    "ChargingScheduleMaxPeriods": _READ,
    "ConnectorSwitch3to1PhaseSupported": _READ,
    "MaxChargingProfilesInstalled": _READ,
    # Firmware Management, errata 3.61
    "SupportedFileTransferProtocols": _READ,
    # "Improved security for OCPP 1.6-J", section 7; AuthorizationKey is written and never told
    "AdditionalRootCertificateCheck": _READ,
    "CertificateSignedMaxChainSize": _READ,
    "CertificateStoreMaxLength": _READ,
    "CpoName": Told("Operator", ("", " ", "x" * 65, "a\nb")),
    "SecurityProfile": _integer("0", "4", "3"),
}


async def _all(rig: Any) -> dict[str, dict[str, Any]]:
    listed = await rig.ask("GetConfiguration", {})
    assert "unknownKey" not in listed
    return {entry["key"]: entry for entry in listed["configurationKey"]}


async def _change(rig: Any, key: str, value: str) -> str:
    return str((await rig.ask("ChangeConfiguration", {"key": key, "value": value}))["status"])


async def test_every_key_is_told_with_its_access_and_there_is_no_other(rig: Any) -> None:
    await rig.boot(security=SecuritySetup())
    held = await _all(rig)
    assert set(held) == set(KEYS)
    for name, told in KEYS.items():
        assert held[name]["readonly"] == (told.takes is None), name
    assert (await _all(rig))["GetConfigurationMaxKeys"]["value"] == str(len(KEYS) + 1)


async def test_a_key_takes_values_of_its_type_and_no_other_and_keeps_them_without_power(
    rig: Any,
) -> None:
    cp = await rig.boot(security=SecuritySetup())
    for name, told in KEYS.items():
        if told.takes is not None:
            # Id strings are case-insensitive (CiString50Type), and so is this one.
            assert await _change(rig, name.upper(), told.takes) == "Accepted", name
        for value in told.never:
            assert await _change(rig, name, value) == "Rejected", (name, value)
    changed = await _all(rig)
    for name, told in KEYS.items():
        assert told.takes in {None, changed[name]["value"]}, name
    cp.cut_power()
    await rig.run(10)
    cp.restore_power()
    await rig.until(lambda: cp.online)
    await rig.run(2)
    after = await _all(rig)
    # The boot says another interval (OCPP 1.6 section 4.2), and this one counts.
    assert changed.pop("HeartbeatInterval")["value"] == "310"
    assert after.pop("HeartbeatInterval")["value"] == "300"
    assert after == changed


@pytest.mark.parametrize(
    "name", ["NumberOfConnectors", "SupportedFeatureProfiles", "LocalAuthListMaxLength"]
)
async def test_no_factory_setting_says_that_a_charger_is_made_otherwise(
    rig: Any, name: str
) -> None:
    cp = rig.build(configuration={name: "9"})
    with pytest.raises(ValueError, match=f"{name} cannot be '9'"):
        cp.start()


async def test_no_factory_setting_is_longer_than_what_can_be_told(rig: Any) -> None:
    long = ",".join(["Energy.Active.Import.Register"] * 20)
    cp = rig.build(configuration={"MeterValuesSampledData": long})
    with pytest.raises(ValueError, match="MeterValuesSampledData cannot be"):
        cp.start()


async def test_where_connector_0_may_not_be_reserved_it_is_rejected(rig: Any) -> None:
    await rig.boot(configuration={"ReserveConnectorZeroSupported": "false"})
    told = (await _all(rig))["ReserveConnectorZeroSupported"]
    assert (told["value"], told["readonly"]) == ("false", True)
    expiry = EPOCH.replace(year=EPOCH.year + 1).isoformat()
    wanted = {"expiryDate": expiry, "idTag": "TAG1", "reservationId": 1}
    assert await rig.ask("ReserveNow", {"connectorId": 0, **wanted}) == {"status": "Rejected"}
    assert await rig.ask("ReserveNow", {"connectorId": 1, **wanted}) == {"status": "Accepted"}
