"""Configuration keys."""

from __future__ import annotations

from typing import Any

import pytest

from twin.charge_point import Answered, Outcome, Unanswered
from twin.charge_point.core_keys import CORE_KEYS
from twin.charge_point.keys import Access, unsettable

REQUIRED = {
    "AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut",
    "ConnectorPhaseRotation", "GetConfigurationMaxKeys", "HeartbeatInterval",
    "LocalAuthorizeOffline", "LocalPreAuthorize", "MeterValuesAlignedData",
    "MeterValuesSampledData", "MeterValueSampleInterval", "NumberOfConnectors", "ResetRetries",
    "StopTransactionOnEVSideDisconnect", "StopTransactionOnInvalidId", "StopTxnAlignedData",
    "StopTxnSampledData", "SupportedFeatureProfiles", "TransactionMessageAttempts",
    "TransactionMessageRetryInterval", "UnlockConnectorOnEVSideDisconnect",
}  # fmt: skip


def test_every_key_that_the_core_profile_demands_is_there() -> None:
    assert {key.name for key in CORE_KEYS if key.required} == REQUIRED
    assert len(REQUIRED) == 21


def test_every_default_is_a_value_of_its_key() -> None:
    for key in CORE_KEYS:
        fixed = key.accepts is unsettable
        assert fixed or key.default == "" or key.accepts(key.default), key.name


async def test_a_shorter_heartbeat_interval_holds_at_once(rig: Any) -> None:
    await rig.boot()
    await rig.ask("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "10"})
    await rig.run(35)
    assert len(rig.central.of("Heartbeat")) == 3


@pytest.mark.parametrize(
    ("factory", "complaint"),
    [({"Nonsense": "1"}, "no configuration key 'Nonsense'"), ({"HeartbeatInterval": "x"}, "'x'")],
)
async def test_a_factory_setting_that_cannot_be_is_refused(
    rig: Any, factory: dict[str, str], complaint: str
) -> None:
    cp = rig.build(configuration=factory)
    with pytest.raises(ValueError, match=complaint):
        cp.start()


async def test_the_authorization_key_is_never_told(rig: Any) -> None:
    await rig.boot(key=b"0123456789abcdef")
    listed = await rig.ask("GetConfiguration", {"key": ["AuthorizationKey"]})
    assert listed == {}
    assert Access.WRITE in {key.access for key in CORE_KEYS}


async def test_a_new_key_is_used_without_the_security_extension_too(rig: Any) -> None:
    cp = await rig.boot(key=b"0123456789abcdef")
    assert rig.central.credentials() == b"CP1:0123456789abcdef"
    new = b"OCA_OCTT_admin_test"
    change = {"key": "AuthorizationKey", "value": new.hex()}
    assert await rig.ask("ChangeConfiguration", change) == {"status": "Accepted"}
    await rig.until(lambda: len(rig.central.headers) == 2)
    assert rig.central.credentials() == b"CP1:" + new
    await rig.until(lambda: cp.online)
    cp.kill()
    cp.start()
    await rig.until(lambda: cp.online)
    assert rig.central.credentials() == b"CP1:" + new, "kept over a restart"


async def test_a_vendor_message_from_the_central_system_is_from_an_unknown_vendor(rig: Any) -> None:
    await rig.boot()
    answer = await rig.ask("DataTransfer", {"vendorId": "com.example", "data": "x"})
    assert answer == {"status": "UnknownVendorId"}


async def test_a_vendor_message_to_the_central_system_is_answered(rig: Any) -> None:
    cp = await rig.boot()
    outcomes: list[Outcome] = []
    message = {"vendorId": "com.example", "messageId": "hello", "data": "x"}
    cp.transfer_data(message, outcomes.append)
    await rig.run(1)
    assert rig.central.of("DataTransfer") == [message]
    assert outcomes == [Answered({"status": "UnknownVendorId"})]
    cp.cut_network()
    await rig.run(1)
    cp.transfer_data(message, outcomes.append)
    cp.kill()
    cp.transfer_data(message, outcomes.append)
    assert outcomes[1:] == [Unanswered(), Unanswered()]
