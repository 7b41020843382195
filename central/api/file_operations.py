"""Commands by which a charger fetches a file or brings one, from and to the central system itself.

Where the caller names a firmware image, or no place for an upload, the address is one of ours:
for this charger, for this job, and for a while.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from central.api.charger_commands import send
from central.api.errors import ApiError
from central.api.services import Services
from central.domain import file_jobs
from central.domain.charger_link import CommandOutcome, CommandResult
from central.domain.chargers import get_charger
from central.domain.command_secrets import FILES_PATHS, has_hidden
from central.domain.commands import Command
from central.domain.errors import ConflictError, InvalidError
from central.domain.file_jobs_files import FirmwareImage, get_image
from wire.times import parse_time

# Where the address stands in each command: the object in the payload, its fields for the address
# and for the moment before which the charger does not come.
_PLACES: Final[dict[str, tuple[str | None, str, str | None]]] = {
    "UpdateFirmware": (None, "location", "retrieveDate"),
    "SignedUpdateFirmware": ("firmware", "location", "retrieveDateTime"),
    "GetDiagnostics": (None, "location", None),
    "GetLog": ("log", "remoteLocation", None),
}
_TAKEN: Final = frozenset({"Accepted", "AcceptedCanceled"})


async def carry_out(
    services: Services,
    charge_point_id: str,
    action: str,
    payload: dict[str, Any],
    *,
    requested_by: int,
) -> CommandResult:
    """Send a command; one without the address of a file gets one of ours.

    A firmware command may have `imageId` in place of its address.

    Raises:
        InvalidError: A firmware command has neither image nor address, or both, or an image
            without a signature where one is needed.
        NotFoundError: There is no such image or charger.
        ApiError: As `send`; or the public address of the central system is unknown (409).
    """
    place = _PLACES.get(action)
    if place is None:
        return await send(services, charge_point_id, action, payload, requested_by=requested_by)
    inside, name, when = place
    fields = payload if inside is None else payload[inside]
    image = await _image(services, action, fields, name)
    if image is None and name in fields:
        return await send(services, charge_point_id, action, payload, requested_by=requested_by)
    token = file_jobs.new_token()
    told = {key: value for key, value in fields.items() if key != "imageId"}
    told[name] = _address(services, action) + token
    if image is not None and action == "SignedUpdateFirmware":
        told |= {"signature": image.signature, "signingCertificate": image.signing_certificate}
    now = services.clock.now()
    from_when = now if when is None else max(now, parse_time(fields[when]))
    await services.storage.read(get_charger, charge_point_id)
    job_id = await services.storage.try_write(
        file_jobs.make_job,
        charge_point_id,
        action,
        token,
        now,
        from_when + services.settings.file_token_lifetime,
        image_id=None if image is None else image.id,
        request_id=payload.get("requestId"),
        requested_by=requested_by,
    )
    whole = told if inside is None else payload | {inside: told}
    return await _tell(services, job_id, charge_point_id, action, whole, requested_by)


async def repeat(services: Services, command: Command, *, requested_by: int) -> CommandResult:
    """Send a command again; one with an address of ours gets another, of a new job.

    Raises:
        ConflictError: It held a secret, which is not kept.
        NotFoundError: Its charger, or its firmware image, is there no longer.
        ApiError: As `carry_out`.
    """
    payload = command.payload
    job = await services.storage.read(file_jobs.find_by_command, command.id, services.clock.now())
    if job is not None:
        inside, name, _ = _PLACES[command.action]
        fields = dict(payload if inside is None else payload[inside])
        del fields[name]
        if job.image_id is not None:
            fields["imageId"] = job.image_id
            fields.pop("signature", None)
            fields.pop("signingCertificate", None)
        payload = fields if inside is None else payload | {inside: fields}
    if has_hidden(payload):
        raise ConflictError(
            f"command {command.id} held a secret, which is not kept",
            where="path: command_id",
            how="send it anew with POST /api/ocpp/CHARGER/OPERATION",
        )
    return await carry_out(
        services, command.charge_point_id, command.action, payload, requested_by=requested_by
    )


async def _tell(
    services: Services,
    job_id: int,
    charge_point_id: str,
    action: str,
    payload: dict[str, Any],
    requested_by: int,
) -> CommandResult:
    taken, command_id = False, None

    async def tell_late(late: CommandResult) -> None:
        await services.storage.write(
            file_jobs.note_told, job_id, late.command_id, taken=_is_taken(late)
        )

    try:
        result = await send(
            services,
            charge_point_id,
            action,
            payload,
            requested_by=requested_by,
            when_late=tell_late,
        )
        command_id, taken = result.command_id, _is_taken(result)
    except ApiError as error:
        # The charger may have got it, and come.
        taken = error.status is HTTPStatus.GATEWAY_TIMEOUT
        raise
    finally:
        await services.storage.write(file_jobs.note_told, job_id, command_id, taken=taken)
    return result


def _is_taken(result: CommandResult) -> bool:
    # UpdateFirmware and GetDiagnostics have no status in their answers.
    return result.outcome is CommandOutcome.ANSWERED and (
        result.status is None or result.status in _TAKEN
    )


async def _image(
    services: Services, action: str, fields: dict[str, Any], name: str
) -> FirmwareImage | None:
    if action not in file_jobs.FIRMWARE:
        return None
    given = [field for field in ("imageId", name) if field in fields]
    if len(given) != 1:
        raise InvalidError(
            "give image_id or location, one of the two",
            where="body",
            how="POST /api/admin/firmware makes an image",
        )
    signed = {"signature", "signingCertificate"} & fields.keys()
    if name in fields:
        if action == "SignedUpdateFirmware" and len(signed) < 2:
            raise InvalidError(
                "signature and signing_certificate go with location", where="body: firmware"
            )
        return None
    if signed:
        raise InvalidError("the signature is that of the image: leave it out", where="body")
    image = await services.storage.read(get_image, fields["imageId"])
    if action == "SignedUpdateFirmware" and image.signature is None:
        raise InvalidError(
            f"firmware image {image.id} has no signature",
            where="body: firmware.image_id",
            how="upload it with signature and signing_certificate",
        )
    return image


def _address(services: Services, action: str) -> str:
    base = services.settings.public_url
    if not base:
        raise ApiError(
            HTTPStatus.CONFLICT,
            "where chargers reach this central system over HTTP is unknown",
            where="PUBLIC_URL",
            how="set it, or give a location",
        )
    firmware, uploads = FILES_PATHS
    return base.rstrip("/") + (firmware if action in file_jobs.FIRMWARE else uploads)
