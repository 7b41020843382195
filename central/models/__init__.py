"""The tables of the central system, one file for each domain, as SQLAlchemy Core tables.

Importing this package registers every table with `metadata`, which is what Alembic compares the
migrations with. Here are columns, keys and constraints; no queries and no rules, these are in
`central.domain`.
"""

from central.models.base import metadata
from central.models.certificates import charger_certificates
from central.models.charger_contents import (
    charger_profiles,
    composite_schedules,
    local_lists,
    reservations,
)
from central.models.chargers import chargers, connectors, pending_keys
from central.models.commands import commands
from central.models.files import file_jobs, firmware_images, uploads
from central.models.id_tags import id_tags
from central.models.ledger import ledger_entries, prices, wallets
from central.models.message_log import log_metadata, message_log
from central.models.meter_values import (
    meter_value_places,
    meter_values,
    meter_values_placed,
    sqlite_metadata,
)
from central.models.secrets import revoked_tokens, server_secrets
from central.models.security_events import security_events
from central.models.statistics import statistics
from central.models.transactions import orphan_stops, transactions
from central.models.users import users
from central.models.violations import violations

__all__ = [
    "charger_certificates",
    "charger_profiles",
    "chargers",
    "commands",
    "composite_schedules",
    "connectors",
    "file_jobs",
    "firmware_images",
    "id_tags",
    "ledger_entries",
    "local_lists",
    "log_metadata",
    "message_log",
    "metadata",
    "meter_value_places",
    "meter_values",
    "meter_values_placed",
    "orphan_stops",
    "pending_keys",
    "prices",
    "reservations",
    "revoked_tokens",
    "security_events",
    "server_secrets",
    "sqlite_metadata",
    "statistics",
    "transactions",
    "uploads",
    "users",
    "violations",
    "wallets",
]
