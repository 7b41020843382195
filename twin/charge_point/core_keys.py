"""The configuration keys of the Core profile (OCPP 1.6 chapter 9), in one table."""

from __future__ import annotations

import re

from twin.charge_point.keys import Access, Key, boolean, integer, items, split, unsettable
from twin.charge_point.measurands import is_measurand


def _rotation(item: str) -> bool:
    phases = "NotApplicable|Unknown|RST|RTS|SRT|STR|TRS|TSR"
    return re.fullmatch(rf"[0-9]{{1,3}}\.({phases})", item) is not None


def names_connectors(text: str, count: int) -> bool:
    """Whether a ConnectorPhaseRotation speaks of connectors that there are, of each once.

    Args:
        text: Accepted by the key: items such as `1.RST`; 0 is the charge point (section 9.1.8).
        count: Connectors of the charge point.
    """
    numbers = [int(item.partition(".")[0]) for item in split(text)]
    return len(set(numbers)) == len(numbers) and all(number <= count for number in numbers)


def _authorization_key(text: str) -> bool:
    return re.fullmatch(r"(?:[0-9A-Fa-f]{2}){16,20}", text) is not None


_SECONDS = integer(0, 7 * 86_400)
_COUNT = integer(0, 1_000)
_MOST_MEASURANDS = 20
_MOST_ROTATIONS = 20
_MEASURANDS = items(is_measurand, _MOST_MEASURANDS)
_REGISTER = "Energy.Active.Import.Register"
_READ = Access.READ

CORE_KEYS: tuple[Key, ...] = (
    Key("AuthorizeRemoteTxRequests", boolean, "true"),
    Key("ClockAlignedDataInterval", _SECONDS, "0"),
    Key("ConnectionTimeOut", integer(1, 86_400), "60"),
    Key("ConnectorPhaseRotation", items(_rotation, _MOST_ROTATIONS), "0.Unknown"),
    Key("GetConfigurationMaxKeys", unsettable, "", _READ, kept=False),
    Key("HeartbeatInterval", integer(1, 7 * 86_400), "86400"),
    Key("LocalAuthorizeOffline", boolean, "true"),
    Key("LocalPreAuthorize", boolean, "false"),
    Key("MeterValuesAlignedData", _MEASURANDS, _REGISTER),
    Key("MeterValuesSampledData", _MEASURANDS, _REGISTER),
    Key("MeterValueSampleInterval", _SECONDS, "60"),
    Key("NumberOfConnectors", unsettable, "", _READ, kept=False),
    Key("ResetRetries", _COUNT, "1"),
    Key("StopTransactionOnEVSideDisconnect", boolean, "true"),
    Key("StopTransactionOnInvalidId", boolean, "true"),
    Key("StopTxnAlignedData", _MEASURANDS, ""),
    Key("StopTxnSampledData", _MEASURANDS, ""),
    Key("SupportedFeatureProfiles", unsettable, "", _READ, kept=False),
    Key("TransactionMessageAttempts", integer(1, 100), "3"),
    Key("TransactionMessageRetryInterval", integer(0, 86_400), "60"),
    Key("UnlockConnectorOnEVSideDisconnect", boolean, "true"),
    # Not demanded by chapter 9:
    Key("AllowOfflineTxForUnknownId", boolean, "false", required=False),
    Key("AuthorizationCacheEnabled", boolean, "true", required=False),
    # Kept and told, and no more: the twin's lamps neither blink for a signal nor grow dim.
    Key("BlinkRepeat", integer(0, 100), "3", required=False),
    Key("LightIntensity", integer(0, 100), "100", required=False),
    Key("MaxEnergyOnInvalidId", integer(0, 1_000_000), "0", required=False),
    Key("MinimumStatusDuration", integer(0, 3_600), "0", required=False),
    *(
        Key(f"{name}MaxLength", unsettable, str(most), _READ, required=False, kept=False)
        for name, most in {
            "ConnectorPhaseRotation": _MOST_ROTATIONS,
            "MeterValuesAlignedData": _MOST_MEASURANDS,
            "MeterValuesSampledData": _MOST_MEASURANDS,
            "StopTxnAlignedData": _MOST_MEASURANDS,
            "StopTxnSampledData": _MOST_MEASURANDS,
            # OCPP 1.6 has six feature profiles.
            "SupportedFeatureProfiles": 6,
        }.items()
    ),
    # OCPP-J 1.6 section 7.
    Key("WebSocketPingInterval", integer(0, 86_400), "60", required=False),
    # OCPP-J 1.6 section 6.2 and the security whitepaper: 16 to 20 bytes in hexadecimal.
    Key("AuthorizationKey", _authorization_key, "", Access.WRITE, required=False),
)
