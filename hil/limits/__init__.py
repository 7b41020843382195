"""Requirements of the standards and the verdict on a measured number.

A requirement is data (`requirement`), read and checked by `load`; `judge`
compares a measured value and its uncertainty with the limits. Nothing here
measures, and nothing here needs Robot Framework or a plot library.
"""

from hil.limits.judge import Outcome, Verdict, inconclusive, judge, judge_never, worst
from hil.limits.load import RequirementsError, load_requirements
from hil.limits.requirement import TARGETS, Limit, Requirement, Source

__all__ = [
    "TARGETS",
    "Limit",
    "Outcome",
    "Requirement",
    "RequirementsError",
    "Source",
    "Verdict",
    "inconclusive",
    "judge",
    "judge_never",
    "load_requirements",
    "worst",
]
