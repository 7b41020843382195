"""Scenarios: what an EVSE has to do, in words, measured and judged on any target.

`requirements.yaml` holds the limits, `suites` the scenarios by topic,
`libraries` the keywords they use, `resources` what suites share, and `wrong`
the deliberately wrong EVSEs that prove the scenarios can fail. How a target is
driven lives in `hil`.
"""
