"""Vehicles: on-board charger, battery, switch S2 and the habits of real models.

`catalogue.toml` holds the models with the source of each number. What is on the
EVSE's side of the inlet lives in `twin.electrics`.
"""

from twin.vehicle.vehicle import Vehicle

__all__ = ["Vehicle"]
