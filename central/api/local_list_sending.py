"""Bringing a charger's local list to what is wanted, in parts that it takes (OCPP 1.6 §5.15)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from central.api.charger_commands import send
from central.api.errors import ApiError
from central.api.services import Services
from central.domain import local_lists
from central.domain.charger_link import CommandResult
from central.domain.local_lists import Entry

LIST_LENGTH: Final = "LocalAuthListMaxLength"
SENT_LENGTH: Final = "SendLocalListMaxLength"
"""Configuration keys: tags that the list, and that one SendLocalList may have (§9.2)."""


async def bring_up(
    services: Services,
    charge_point_id: str,
    wanted: list[Entry],
    *,
    is_full: bool,
    requested_by: int,
) -> None:
    """Make a charger's local list the wanted one; a full update, or what has changed.

    More tags than the charger takes at once come in parts: after a full first one each adds to the
    list, with a version of its own. Where a part is not taken the parts before it are, which is
    known here, so that the next update goes on from there.

    Raises:
        ApiError: The charger has no list, has no room for this one, or did not take a part (409);
            or as `send`.
    """

    async def tell(action: str, payload: dict[str, Any]) -> CommandResult:
        return await send(services, charge_point_id, action, payload, requested_by=requested_by)

    version = int((await tell("GetLocalListVersion", {})).payload["listVersion"])
    known = await services.storage.read(local_lists.find_local_list, charge_point_id)
    if version == local_lists.NOT_SUPPORTED or known is None:
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"charger {charge_point_id} has no local list",
            where="the charger",
            how="it may be switched off: see its key LocalAuthListEnabled",
        )
    is_full = is_full or known.entries is None
    entries = wanted if is_full else local_lists.differences(known.entries or [], wanted)
    if not is_full and not entries:
        return
    lengths = await _lengths(services, charge_point_id, requested_by)
    room = lengths.get(LIST_LENGTH)
    if room is not None and len(wanted) > room:
        raise ApiError(
            HTTPStatus.CONFLICT,
            f"the local list of charger {charge_point_id} has room for {room} tags, "
            f"{len(wanted)} are wanted",
            where="body: id_tags",
            how=f"name at most {room} of them",
        )
    parts = local_lists.in_parts(entries, lengths.get(SENT_LENGTH))
    for number, part in enumerate(parts):
        payload = {
            "listVersion": max(version, 0) + 1 + number,
            "updateType": "Full" if is_full and number == 0 else "Differential",
            "localAuthorizationList": part,
        }
        try:
            result = await tell("SendLocalList", payload)
        except ApiError as error:
            if number > 0:
                error.what += f" for part {number + 1} of {len(parts)}; those before were taken"
            raise
        if result.status != "Accepted":
            raise _not_taken(charge_point_id, result.status, number, len(parts))


async def _lengths(services: Services, charge_point_id: str, requested_by: int) -> dict[str, int]:
    """Ask a charger how much it takes; what it does not tell is left out."""
    try:
        told = await send(
            services,
            charge_point_id,
            "GetConfiguration",
            {"key": [LIST_LENGTH, SENT_LENGTH]},
            requested_by=requested_by,
        )
    except ApiError as error:
        if error.status is HTTPStatus.BAD_GATEWAY:
            # It does not answer this question; whether it takes the list it will say itself.
            return {}
        raise
    lengths = {}
    for entry in told.payload.get("configurationKey", []):
        value = entry.get("value", "")
        if value.isascii() and value.isdigit() and 0 < len(value) < 10 and int(value) > 0:
            lengths[entry["key"]] = int(value)
    return lengths


def _not_taken(charge_point_id: str, status: str | None, number: int, count: int) -> ApiError:
    of_parts = f"part {number + 1} of {count} of " if count > 1 else ""
    return ApiError(
        HTTPStatus.CONFLICT,
        f"charger {charge_point_id} did not take {of_parts}the local list: {status}"
        + ("; it has the parts before it" if number > 0 else ""),
        where="the charger",
        how=f"its keys {LIST_LENGTH} and {SENT_LENGTH} say how much it takes"
        if status == "Failed"
        else "send it again with update_type Full",
    )
