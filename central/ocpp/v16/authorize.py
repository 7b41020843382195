"""Authorize, and the IdTagInfo of three answers (OCPP 1.6 sections 4.1 and 7.27)."""

from __future__ import annotations

from central.domain import id_tags
from central.domain.id_tags import TagInfo
from central.ocpp.charge_point import ChargePoint
from wire.frames import Payload
from wire.times import format_time


async def authorize(charge_point: ChargePoint, payload: Payload) -> Payload:
    """Say whether a tag may charge."""
    services = charge_point.services
    tag = payload["idTag"]
    info = await services.storage.look_up(
        id_tags.authorize,
        tag,
        services.clock.now(),
        accept_unknown=services.settings.accept_unknown_tags,
    )
    if info.status != "Accepted":
        charge_point.log.info("tag refused", id_tag=tag, status=info.status)
    return {"idTagInfo": id_tag_info(info)}


def id_tag_info(info: TagInfo) -> Payload:
    """Write the answer about a tag as OCPP 1.6 section 7.27 has it."""
    payload: Payload = {"status": info.status}
    if info.expiry is not None:
        payload["expiryDate"] = format_time(info.expiry)
    if info.parent is not None:
        payload["parentIdTag"] = info.parent
    return payload
