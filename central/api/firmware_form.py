"""The form in which an operator brings a firmware image: its fields, read and checked."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.x509 import load_pem_x509_certificates

from central.api.files_multipart import MultipartReader
from central.api.files_receiving import store
from central.api.services import Services
from central.domain.errors import InvalidError
from central.domain.file_jobs_store import StoredFile

LONGEST: Final = {
    "version": 50,
    "sha256": 64,
    "signature": 800,
    "signing_certificate": 5500,
}
"""The fields of the form beside `image`, and how many characters each may have; those of the
signature are from SignedUpdateFirmware.req."""

FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["image", "version"],
                    "properties": {
                        "image": {"type": "string", "format": "binary"},
                        "version": {"type": "string", "maxLength": 50, "examples": ["1.3.0"]},
                        "sha256": {
                            "type": "string",
                            "description": "of the image, hexadecimal; checked if given",
                        },
                        "signature": {
                            "type": "string",
                            "description": "over the image, SHA-256, base64",
                        },
                        "signing_certificate": {"type": "string", "description": "PEM"},
                    },
                }
            }
        },
    }
}


@dataclass
class FirmwareForm:
    """What has arrived of the form; `file` is on the disk already."""

    file: StoredFile | None = None
    file_name: str = ""
    fields: dict[str, str] = field(default_factory=dict)


async def read_form(services: Services, reader: MultipartReader, form: FirmwareForm) -> None:
    """Read the form into `form`.

    Raises:
        InvalidError: A field is unknown, there twice, too long, or no text.
    """
    while (part := await reader.next_part()) is not None:
        if part.name == "image" and form.file is None:
            form.file_name = part.file_name or "firmware.bin"
            form.file = await store(services, reader.data(), services.settings.firmware_max_bytes)
        elif part.name in LONGEST and part.name not in form.fields:
            text = b""
            async for data in reader.data():
                text += data
                if len(text) > 4 * LONGEST[part.name]:
                    break
            form.fields[part.name] = _text(part.name, text)
        else:
            raise InvalidError(
                f"{part.name[:50]!r} is no field of this form, or is there twice",
                where="body",
                how=f"the fields are image, {', '.join(LONGEST)}",
            )


def _text(name: str, value: bytes) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise InvalidError("it is no UTF-8", where=f"body: {name}") from error
    allowed = "\r\n" if name == "signing_certificate" else ""
    if not 0 < len(text) <= LONGEST[name]:
        raise InvalidError(f"it needs 1 to {LONGEST[name]} characters", where=f"body: {name}")
    if not all(letter.isprintable() or letter in allowed for letter in text):
        raise InvalidError("there are control characters in it", where=f"body: {name}")
    return text


def checked(form: FirmwareForm) -> StoredFile:
    """Return the image of a form whose fields fit together.

    Raises:
        InvalidError: They do not.
    """
    fields = form.fields
    if form.file is None or "version" not in fields:
        raise InvalidError("image and version are needed", where="body")
    if not form.file.size_bytes:
        raise InvalidError("it is empty", where="body: image")
    if fields.get("sha256", form.file.sha256).lower() != form.file.sha256:
        raise InvalidError(
            f"the image that came has the SHA-256 {form.file.sha256}",
            where="body: sha256",
            how="send it again",
        )
    if ("signature" in fields) != ("signing_certificate" in fields):
        raise InvalidError("signature and signing_certificate go together", where="body")
    _check(fields, "signature", lambda text: b64decode(text, validate=True))
    _check(fields, "signing_certificate", lambda text: load_pem_x509_certificates(text.encode()))
    return form.file


def _check(fields: dict[str, str], name: str, read: Callable[[str], object]) -> None:
    try:
        if name in fields:
            read(fields[name])
    except (ValueError, binascii.Error) as error:
        raise InvalidError(f"it cannot be read: {error}", where=f"body: {name}") from error
