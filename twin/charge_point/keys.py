"""The standard configuration keys (OCPP 1.6 chapter 9): type, access, default, in one table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from twin.charge_point.measurands import is_measurand

Check = Callable[[str], bool]


class Access(Enum):
    """Who may do what with a key over OCPP."""

    READ = "R"
    READ_WRITE = "RW"
    WRITE = "W"
    """Never returned: a secret."""


@dataclass(frozen=True, slots=True)
class Key:
    """One configuration key.

    Attributes:
        name: As the standard spells it.
        accepts: Whether a text is a value of its type and range.
        default: Factory setting; empty for keys that the charge point computes.
        access: Over OCPP.
        required: OCPP 1.6 chapter 9 demands it of a charge point with this profile.
        kept: Whether a value set over OCPP survives a reboot: all of them do in the
            standard's sense; computed ones have nothing to keep.
    """

    name: str
    accepts: Check
    default: str
    access: Access = Access.READ_WRITE
    required: bool = True
    kept: bool = True


def _boolean(text: str) -> bool:
    return text.lower() in {"true", "false"}


def _integer(low: int, high: int) -> Check:
    def accepts(text: str) -> bool:
        return re.fullmatch(r"-?\d{1,9}", text) is not None and low <= int(text) <= high

    return accepts


def _items(check: Check) -> Check:
    def accepts(text: str) -> bool:
        return all(check(item) for item in split(text))

    return accepts


def split(text: str) -> list[str]:
    """Return the items of a comma separated list; an empty text is an empty list."""
    return [item.strip() for item in text.split(",")] if text.strip() else []


def _rotation(item: str) -> bool:
    phases = "NotApplicable|Unknown|RST|RTS|SRT|STR|TRS|TSR"
    return re.fullmatch(rf"\d{{1,3}}\.({phases})", item) is not None


def _authorization_key(text: str) -> bool:
    return re.fullmatch(r"(?:[0-9A-Fa-f]{2}){16,20}", text) is not None


def _anything(text: str) -> bool:  # noqa: ARG001 -- read-only keys are never written
    return True


_SECONDS = _integer(0, 7 * 86_400)
_COUNT = _integer(0, 1_000)
_MEASURANDS = _items(is_measurand)
_REGISTER = "Energy.Active.Import.Register"
_READ = Access.READ

CORE_KEYS: tuple[Key, ...] = (
    Key("AuthorizeRemoteTxRequests", _boolean, "true"),
    Key("ClockAlignedDataInterval", _SECONDS, "0"),
    Key("ConnectionTimeOut", _integer(1, 86_400), "60"),
    Key("ConnectorPhaseRotation", _items(_rotation), "0.Unknown"),
    Key("GetConfigurationMaxKeys", _anything, "", _READ, kept=False),
    Key("HeartbeatInterval", _integer(1, 7 * 86_400), "86400"),
    Key("LocalAuthorizeOffline", _boolean, "true"),
    Key("LocalPreAuthorize", _boolean, "false"),
    Key("MeterValuesAlignedData", _MEASURANDS, _REGISTER),
    Key("MeterValuesSampledData", _MEASURANDS, _REGISTER),
    Key("MeterValueSampleInterval", _SECONDS, "60"),
    Key("NumberOfConnectors", _anything, "", _READ, kept=False),
    Key("ResetRetries", _COUNT, "1"),
    Key("StopTransactionOnEVSideDisconnect", _boolean, "true"),
    Key("StopTransactionOnInvalidId", _boolean, "true"),
    Key("StopTxnAlignedData", _MEASURANDS, ""),
    Key("StopTxnSampledData", _MEASURANDS, ""),
    Key("SupportedFeatureProfiles", _anything, "", _READ, kept=False),
    Key("TransactionMessageAttempts", _integer(1, 100), "3"),
    Key("TransactionMessageRetryInterval", _integer(0, 86_400), "60"),
    Key("UnlockConnectorOnEVSideDisconnect", _boolean, "true"),
    # Not demanded by chapter 9:
    Key("AllowOfflineTxForUnknownId", _boolean, "false", required=False),
    Key("AuthorizationCacheEnabled", _boolean, "true", required=False),
    Key("MaxEnergyOnInvalidId", _integer(0, 1_000_000), "0", required=False),
    Key("MinimumStatusDuration", _integer(0, 3_600), "0", required=False),
    # OCPP-J 1.6 section 7.
    Key("WebSocketPingInterval", _integer(0, 86_400), "60", required=False),
    # OCPP-J 1.6 section 6.2 and the security whitepaper: 16 to 20 bytes in hexadecimal.
    Key("AuthorizationKey", _authorization_key, "", Access.WRITE, required=False),
)
