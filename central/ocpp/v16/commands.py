"""The commands of the central system to a charge point (OCPP 1.6 chapter 5)."""

from __future__ import annotations

from typing import Any, Final

from central.domain.command_secrets import HIDDEN, without_location_secrets
from central.domain.errors import ConflictError, InvalidError
from central.ocpp.charge_point import ACCEPTED
from wire.schemas import SchemaViolation, validate_request

COMMANDS: Final = frozenset(
    {
        "CancelReservation",
        "CertificateSigned",
        "ChangeAvailability",
        "ChangeConfiguration",
        "ClearCache",
        "ClearChargingProfile",
        "DataTransfer",
        "DeleteCertificate",
        "ExtendedTriggerMessage",
        "GetCompositeSchedule",
        "GetConfiguration",
        "GetDiagnostics",
        "GetInstalledCertificateIds",
        "GetLocalListVersion",
        "GetLog",
        "InstallCertificate",
        "RemoteStartTransaction",
        "RemoteStopTransaction",
        "ReserveNow",
        "Reset",
        "SendLocalList",
        "SetChargingProfile",
        "SignedUpdateFirmware",
        "TriggerMessage",
        "UnlockConnector",
        "UpdateFirmware",
    }
)
"""All 19 that OCPP 1.6 has, and the 7 of its security whitepaper."""

_NEED_ACCEPTANCE: Final = frozenset({"RemoteStartTransaction", "RemoteStopTransaction"})

AUTHORIZATION_KEY: Final = "AuthorizationKey"
"""Configuration key that holds the charger's password (OCPP-J 1.6 section 6.2)."""

SECURITY_PROFILE: Final = "SecurityProfile"
"""Configuration key that tells the charger's security profile (security whitepaper, A05)."""


def check_command(action: str, payload: dict[str, Any], registration: str | None) -> None:
    """Refuse a command that may not be sent.

    Raises:
        InvalidError: It is no command of OCPP 1.6, or its payload violates the schema.
        ConflictError: The charge point's boot was not accepted (OCPP 1.6 section 4.2).
    """
    if action not in COMMANDS:
        raise InvalidError(
            f"{action[:50]!r} is no command to a charge point",
            where="action",
            how=f"one of {', '.join(sorted(COMMANDS))}",
        )
    try:
        validate_request(action, payload)
    except SchemaViolation as violation:
        raise InvalidError(violation.message, where=violation.path) from violation
    if action in _NEED_ACCEPTANCE and registration != ACCEPTED:
        raise ConflictError(
            f"{action} may not be sent before the charge point's boot was accepted",
            how="wait for its BootNotification",
        )


def new_authorization_key(action: str, payload: dict[str, Any]) -> str | None:
    """Return the key that a ChangeConfiguration gives the charger, None for other commands."""
    return _new_value(action, payload, AUTHORIZATION_KEY)


def new_security_profile(action: str, payload: dict[str, Any]) -> int | None:
    """Return the security profile that a ChangeConfiguration orders, None for other commands.

    Raises:
        InvalidError: It is none.
    """
    value = _new_value(action, payload, SECURITY_PROFILE)
    if value is None:
        return None
    if value not in ("0", "1", "2", "3"):
        raise InvalidError(
            f"{value[:20]!r} is no security profile", where="value", how="one of 0, 1, 2, 3"
        )
    return int(value)


def _new_value(action: str, payload: dict[str, Any], key: str) -> str | None:
    # The name is a CiString50Type, so any case means it (OCPP 1.6 section 7.5).
    if action == "ChangeConfiguration" and payload["key"].casefold() == key.casefold():
        value: str = payload["value"]
        return value
    return None


def without_secrets(action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload as it may be recorded: without keys, passwords and tokens."""
    if new_authorization_key(action, payload) is None:
        return without_location_secrets(action, payload)
    return payload | {"value": HIDDEN}
