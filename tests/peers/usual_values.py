"""What the fields of calls usually hold, so that calls drawn from their schemas get somewhere.

Texts that begin with `@` stand for what is known only while a course is played: see `at_play`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.peers.firmware_orders import signature, signer
from tests.peers.odd_certificates import with_an_extension_twice, with_serial
from tests.peers.pki import Authority
from twin.charge_point.firmware import FirmwareImage

IMAGE = FirmwareImage("2.0.0").to_bytes()
FILES, CHAIN = "@files", "@chain"
"""The address of the file server; the certificate for the last request of the charger."""

NUMBERS = st.integers(0, 3)
TAGS = st.sampled_from(["A", "B", "BAD", "C"])
NOW = st.just("2026-01-01T00:00:00Z")

_KEYS = [
    "MinimumStatusDuration", "LocalPreAuthorize", "LocalAuthListEnabled",
    "AuthorizationCacheEnabled", "AuthorizeRemoteTxRequests", "StopTransactionOnInvalidId",
    "MaxEnergyOnInvalidId", "MeterValueSampleInterval", "ClockAlignedDataInterval",
    "StopTxnAlignedData", "StopTxnSampledData", "MeterValuesSampledData",
    "StopTransactionOnEVSideDisconnect", "UnlockConnectorOnEVSideDisconnect",
    "ConnectionTimeOut", "HeartbeatInterval", "WebSocketPingInterval",
    "TransactionMessageAttempts", "TransactionMessageRetryInterval",
    "AuthorizationKey", "SecurityProfile", "CpoName",
]  # fmt: skip
_VALUES = [
    "true", "false", "0", "1", "2", "3", "30", "\u0663",
    "Voltage,Power.Active.Import,Frequency", "", "30" * 16, "fF" * 20, "Operator",
]  # fmt: skip


@cache
def usual(authority: Authority) -> dict[str, st.SearchStrategy[Any]]:
    """Return what a field of a name is drawn from; `authority`: whom the charger believes."""
    by = signer(authority)
    stranger = Authority("Stranger")
    own = authority.client("SN-1")
    return {
        "idTag": TAGS,
        "parentIdTag": st.just("GROUP"),
        "connectorId": NUMBERS,
        "expiryDate": st.just("2026-01-01T01:00:00Z"),
        "reservationId": NUMBERS,
        "transactionId": st.integers(100, 103),
        "listVersion": NUMBERS,
        "chargingProfileId": NUMBERS,
        "id": NUMBERS,
        "stackLevel": NUMBERS,
        "duration": st.sampled_from([1, 60, 400, 100_000]),
        "startPeriod": st.sampled_from([0, 5, 60]),
        "limit": st.sampled_from([0.0, 5.9, 6.0, 6.3, 10.0, 32.0]),
        "numberPhases": st.sampled_from([1, 3]),
        "startSchedule": NOW,
        "key": st.sampled_from(_KEYS),
        "value": st.sampled_from(_VALUES),
        # --- files ---
        "location": _locations("new.bin", "damaged.bin", "missing.bin"),
        "remoteLocation": _locations("logs"),
        "retrieveDate": NOW,
        "retrieveDateTime": NOW,
        "installDateTime": NOW,
        "retries": st.integers(0, 2),
        "retryInterval": st.sampled_from([0, 10]),
        "requestId": NUMBERS,
        # --- security ---
        "signingCertificate": st.sampled_from(
            [by.pem, signer(stranger).pem, authority.pem, with_an_extension_twice(authority, by)]
        ),
        "signature": st.sampled_from([signature(IMAGE, by), "AAAA", "\u00fc" * 4]),
        "certificate": st.sampled_from(
            [
                *(authority.pem, stranger.pem, by.pem),
                *(with_an_extension_twice(stranger), with_serial(stranger, 1 << 160)),
            ]
        ),
        "certificateChain": st.sampled_from(
            [CHAIN, own.pem, with_an_extension_twice(authority, own)]
        ),
    }


def _locations(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            *(f"{FILES}/{name}" for name in names),
            "http://127.0.0.1:9/nobody",
            "http://127.0.0.1:99999/",
            "gopher://example.com/",
            "ftp://[::",
        ]
    )


def at_play(value: Any, known: Callable[[str], str]) -> Any:
    """Put what `known` returns of `@files` and `@chain` into their places in a payload."""
    if isinstance(value, dict):
        return {name: at_play(each, known) for name, each in value.items()}
    if isinstance(value, list):
        return [at_play(each, known) for each in value]
    if isinstance(value, str):
        for token in (FILES, CHAIN):
            if value.startswith(token):
                return known(token) + value.removeprefix(token)
    return value
