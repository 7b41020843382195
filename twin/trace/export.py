"""A trace as a file: MDF4, the measurement format of the automotive field, and CSV."""

from __future__ import annotations

import csv
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from twin.trace.signals import SIGNALS, Signal

if TYPE_CHECKING:
    from twin.trace.recorder import Trace

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - asammdf compares with this object
"""Begin of every measurement file: the twin has no calendar."""


def signal_of(name: str) -> Signal:
    """Return what is known of a recorded signal, with or without an EVSE's name in front."""
    return SIGNALS.get(name.rpartition(".")[2], Signal(name, "", ""))


def write_csv(trace: Trace, path: Path) -> None:
    """Write every sample in order of time: `time_us,signal,value,unit`."""
    rows = []
    for name in trace.names():
        samples, unit = trace.samples(name), signal_of(name).unit
        rows += [
            (time_us, name, value, unit)
            for time_us, value in zip(samples.time_us, samples.value, strict=True)
        ]
    # Samples of one signal at one instant stay in their order: the sort is stable.
    rows.sort(key=lambda row: (row[0], row[1]))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("time_us", "signal", "value", "unit"))
        writer.writerows(rows)


def write_mdf(trace: Trace, path: Path) -> None:
    """Write an MDF4 file (`.mf4`), one channel group per signal, times in seconds.

    Raises:
        ImportError: asammdf is not installed (`pip install evseloop[scenarios]`).
    """
    import numpy as np
    from asammdf import MDF
    from asammdf import Signal as Channel

    with MDF(version="4.10") as file:
        file.start_time = EPOCH
        for name in trace.names():
            samples, known = trace.samples(name), signal_of(name)
            file.append(
                Channel(
                    samples=np.array(samples.value, dtype=np.float64),
                    timestamps=np.array(samples.time_us, dtype=np.float64) / 1e6,
                    name=name,
                    unit=known.unit,
                    comment=known.doc,
                ),
                comment=known.doc,
            )
        file.save(path, overwrite=True)
