"""Everything that can be broken, by name, with parameters.

One registry; each fault says what physically happens and what its parameters
are. `Evse.inject(name, **params)` and `Evse.clear(name)` work it. What a
controller ought to do about a fault lives in `scenarios`, never here.
"""

from twin.faults.fault import Fault, Param
from twin.faults.registry import FAULTS, describe, find

__all__ = ["FAULTS", "Fault", "Param", "describe", "find"]
