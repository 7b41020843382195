"""Keywords for charging profiles; a component of the library `Ocpp`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from robot.api import logger
from robot.api.deco import keyword
from robot.utils import timestr_to_secs

from hil.central import Central
from hil.targets.twin_charger import TwinCharger
from scenarios.libraries.pilot import amps_of_duty
from scenarios.words import S

SETTLED_S = 6
"""After a change of the limit: 5 s between changes of the duty (IEC 61851-1 Table A.6), and one."""


class SmartCharging:
    """Sets profiles over the central system, and compares the pilot at the plug with them."""

    def __init__(self, central: Callable[[], Central], charger: Callable[[], TwinCharger]) -> None:
        self._central = central
        self._charger = charger
        self._steps: list[tuple[float, float]] = []
        self._from_us = 0

    @keyword
    def set_charging_profile(
        self,
        *steps: str,
        purpose: Literal[
            "ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"
        ] = "TxDefaultProfile",
    ) -> None:
        """Have the central system limit the charger from now on, by steps in amperes.

        A step is `16 A from 3 min`, counted from now; the first is from 0 s. A TxProfile is for the
        session that runs.
        """
        charger, central = self._charger(), self._central()
        self._steps = [_step(each) for each in steps]
        now_us = charger.now_us()
        self._from_us = now_us - now_us % S
        start = central.epoch + timedelta(microseconds=self._from_us)
        periods = [{"start_period": int(at_s), "limit": limit_a} for at_s, limit_a in self._steps]
        schedule = {
            "charging_rate_unit": "A",
            "charging_schedule_period": periods,
            "start_schedule": start.isoformat(),
        }
        profile = {
            "charging_profile_id": 1,
            "stack_level": 0,
            "charging_profile_purpose": purpose,
            "charging_profile_kind": "Absolute",
            "charging_schedule": schedule,
        }
        connector = 0
        with charger.exchange():
            if purpose == "TxProfile":
                session = central.sessions(charger.identity)[0]
                connector, profile["transaction_id"] = 1, session["transaction_id"]
            central.post(
                f"/api/ocpp/{charger.identity}/set-charging-profile",
                connector_id=connector,
                cs_charging_profiles=profile,
            )

    @keyword
    def no_profile_holds_any_more(self) -> None:
        """From now on take the rating of the EVSE for the limit."""
        charger = self._charger()
        self._steps, self._from_us = [(0.0, charger.evse.config.rating_a)], charger.now_us()

    @keyword
    def greatest_deviation_from_profile(self, during: timedelta) -> float:
        """Let time pass, and return what was offered minus what the profile says, A.

        Looks at the duty at the plug once a second, but not in the 6 s after a step, and returns
        the value that is farthest from 0. A steady pilot offers 0 A.
        """
        charger = self._charger()
        charger.advance(SETTLED_S * S)
        end_us = charger.now_us() + int(during.total_seconds() * S)
        worst_a = 0.0
        while charger.now_us() < end_us:
            charger.advance(S)
            elapsed_s = (charger.now_us() - self._from_us) / S
            since_s, limit_a = max(step for step in self._steps if step[0] <= elapsed_s)
            if elapsed_s - since_s < SETTLED_S:
                continue
            deviation_a = self._offered_a() - limit_a
            if abs(deviation_a) > abs(worst_a):
                worst_a = deviation_a
                logger.info(f"{deviation_a:+.2f} A against {limit_a:g} A after {elapsed_s:.0f} s")
        return worst_a

    def _offered_a(self) -> float:
        charger = self._charger()
        duties: list[float | None] = []
        charger.do(lambda: duties.append(charger.evse.pilot_duty_percent()))
        return 0.0 if duties[0] is None else amps_of_duty(duties[0])


def _step(text: str) -> tuple[float, float]:
    """Read a step as (seconds from the start, A)."""
    found = re.fullmatch(r"([\d.]+) A from (.+)", text)
    if found is None:
        raise ValueError(f"{text!r} is no step: write `16 A from 3 min`")
    return timestr_to_secs(found[2]), float(found[1])
