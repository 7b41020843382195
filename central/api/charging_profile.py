"""A charging profile as the REST calls spell it (OCPP 1.6 sections 7.8 to 7.14)."""

from __future__ import annotations

import itertools
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from central.api.fields import Count, Limit, Moment, Number

Purpose = Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]


class SchedulePeriod(BaseModel):
    """From `start_period` seconds on, at most `limit` amperes per phase or watts."""

    model_config = ConfigDict(extra="forbid")

    start_period: Count
    limit: Limit
    number_phases: Annotated[int, Field(ge=1, le=3, strict=True)] | None = None


class ChargingSchedule(BaseModel):
    """Limits over time."""

    model_config = ConfigDict(extra="forbid")

    charging_rate_unit: Literal["A", "W"]
    charging_schedule_period: list[SchedulePeriod] = Field(min_length=1, max_length=1000)
    duration: Count | None = Field(None, description="seconds")
    start_schedule: Moment | None = None
    min_charging_rate: Limit | None = None

    @model_validator(mode="after")
    def _periods_follow_one_another(self) -> Self:
        starts = [period.start_period for period in self.charging_schedule_period]
        if starts[0] != 0:
            raise ValueError("the first start_period is 0 (OCPP 1.6 section 7.14)")
        if any(later <= earlier for earlier, later in itertools.pairwise(starts)):
            raise ValueError("start_period must rise from period to period")
        return self


class ChargingProfile(BaseModel):
    """A charging profile (OCPP 1.6 section 7.8)."""

    model_config = ConfigDict(extra="forbid")

    charging_profile_id: Number
    stack_level: Count
    charging_profile_purpose: Purpose
    charging_profile_kind: Literal["Absolute", "Recurring", "Relative"]
    charging_schedule: ChargingSchedule
    transaction_id: Number | None = None
    recurrency_kind: Literal["Daily", "Weekly"] | None = None
    valid_from: Moment | None = None
    valid_to: Moment | None = None

    @model_validator(mode="after")
    def _kind_is_complete(self) -> Self:
        if self.charging_profile_kind == "Recurring" and self.recurrency_kind is None:
            raise ValueError("a recurring profile needs recurrency_kind")
        if self.charging_profile_purpose != "TxProfile" and self.transaction_id is not None:
            raise ValueError("only a TxProfile carries a transaction_id")
        return self


PROFILE_EXAMPLE = {
    "charging_profile_id": 1,
    "stack_level": 0,
    "charging_profile_purpose": "TxDefaultProfile",
    "charging_profile_kind": "Relative",
    "charging_schedule": {
        "charging_rate_unit": "A",
        "charging_schedule_period": [{"start_period": 0, "limit": 16.0}],
    },
}
