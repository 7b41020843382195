"""Numbers in orders of transfers (OCPP 1.6 sections 6.25 and 6.55; security whitepaper)."""

from __future__ import annotations

from wire.frames import Payload

_RETRIES = 3
_RETRY_INTERVAL_S = 60
"""Where the order leaves them to the charger."""

_MOST_RETRIES = 100
_LONGEST_INTERVAL_S = 7 * 86_400
_LARGEST_ID = 2**63 - 1


def attempts(payload: Payload) -> int:
    """Return how often an order lets the charger try: once more than `retries`."""
    return int(min(max(payload.get("retries", _RETRIES), 0), _MOST_RETRIES)) + 1


def retry_interval_s(payload: Payload) -> int:
    """Return the pause between two attempts of an order, seconds."""
    interval_s = payload.get("retryInterval", _RETRY_INTERVAL_S)
    return int(min(max(interval_s, 0), _LONGEST_INTERVAL_S))


def request_id(payload: Payload) -> int:
    """Return the number of an order. JSON may write a whole number as 1.0.

    Raises:
        ValueError: It does not fit into 64 bits.
    """
    number = int(payload["requestId"])
    if abs(number) > _LARGEST_ID:
        raise ValueError(f"requestId {payload['requestId']} does not fit into 64 bits")
    return number
