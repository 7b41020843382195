"""Smart charging (OCPP 1.6 section 3.13): limits of the central system over time.

`profile` reads what comes over the wire, `schedule` says what one profile or a stack of
them means at an instant, `sharing` divides a limit of the whole charge point, `limits`
puts these together, `composite` tells it as a schedule. These know no charger: they are
functions of profiles and an instant. `installation` and `store` keep the profiles, and
`block` serves the calls and commands the EVSEs, at the schedules' instants and by no
polling.

What does not live here: how fast a pilot may change (`twin.control.offer`), and what a
vehicle makes of it.
"""

from twin.charge_point.smart_charging.block import SmartCharging
from twin.charge_point.smart_charging.keys import SMART_CHARGING_KEYS
from twin.charge_point.smart_charging.sharing import LEAST_OFFER_A
from twin.charge_point.smart_charging.store import TABLES

__all__ = ["LEAST_OFFER_A", "SMART_CHARGING_KEYS", "TABLES", "SmartCharging"]
