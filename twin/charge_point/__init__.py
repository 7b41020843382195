"""An OCPP 1.6J charge point on top of one to N EVSEs of the twin.

`ChargePoint` is the whole of it to the outside (`watched`: what is seen of it;
`business_side`: what a program behind the business link has in common with it).
Inside, `running` wires the functional blocks of the standard (`boot`, `authorize`, `transactions`,
`meter_values`, `status`, `configuration`, `availability`, `remote`, `reset`,
`unlock`, `data_transfer`, `smart_charging`, `firmware`, `logs`) over one `context`; `calls` and
`connection` speak OCPP-J; `store`, `queue` and `records` are the charger's
non-volatile memory.
A further profile is a further block; `security` is the extension of the whitepaper.

What does not live here: the charging process (`twin.controller`), the
electrics (`twin.evse`), the frames themselves (`wire`), time (`twin.driver`).
"""

from twin.charge_point.booking import Booking, Entry
from twin.charge_point.boot import TypePlate
from twin.charge_point.calls import Answered, Outcome, Refused, Registration, Unanswered
from twin.charge_point.charge_point import ChargePoint
from twin.charge_point.context import Event
from twin.charge_point.security.setup import SecuritySetup
from twin.charge_point.status_table import Status
from twin.charge_point.store import StoreError, Volatile

__all__ = [
    "Answered",
    "Booking",
    "ChargePoint",
    "Entry",
    "Event",
    "Outcome",
    "Refused",
    "Registration",
    "SecuritySetup",
    "Status",
    "StoreError",
    "TypePlate",
    "Unanswered",
    "Volatile",
]
