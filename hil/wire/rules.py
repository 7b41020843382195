"""The rules of the wire: each looks at a whole recording, and says what broke it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hil.wire import calling, registering, securing, transacting, updating
from hil.wire.broken import Broken
from hil.wire.exchanges import Wire, read
from hil.wire.recording import Recording

Rule = Callable[[Wire, int], Iterator[Broken]]

RULES: dict[str, Rule] = {
    "WIRE_FRAMES": calling.frames,
    "WIRE_SCHEMA": calling.schemas,
    "WIRE_ONE_CALL": calling.one_call,
    "WIRE_UNIQUE_IDS": calling.unique_ids,
    "WIRE_ANSWERS": calling.answers,
    "WIRE_BOOT_FIRST": registering.boot_first,
    "WIRE_STATUS_AFTER_BOOT": registering.status_after_boot,
    "WIRE_TRANSACTION_ORDER": transacting.order,
    "WIRE_AFTER_STOP": transacting.after_stop,
    "WIRE_FILE_STATUSES": updating.statuses,
    "WIRE_SECURE_FILE_STATUSES": updating.secure_statuses,
    "WIRE_NO_WAY_BACK": securing.no_way_back,
    "WIRE_TLS_OFFER": securing.tls_offer,
}
"""Every rule by the name of its requirement, without the prefix `OCPP16.`."""


def judge(recording: Recording, connectors: int) -> dict[str, list[Broken]]:
    """Return what broke each rule, in order of time; nothing where it holds.

    Args:
        recording: of one charger, from its first connection on.
        connectors: how many it has.
    """
    wire = read(recording)
    return {name: list(rule(wire, connectors)) for name, rule in RULES.items()}
