"""A fleet: many chargers of the twin at once, against any OCPP 1.6J central system.

`description` is what a user writes in YAML and `load` reads it, errors with
file, line and key; `drawing` makes the `plan` of each charger from
description and seed alone; `player` plays it, people and `trouble`; `watch`, `books` and
`obedience` keep frames, transactions and limits; `orders` and `second_opinion` work out anew,
from the wire, what the charging profiles allow; `fleet` runs all of them on one driver, and
`report` judges.

What does not live here: the charger itself (`twin.charge_point`), the clock
(`twin.driver`), the command line (`evseloop.fleet`).
"""

from twin.fleet.description import Allow, Description, schema
from twin.fleet.drawing import draw
from twin.fleet.fleet import Fleet
from twin.fleet.load import DescriptionError, load, profile, profiles
from twin.fleet.plan import ChargerPlan
from twin.fleet.player import Remote

__all__ = [
    "Allow",
    "ChargerPlan",
    "Description",
    "DescriptionError",
    "Fleet",
    "Remote",
    "draw",
    "load",
    "profile",
    "profiles",
    "schema",
]
