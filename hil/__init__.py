"""The harness: what stands between a scenario and whatever is behind the pilot wire.

Here live the limits and verdicts (`limits`), the reports (`report`), the
protocol every target implements (`target`) and the targets themselves
(`targets`). Not here: the scenarios and their keywords (`scenarios`), and the
physics of the twin (`twin`).
"""
