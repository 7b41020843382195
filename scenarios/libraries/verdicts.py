"""Keywords that judge a measured number by a requirement."""

from __future__ import annotations

from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.limits import judge, judge_never, worst
from scenarios.conclude import conclude
from scenarios.session import current


@library(scope="GLOBAL")
class Verdicts(DynamicCore):  # type: ignore[misc]
    """Judges measured numbers by the requirements of `requirements.yaml`.

    A scenario never compares a number itself. It measures, names the requirement, and the
    verdict (pass, fail, marginal) with its margin goes into log and report.
    """

    def __init__(self) -> None:
        super().__init__([])

    @keyword
    def verify(self, requirement: str, *measured: float) -> None:
        """Judge measured values, in the requirement's unit; the worst of them counts.

        | Verify | IEC61851.PILOT_POSITIVE | ${volts} |
        """
        session = current()
        wanted = session.requirement(requirement)
        values = [float(value) for value in measured]
        verdict = judge(
            wanted, worst(wanted, values), session.target.name, measurements=len(values)
        )
        target = session.target
        now_us = target.now_us
        conclude(verdict, lambda path: target.plot(path, max(0, now_us - 2_000_000), now_us))

    @keyword
    def verify_never(self, requirement: str, happened_after: float | None) -> None:
        """Judge that something did not happen, by the seconds after which it did, or None.

        It has to have been watched for as long as the requirement says.
        """
        session = current()
        wanted = session.requirement(requirement)
        verdict = judge_never(wanted, happened_after, wanted.limit.observe_s, session.target.name)
        conclude(verdict)
