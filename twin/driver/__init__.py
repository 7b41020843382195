"""Time drivers: what makes the twin's clock move while a network is attached.

The twin and its charge points live on one asyncio loop, usually in a thread of
their own (`TwinThread`), which alone touches the clock. A driver looks at the
time of the next event, waits for that instant or for something from the
network, then steps.

- `HeldDriver`: runs free, stands still while an exchange is in flight.
- `PacedDriver`: twin time held to wall time × factor; factor 1 is wall time.

`base` is what others may ask of either; `external_clock` tells a central system the twin's time.

What is simulated lives elsewhere: nothing here knows of OCPP or of electrics.
"""

from twin.driver.base import Driver, DriverFailed, Hold, OnExchange, WallTimeout
from twin.driver.external_clock import ExternalClock, ExternalClockError
from twin.driver.held import HeldDriver
from twin.driver.paced import PacedDriver
from twin.driver.thread import TwinThread

__all__ = [
    "Driver",
    "DriverFailed",
    "ExternalClock",
    "ExternalClockError",
    "HeldDriver",
    "Hold",
    "OnExchange",
    "PacedDriver",
    "TwinThread",
    "WallTimeout",
]
