"""What one profile, and a stack of them, says at an instant. Times are integer microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from twin.charge_point.smart_charging.profile import Kind, Period, Profile


class Installed(NamedTuple):
    """A profile where it was installed.

    Attributes:
        connector: 0: the charge point, or each of its connectors.
        profile: What was installed.
        installed_us: When; a ChargePointMaxProfile without a start counts from here.
    """

    connector: int
    profile: Profile
    installed_us: int


Candidate = tuple[Profile, int | None]
"""A profile, and when the charging began that it may count from."""


def start_of(profile: Profile, charging_from_us: int | None) -> int | None:
    """Return when a schedule's time is 0: for a recurring one, in its first round.

    A schedule without a start of its own counts from the start of charging (sections
    7.9 and 7.13), of which there is none while no transaction runs.
    """
    if profile.kind is Kind.RELATIVE or profile.schedule.start_us is None:
        return charging_from_us
    return profile.schedule.start_us


def period_at(profile: Profile, now_us: int, charging_from_us: int | None) -> Period | None:
    """Return the period in force at an instant; None: the profile says nothing then.

    It is valid from `validFrom` on and no longer at `validTo`. A recurring schedule that
    is longer than its round is cut, a shorter one leaves the rest of the round to others
    (section 7.11); before its startSchedule it has not begun.
    """
    if profile.valid_from_us is not None and now_us < profile.valid_from_us:
        return None
    if profile.valid_to_us is not None and now_us >= profile.valid_to_us:
        return None
    start_us = start_of(profile, charging_from_us)
    if start_us is None or now_us < start_us:
        return None
    elapsed_us = now_us - start_us
    if profile.round_us is not None:
        elapsed_us %= profile.round_us
    schedule = profile.schedule
    if schedule.duration_us is not None and elapsed_us >= schedule.duration_us:
        return None
    found = schedule.periods[0]
    for period in schedule.periods:
        if period.start_us > elapsed_us:
            break
        found = period
    return found


def next_change_us(profile: Profile, now_us: int, charging_from_us: int | None) -> int | None:
    """Return the first instant after `now_us` at which the profile may say something else.

    None: never again. It may turn out that nothing changes there.
    """
    instants = [profile.valid_from_us, profile.valid_to_us]
    start_us = start_of(profile, charging_from_us)
    if start_us is not None:
        schedule, round_us = profile.schedule, profile.round_us
        offsets = [period.start_us for period in schedule.periods]
        if schedule.duration_us is not None:
            offsets.append(schedule.duration_us)
        if round_us is None:
            instants += [start_us + offset for offset in offsets]
        else:
            this_us = start_us + max(0, (now_us - start_us) // round_us) * round_us
            instants += [this_us + offset for offset in offsets if offset < round_us]
            instants.append(this_us + round_us)
    later = [each for each in instants if each is not None and each > now_us]
    return min(later, default=None)


def prevailing(stack: Iterable[Candidate], now_us: int) -> tuple[Profile, Period] | None:
    """Return who prevails at an instant, and its period: the first that says something."""
    for profile, charging_from_us in stack:
        period = period_at(profile, now_us, charging_from_us)
        if period is not None:
            return profile, period
    return None
