"""How often a transfer is tried, and how far apart (OCPP 1.6 sections 6.25 and 6.55)."""

from __future__ import annotations

from wire.frames import Payload

_RETRIES = 3
_RETRY_INTERVAL_S = 60
"""Where the order leaves them to the charger."""

_MOST_RETRIES = 100
_LONGEST_INTERVAL_S = 7 * 86_400


def attempts(payload: Payload) -> int:
    """Return how often an order lets the charger try: once more than `retries`."""
    retries: int = payload.get("retries", _RETRIES)
    return min(max(retries, 0), _MOST_RETRIES) + 1


def retry_interval_s(payload: Payload) -> int:
    """Return the pause between two attempts of an order, seconds."""
    interval_s: int = payload.get("retryInterval", _RETRY_INTERVAL_S)
    return min(max(interval_s, 0), _LONGEST_INTERVAL_S)
