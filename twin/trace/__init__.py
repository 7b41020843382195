"""Recorded signals: what was recorded when, in memory, and out to MDF4, CSV and pictures.

`recorder` keeps the samples, `signals` names what can be recorded, `export`
writes files, `plot` draws. Nothing here measures or judges.
"""

from twin.trace.recorder import Samples, Trace
from twin.trace.signals import SIGNALS, Signal

__all__ = ["SIGNALS", "Samples", "Signal", "Trace"]
