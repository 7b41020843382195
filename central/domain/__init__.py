"""What the business does: chargers, id tags, sessions, money, users.

Functions that take a `sqlalchemy.Connection` first are units of work: they talk to nothing but
the database, take the time as an argument, and are run by `central.domain.storage`, which alone
commits. Here is no HTTP and no OCPP framing; these are in `central.api` and `central.ocpp`.
"""
