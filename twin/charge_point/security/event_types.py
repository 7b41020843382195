"""Security events by name (W, section 3 of its annex: the list of security events)."""

from __future__ import annotations

from enum import StrEnum


class SecurityEvent(StrEnum):
    """Names on the wire."""

    FIRMWARE_UPDATED = "FirmwareUpdated"
    FAILED_TO_AUTHENTICATE = "FailedToAuthenticateAtCentralSystem"
    """The central system refused this charger's credentials."""
    CENTRAL_FAILED_TO_AUTHENTICATE = "CentralSystemFailedToAuthenticate"
    SETTING_SYSTEM_TIME = "SettingSystemTime"
    STARTUP = "StartupOfTheDevice"
    RESET_OR_REBOOT = "ResetOrReboot"
    LOG_CLEARED = "SecurityLogWasCleared"
    RECONFIGURATION = "ReconfigurationOfSecurityParameters"
    MEMORY_EXHAUSTION = "MemoryExhaustion"
    INVALID_MESSAGES = "InvalidMessages"
    ATTEMPTED_REPLAY = "AttemptedReplayAttacks"
    TAMPER_DETECTION = "TamperDetectionActivated"
    INVALID_FIRMWARE_SIGNATURE = "InvalidFirmwareSignature"
    INVALID_FIRMWARE_CERTIFICATE = "InvalidFirmwareSigningCertificate"
    INVALID_CENTRAL_CERTIFICATE = "InvalidCentralSystemCertificate"
    INVALID_OWN_CERTIFICATE = "InvalidChargePointCertificate"
    INVALID_TLS_VERSION = "InvalidTLSVersion"
    INVALID_TLS_CIPHER_SUITE = "InvalidTLSCipherSuite"


CRITICAL = frozenset(
    {
        SecurityEvent.FIRMWARE_UPDATED,
        SecurityEvent.SETTING_SYSTEM_TIME,
        SecurityEvent.STARTUP,
        SecurityEvent.RESET_OR_REBOOT,
        SecurityEvent.LOG_CLEARED,
        SecurityEvent.MEMORY_EXHAUSTION,
        SecurityEvent.TAMPER_DETECTION,
    }
)
"""The central system is told of these, and must have them in the end (W A04)."""

DEMANDED = frozenset(
    {
        SecurityEvent.INVALID_OWN_CERTIFICATE,
        SecurityEvent.INVALID_CENTRAL_CERTIFICATE,
        SecurityEvent.INVALID_FIRMWARE_SIGNATURE,
        SecurityEvent.INVALID_FIRMWARE_CERTIFICATE,
    }
)
"""Not critical, but the use case that they happen in wants them sent (W A02, M05, L01)."""

NOTIFIED = CRITICAL | DEMANDED
"""What is sent. Everything else is in the security log alone."""
