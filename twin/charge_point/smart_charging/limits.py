"""What a set of profiles allows each connector at an instant: a pure function of both.

Currents are amperes per phase. A limit in watts becomes one by the nominal voltage and
the phases that may be used; which of them a vehicle uses the charger does not know
(decision 17). Instants are microseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from twin.charge_point.smart_charging.profile import Period, Profile, Purpose
from twin.charge_point.smart_charging.schedule import (
    Candidate,
    Installed,
    next_change_us,
    prevailing,
)
from twin.charge_point.smart_charging.sharing import Claim, share


@dataclass(frozen=True, slots=True)
class Outlet:
    """A connector with a transaction, as far as limits go.

    Attributes:
        number: Of the connector, from 1.
        rating_a: What it can carry, A per phase.
        phases: It has, 1 or 3.
        voltage_v: Nominal, phase to neutral.
        charging_from_us: When the transaction began.
        switches: It can use one of its three phases alone.
    """

    number: int
    rating_a: float
    phases: int
    voltage_v: float
    charging_from_us: int
    switches: bool = True


class Limit(NamedTuple):
    """What may be drawn.

    Attributes:
        current_a: Per phase.
        power_w: Over all phases.
        phases: That may be used.
    """

    current_a: float
    power_w: float
    phases: int


def limits_at(
    outlets: Sequence[Outlet], installed: Sequence[Installed], now_us: int
) -> dict[int, Limit]:
    """Return the limit of each connector that charges, by its number.

    Args:
        outlets: The connectors with a transaction, in the order of precedence.
        installed: Every profile there is.
        now_us: The instant.
    """
    cap = prevailing(_maxima(installed), now_us)
    owns = [_own(outlet, installed, cap, now_us) for outlet in outlets]
    currents_a = [claim.most_a for claim, _ in owns]
    if cap is not None and outlets:
        currents_a = share(cap[1].limit, [claim for claim, _ in owns])
    return {
        outlet.number: _limit(outlet, current_a, phases)
        for outlet, current_a, (_, phases) in zip(outlets, currents_a, owns, strict=True)
    }


def total_at(outlets: Sequence[Outlet], installed: Sequence[Installed], now_us: int) -> Limit:
    """Return what the whole charge point may draw from the grid if all of them charge."""
    cap = prevailing(_maxima(installed), now_us)
    current_a = power_w = 0.0
    for outlet in outlets:
        claim, phases = _own(outlet, installed, cap, now_us)
        current_a += claim.most_a
        power_w += _limit(outlet, claim.most_a, phases).power_w
    phases = max(outlet.phases for outlet in outlets)
    if cap is not None:
        profile, period = cap
        line_v = outlets[0].voltage_v * phases
        in_watts = profile.schedule.unit == "W"
        current_a = min(current_a, period.limit / line_v if in_watts else period.limit)
        power_w = min(power_w, period.limit if in_watts else period.limit * line_v)
    return Limit(current_a, power_w, phases)


def change_after_us(
    outlets: Sequence[Outlet], installed: Sequence[Installed], now_us: int
) -> int | None:
    """Return the first instant after `now_us` at which a limit may be another; None: never."""
    candidates = _maxima(installed)
    for outlet in outlets:
        candidates += _stack(outlet, installed)
    changes = [next_change_us(profile, now_us, start_us) for profile, start_us in candidates]
    return min((each for each in changes if each is not None), default=None)


def _maxima(installed: Sequence[Installed]) -> list[Candidate]:
    """Return the profiles that limit the charge point, the highest first."""
    found = [each for each in installed if each.profile.purpose is Purpose.CHARGE_POINT_MAX]
    found.sort(key=lambda each: -each.profile.stack_level)
    return [(each.profile, each.installed_us) for each in found]


def _stack(outlet: Outlet, installed: Sequence[Installed]) -> list[Candidate]:
    """Return the profiles that limit a connector, the one that prevails first.

    A TxProfile overrules a TxDefaultProfile of the connector, which overrules one of all
    connectors (section 3.13.1); among those of one kind the stack level decides.
    """
    ranked: list[tuple[tuple[bool, bool, int], Profile]] = []
    for connector, profile, _ in installed:
        mine = connector == outlet.number
        for_all = connector == 0 and profile.purpose is Purpose.TX_DEFAULT
        if mine or for_all:
            rank = (profile.purpose is not Purpose.TX, for_all, -profile.stack_level)
            ranked.append((rank, profile))
    ranked.sort(key=lambda pair: pair[0])
    return [(profile, outlet.charging_from_us) for _, profile in ranked]


Found = tuple[Profile, Period] | None


def _own(
    outlet: Outlet, installed: Sequence[Installed], cap: Found, now_us: int
) -> tuple[Claim, int]:
    """Return what a connector could take if it were alone, and on how many phases."""
    found = prevailing(_stack(outlet, installed), now_us)
    wanted = min([period.phases for one in (found, cap) if one for period in one[1:]], default=3)
    # The contactor has L1 alone, or all three: two phases are not to be had.
    phases = 1 if outlet.switches and wanted < 3 else outlet.phases
    per_ampere_w = outlet.voltage_v * phases
    most_a, least_a = outlet.rating_a, 0.0
    if found is not None:
        profile, period = found
        in_amps = _in_amps(profile, per_ampere_w)
        most_a = min(most_a, in_amps(period.limit))
        least_a = in_amps(profile.schedule.min_rate)
    weight = per_ampere_w if cap is not None and cap[0].schedule.unit == "W" else 1.0
    return Claim(most_a, weight, least_a), phases


def _in_amps(profile: Profile, per_ampere_w: float) -> Callable[[float], float]:
    """Return what makes amperes per phase of a number in a profile.

    Amperes hold as they are however many phases the profile speaks of (errata 3.34).
    """
    if profile.schedule.unit == "A":
        return lambda number: number
    return lambda number: number / per_ampere_w


def _limit(outlet: Outlet, current_a: float, phases: int) -> Limit:
    return Limit(current_a, current_a * outlet.voltage_v * phases, phases)
