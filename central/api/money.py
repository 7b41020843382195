"""Amounts of money at the edge: minor units are stored, major units are shown."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import Final

from central.api.errors import ApiError

WITHOUT_MINOR_UNIT: Final = frozenset(
    (
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
        "VUV", "XAF", "XOF", "XPF",
    )
)  # fmt: skip
WITH_THREE_DECIMALS: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""


def decimals_of(currency: str) -> int:
    """Return how many decimals an amount of this currency has (ISO 4217)."""
    if currency in WITHOUT_MINOR_UNIT:
        return 0
    return 3 if currency in WITH_THREE_DECIMALS else 2


def from_minor(amount_minor: int, currency: str) -> float:
    """Return an amount in the currency's major unit, for showing."""
    return float(Decimal(amount_minor).scaleb(-decimals_of(currency)))


def to_minor(amount: Decimal, currency: str, *, where: str) -> int:
    """Return an amount in whole minor units.

    Raises:
        ApiError: 422: it has more decimals than the currency.
    """
    amount_minor = amount.scaleb(decimals_of(currency))
    if amount_minor != amount_minor.to_integral_value():
        raise ApiError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"{currency} has {decimals_of(currency)} decimals",
            where=where,
            how="round it",
        )
    return int(amount_minor)
