"""A charging profile as it comes over the wire, checked (OCPP 1.6 sections 7.8 to 7.14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import pairwise

from wire.errors import ErrorCode
from wire.frames import Payload
from wire.times import parse_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US = 1_000_000
MOST = 2**31 - 1
"""The largest number that is taken: what fits into 32 bits."""

DAY_US = 86_400 * SECOND_US


class Purpose(Enum):
    """What a profile limits (section 3.13.1)."""

    CHARGE_POINT_MAX = "ChargePointMaxProfile"
    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"


class Kind(Enum):
    """What the time of a schedule counts from (section 7.9)."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"


ROUND_US = {"Daily": DAY_US, "Weekly": 7 * DAY_US}
"""Length of a recurring schedule's round, in UTC, which knows no summer time (section 7.11)."""


class MalformedProfileError(Exception):
    """A profile that no charger could follow; the message says what is wrong, and where.

    Attributes:
        code: For the CALLERROR.
    """

    def __init__(
        self, message: str, code: ErrorCode = ErrorCode.PROPERTY_CONSTRAINT_VIOLATION
    ) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Period:
    """A limit from an instant of the schedule on.

    Attributes:
        start_us: From the start of the schedule.
        limit: A per phase, or W over all phases, as the schedule's unit says; one decimal.
        phases: That may be used; 3 unless said otherwise (section 7.14).
    """

    start_us: int
    limit: float
    phases: int = 3


@dataclass(frozen=True, slots=True)
class Schedule:
    """Limits over time.

    Attributes:
        unit: `A` or `W`.
        periods: Rising in time, the first at 0; each lasts until the next one.
        duration_us: After it the schedule says nothing; None: it goes on.
        start_us: Of an absolute or recurring schedule, microseconds since 1970 UTC.
        min_rate: Below it a vehicle charges badly, in the schedule's unit; 0: unknown.
    """

    unit: str
    periods: tuple[Period, ...]
    duration_us: int | None = None
    start_us: int | None = None
    min_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """A charging profile; instants are microseconds since 1970 UTC.

    Attributes:
        profile_id: One of each at a charge point.
        stack_level: The highest that says something at an instant prevails.
        purpose: What it limits.
        kind: What its schedule counts from.
        schedule: The limits.
        round_us: After which a recurring schedule begins again; None: it does not.
        transaction_id: That it is meant for, where a TxProfile says so.
        valid_from_us: Not before it; None: always.
        valid_to_us: No longer at it; None: for good.
    """

    profile_id: int
    stack_level: int
    purpose: Purpose
    kind: Kind
    schedule: Schedule
    round_us: int | None = None
    transaction_id: int | None = None
    valid_from_us: int | None = None
    valid_to_us: int | None = None


def to_us(moment: datetime) -> int:
    """Return an instant as microseconds since 1970 UTC."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def read_profile(payload: Payload) -> Profile:
    """Read a ChargingProfile that is valid by its schema.

    Raises:
        MalformedProfileError: It breaks a rule that the schema does not know.
    """
    purpose = Purpose(payload["chargingProfilePurpose"])
    kind = Kind(payload["chargingProfileKind"])
    schedule = _schedule(payload["chargingSchedule"])
    round_us: int | None = None
    if kind is Kind.RECURRING:
        if "recurrencyKind" not in payload:
            raise MalformedProfileError(
                "recurrencyKind: a recurring profile needs it (section 7.8)"
            )
        round_us = ROUND_US[payload["recurrencyKind"]]
    if abs(payload["chargingProfileId"]) > MOST:
        raise MalformedProfileError(f"chargingProfileId: beyond {MOST}")
    if payload["stackLevel"] < 0:
        raise MalformedProfileError("stackLevel: 0 is the lowest (section 7.8)")
    if kind is Kind.RECURRING and schedule.start_us is None:
        raise MalformedProfileError(
            "chargingSchedule.startSchedule: a recurring profile needs it (section 7.9)"
        )
    if "transactionId" in payload and purpose is not Purpose.TX:
        raise MalformedProfileError("transactionId: only a TxProfile has one (section 7.8)")
    valid_from_us, valid_to_us = _instant(payload, "validFrom"), _instant(payload, "validTo")
    if valid_from_us is not None and valid_to_us is not None and valid_to_us <= valid_from_us:
        raise MalformedProfileError("validTo: it has to be after validFrom")
    return Profile(
        profile_id=payload["chargingProfileId"],
        stack_level=payload["stackLevel"],
        purpose=purpose,
        kind=kind,
        schedule=schedule,
        round_us=round_us,
        transaction_id=payload.get("transactionId"),
        valid_from_us=valid_from_us,
        valid_to_us=valid_to_us,
    )


def _schedule(payload: Payload) -> Schedule:
    where = "chargingSchedule"
    periods = tuple(
        _period(each, f"{where}.chargingSchedulePeriod[{index}]")
        for index, each in enumerate(payload["chargingSchedulePeriod"])
    )
    if not periods:
        raise MalformedProfileError(
            f"{where}.chargingSchedulePeriod: at least one is needed (section 7.13)",
            ErrorCode.OCCURENCE_CONSTRAINT_VIOLATION,
        )
    if periods[0].start_us != 0:
        raise MalformedProfileError(
            f"{where}.chargingSchedulePeriod[0].startPeriod: the first is 0 (section 7.14)"
        )
    if any(later.start_us <= sooner.start_us for sooner, later in pairwise(periods)):
        raise MalformedProfileError(
            f"{where}.chargingSchedulePeriod: startPeriod has to rise from period to period"
        )
    duration_s = payload.get("duration")
    if duration_s is not None and not 0 <= duration_s <= MOST:
        raise MalformedProfileError(f"{where}.duration: 0 to {MOST} s")
    min_rate = payload.get("minChargingRate", 0.0)
    if not 0 <= min_rate <= MOST:
        raise MalformedProfileError(f"{where}.minChargingRate: 0 to {MOST}")
    return Schedule(
        unit=payload["chargingRateUnit"],
        periods=periods,
        duration_us=None if duration_s is None else duration_s * SECOND_US,
        start_us=_instant(payload, "startSchedule", f"{where}."),
        min_rate=float(min_rate),
    )


def _period(payload: Payload, where: str) -> Period:
    phases = payload.get("numberPhases", 3)
    if not 0 <= payload["limit"] <= MOST:
        raise MalformedProfileError(f"{where}.limit: 0 to {MOST}")
    if payload["startPeriod"] > MOST:
        raise MalformedProfileError(f"{where}.startPeriod: at most {MOST} s")
    if not 1 <= phases <= 3:
        raise MalformedProfileError(f"{where}.numberPhases: 1, 2 or 3")
    return Period(payload["startPeriod"] * SECOND_US, float(payload["limit"]), phases)


def _instant(payload: Payload, name: str, where: str = "") -> int | None:
    if name not in payload:
        return None
    try:
        return to_us(parse_time(payload[name]))
    except ValueError as error:
        raise MalformedProfileError(f"{where}{name}: {error}") from error
