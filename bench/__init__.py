"""Benchmarks: `python -m bench.NAME` from the root of the checkout.

Each prints its figures; the last line is one JSON object with the figures and the machine.
They are measurements, no tests: none passes or fails.
"""
