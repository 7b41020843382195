"""Types of fields that more than one call takes, with their bounds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, Field, PlainSerializer, StringConstraints

from wire.times import format_time

INT32_MAX = 2**31 - 1


def _in_range(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999") from error


def _one_decimal(value: float) -> float:
    if abs(value - round(value, 1)) > 1e-9:
        raise ValueError("at most one decimal (OCPP 1.6 section 7.14)")
    return round(value, 1)


Count = Annotated[int, Field(ge=0, le=INT32_MAX, strict=True)]
Positive = Annotated[int, Field(ge=1, le=INT32_MAX, strict=True)]
Number = Annotated[int, Field(ge=-INT32_MAX - 1, le=INT32_MAX, strict=True)]
Moment = Annotated[
    AwareDatetime, AfterValidator(_in_range), PlainSerializer(format_time, return_type=str)
]
Limit = Annotated[
    float, Field(ge=0, le=1_000_000, allow_inf_nan=False), AfterValidator(_one_decimal)
]
PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""Text without control characters, which neither a display nor every database takes."""
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""The same, with line breaks and tabs."""

Tag = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=PLAIN)]
"""An id tag: CiString20Type."""
Location = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[!-~]+$")]
"""A URI to fetch from or upload to."""

ChargePointId = Annotated[
    str, Path(min_length=1, max_length=64, pattern=PLAIN, examples=["CP001"], description="charger")
]
"""A charger's identity in a path."""
PageSize = Annotated[int, Query(ge=1, le=1000, description="how many at most")]
PageStart = Annotated[int, Query(ge=0, le=INT32_MAX, description="how many to leave out")]
