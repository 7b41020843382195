"""What each command of the security whitepaper takes (Improved security for OCPP 1.6-J, ch. 5)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from central.api.fields import Count, Moment, Number, Positive
from central.api.ocpp_bodies import Command
from central.pki.reading import read_chain


def _one(pem: str) -> str:
    # Whether it is good for anything is for the charger to judge, which tests want to see.
    if len(read_chain(pem)) != 1:
        raise ValueError("there is more than one certificate in it")
    return pem


def _some(pem: str) -> str:
    read_chain(pem)
    return pem


Certificate = Annotated[str, StringConstraints(max_length=5500), AfterValidator(_one)]
Chain = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_some)]
Uri = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[!-~]+$")]
Hash = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[0-9A-Fa-f]+$")]
CertificateType = Literal["CentralSystemRootCertificate", "ManufacturerRootCertificate"]

PEM = "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"


class ExtendedTriggerMessage(Command):
    """The charger answers first, then sends the message.

    SignChargePointCertificate has it ask for a new certificate; FirmwareStatusNotification asks
    for a SignedFirmwareStatusNotification.
    """

    requested_message: Literal[
        "BootNotification",
        "LogStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "SignChargePointCertificate",
        "StatusNotification",
    ] = Field(examples=["SignChargePointCertificate"])
    connector_id: Positive | None = None


class CertificateSigned(Command):
    """A chain as it is, for tests: nothing is kept of it.

    What a charger has asked for is signed and sent by itself, see /api/certificates.
    """

    certificate_chain: Chain = Field(
        examples=[PEM], description="PEM: the charger's own first, then what leads to its root"
    )


class InstallCertificate(Command):
    """A root that the charger is to trust: the central system's, or its manufacturer's."""

    certificate_type: CertificateType = Field(examples=["CentralSystemRootCertificate"])
    certificate: Certificate = Field(examples=[PEM], description="PEM")


class GetInstalledCertificateIds(Command):
    """Ask which roots of a type are installed; NotFound means none."""

    certificate_type: CertificateType = Field(examples=["CentralSystemRootCertificate"])


class CertificateHashData(BaseModel):
    """How a charger names a certificate, as it told in GetInstalledCertificateIds."""

    model_config = ConfigDict(extra="forbid")

    hash_algorithm: Literal["SHA256", "SHA384", "SHA512"]
    issuer_name_hash: Hash
    issuer_key_hash: Hash
    serial_number: Annotated[
        str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Fa-f]+$")
    ]


HASH_DATA_EXAMPLE = {
    "hash_algorithm": "SHA256",
    "issuer_name_hash": "3b1f" * 16,
    "issuer_key_hash": "a07c" * 16,
    "serial_number": "4d2",
}


class DeleteCertificate(Command):
    """Take a root out; name it by exactly what the charger told, its hash algorithm included."""

    certificate_hash_data: CertificateHashData = Field(examples=[HASH_DATA_EXAMPLE])


class LogParameters(BaseModel):
    """Where a log goes, by default to us, and from when to when it is wanted."""

    model_config = ConfigDict(extra="forbid")

    remote_location: Uri | None = Field(None, examples=["ftp://files.example/logs/"])
    oldest_timestamp: Moment | None = None
    latest_timestamp: Moment | None = None


class GetLog(Command):
    """The charger uploads its log; LogStatusNotification tells how far it is."""

    log_type: Literal["DiagnosticsLog", "SecurityLog"] = Field(examples=["SecurityLog"])
    request_id: Number = Field(examples=[1], description="comes back in LogStatusNotification")
    retries: Count | None = None
    retry_interval: Count | None = Field(None, description="seconds")
    log: LogParameters = Field(examples=[{"remote_location": "ftp://files.example/logs/"}])


class Firmware(BaseModel):
    """Firmware, and who answers for it: an image of ours, or a location and its signature."""

    model_config = ConfigDict(extra="forbid")

    image_id: Positive | None = Field(None, description="of POST /api/admin/firmware")
    location: Uri | None = Field(None, examples=["https://files.example/firmware-1.3.bin"])
    retrieve_date_time: Moment
    install_date_time: Moment | None = None
    signing_certificate: (
        Annotated[str, StringConstraints(max_length=5500), AfterValidator(_some)] | None
    ) = Field(None, description="PEM")
    signature: (
        Annotated[
            str, StringConstraints(min_length=1, max_length=800, pattern=r"^[0-9A-Za-z+/]+={0,2}$")
        ]
        | None
    ) = Field(None, description="over the file, SHA-256, base64")


class SignedUpdateFirmware(Command):
    """The charger installs the file only if the signature is its manufacturer's."""

    request_id: Number = Field(
        examples=[1], description="comes back in SignedFirmwareStatusNotification"
    )
    retries: Count | None = None
    retry_interval: Count | None = Field(None, description="seconds")
    firmware: Firmware
