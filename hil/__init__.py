"""The harness: what stands between a scenario and whatever is behind the pilot wire.

Here live the limits and verdicts (`limits`), the reports (`report`), the
protocol every target implements (`target`) and the targets themselves
(`targets`); for scenarios with OCPP the central system under test (`central`), its certificates
(`central_pki`, `certificates`) and what is judged on the wire (`wire`).
Not here: the scenarios and their keywords (`scenarios`), and the physics of the twin (`twin`).
"""
