"""The states that cases begin in, brought about step by step, and the order of what is told.

A case begins with a charge point that is booted and has nothing to do; `MinimumStatusDuration`
is 0. Configuration keys are set as the tool sets them: over OCPP.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.peers.charge_point_rig import Rig

_BESIDE = frozenset({"Heartbeat", "MeterValues", "SecurityEventNotification"})
"""Not among the steps of a case unless it says so."""


def step(action: str, payload: dict[str, Any]) -> str:
    """One message in a few words: `1 Preparing`, `Authorize TAG1`, `StopTransaction 100 Local`."""
    match action:
        case "StatusNotification":
            error = payload["errorCode"]
            words = [payload["connectorId"], payload["status"], "" if error == "NoError" else error]
        case "Authorize":
            words = [action, payload["idTag"]]
        case "StartTransaction":
            words = [action, payload["connectorId"], payload["idTag"]]
        case "StopTransaction":
            # Left out it means Local (OCPP 1.6 section 6.51).
            words = [action, payload["transactionId"], payload.get("reason", "Local")]
        case _:
            words = [action, payload.get("status", "")]
    return " ".join(str(word) for word in words if word != "")


def steps(rig: Rig, since: int = 0) -> list[str]:
    """What has been told since that many messages, in order.

    Charging and StartTransaction may swap, and so may StopTransaction and the Finishing, or
    the Available without a plug, that goes with it: either way the transaction's message is
    given first.
    """
    told = [step(*call) for call in rig.central.calls[since:] if call[0] not in _BESIDE]
    for at, (first, second) in enumerate(pairwise(told)):
        if (first.endswith(" Charging") and second.startswith("StartTransaction")) or (
            first.endswith((" Finishing", " Available")) and second.startswith("StopTransaction")
        ):
            told[at : at + 2] = [second, first]
    return told


def now(rig: Rig) -> int:
    """How many messages have been told: where `steps` goes on."""
    return len(rig.central.calls)


async def configure(rig: Rig, **keys: str) -> None:
    for key, value in keys.items():
        answer = await rig.ask("ChangeConfiguration", {"key": key, "value": value})
        assert answer == {"status": "Accepted"}, key


async def authorized(rig: Rig, id_tag: str = "TAG1", connector: int = 1) -> None:
    """Present a tag, and no plug: Authorize and Preparing, in either order."""
    before = now(rig)
    rig.tag(id_tag, connector)
    await rig.run(1)
    assert sorted(steps(rig, before)) == [f"{connector} Preparing", f"Authorize {id_tag}"]


async def charging(rig: Rig, id_tag: str = "TAG1", connector: int = 1) -> int:
    """Plug in and start remotely; return the number of the transaction."""
    key = "AuthorizeRemoteTxRequests"
    (entry,) = (await rig.ask("GetConfiguration", {"key": [key]}))["configurationKey"]
    before = now(rig)
    rig.plug_in(connector)
    await rig.run(1)
    remote = {"connectorId": connector, "idTag": id_tag}
    assert await rig.ask("RemoteStartTransaction", remote) == {"status": "Accepted"}
    await rig.until(lambda: rig.central.statuses(connector)[-1] == "Charging")
    await rig.until(lambda: rig.cp.transaction_id(connector) is not None)
    await rig.run(1)
    assert steps(rig, before) == [
        f"{connector} Preparing",
        *([f"Authorize {id_tag}"] if entry["value"] == "true" else []),
        f"StartTransaction {connector} {id_tag}",
        f"{connector} Charging",
    ]
    number = rig.cp.transaction_id(connector)
    assert number is not None
    return number


async def cached(rig: Rig, id_tag: str = "TAG1", connector: int = 1) -> None:
    """Have a tag in the cache: it is presented, and presented again, which takes it back."""
    await authorized(rig, id_tag, connector)
    rig.tag(id_tag, connector)
    await rig.run(1)
    assert rig.central.statuses(connector)[-1] == "Available"


def two_connectors(rig: Rig, **facts: Any) -> None:
    rig.add_evse(seed=1, **facts)
    rig.add_evse(seed=2, **facts)
