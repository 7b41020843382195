"""Every setting of the central system, one class; each field is an environment variable."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

KIB = 1024
MIB = 1024 * KIB


class SettingsError(ValueError):
    """A setting that cannot be used; the message is one line: which, why, what is allowed."""


class Settings(BaseSettings):
    """Settings of the central system, read from the environment.

    The name of a field in capitals is the name of its variable. Nothing is
    open by default: unknown chargers and tags are rejected, no origin may call
    from a browser, and no password has a default.

    Durations are seconds, or ISO 8601 (`PT15M`).
    """

    model_config = SettingsConfigDict(
        extra="ignore", hide_input_in_errors=True, env_ignore_empty=True, frozen=True
    )

    database_url: str = Field("sqlite:///evseloop.db", repr=False)
    """Where everything is kept: `sqlite:///FILE`, `postgresql://…`, `mysql://…`, `mariadb://…`."""

    admin_email: str = Field("admin@localhost", min_length=3, max_length=254)
    """E-mail address of the first administrator, made at the first start."""
    admin_password: SecretStr | None = None
    """Password of the first administrator. Without it one is generated, printed once on stderr."""
    admin_name: str = Field("Administrator", min_length=1, max_length=100)
    """Name of the first administrator."""

    jwt_secret: SecretStr | None = None
    """Key that signs tokens, at least 32 characters. Without it one is generated and kept."""
    token_lifetime: timedelta = Field(
        timedelta(hours=12), ge=timedelta(minutes=1), le=timedelta(days=90)
    )
    """How long a login lasts."""
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins whose pages may call the API from a browser, separated by commas."""
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")
    """Currency of new wallets (ISO 4217)."""

    ocpp_unknown_chargers: Literal["reject", "certificate", "accept"] = "reject"
    """Whether a charger nobody has added may connect; certificate adds it in profile 3 only."""
    ocpp_unknown_tags: Literal["reject", "accept"] = "reject"
    """Whether an id tag nobody has added may charge."""
    ocpp_tls_cert: Annotated[tuple[Path, ...], NoDecode] = ()
    """Files of the server's certificates, RSA and EC, separated by commas; none: no TLS."""
    ocpp_tls_key: Annotated[tuple[Path, ...], NoDecode] = Field((), validate_default=True)
    """Files of the private keys to them, in the same order."""
    ocpp_charger_ca_cert: Path | None = None
    """Certificate of the authority that signs what chargers ask for; none: an operator does."""
    ocpp_charger_ca_key: Path | None = Field(None, validate_default=True)
    """Private key of that authority."""
    ocpp_tls_client_ca: Path | None = None
    """Authorities whose clients are chargers; without it OCPP_CHARGER_CA_CERT."""
    ocpp_charger_cert_lifetime: timedelta = Field(
        timedelta(days=365), ge=timedelta(hours=1), le=timedelta(days=3650)
    )
    """How long certificates are good that are signed here."""
    ocpp_cpo_name: str | None = Field(None, min_length=1, max_length=64)
    """Operator (CpoName, the O of a request) that is signed for unasked; none: any."""
    ocpp_min_security_profile: int = Field(1, ge=0, le=3)
    """Lowest security profile a charger may use: 0 none, 1 Basic auth; 2 and 3 need TLS."""
    ocpp_strict: bool = False
    """Refuse transaction messages that violate the schema, as certification wants it."""
    ocpp_max_frame_bytes: int = Field(64 * KIB, ge=1 * KIB, le=16 * MIB)
    """Longest frame a charger may send, bytes; a longer one closes the connection (1009)."""
    redis_url: str | None = None
    """For several processes as one, which this version does not do: has to be unset."""
    ocpp_heartbeat_interval: int = Field(300, ge=1, le=86_400)
    """Heartbeat interval told to chargers at boot, seconds."""
    ocpp_call_timeout: timedelta = Field(
        timedelta(seconds=30), ge=timedelta(milliseconds=1), le=timedelta(minutes=10)
    )
    """How long a charger may take to answer a command."""
    ocpp_admission_wait: timedelta = Field(
        timedelta(seconds=8), ge=timedelta(0), le=timedelta(minutes=1)
    )
    """How long a charger is kept waiting before the upgrade while answers are late."""
    start_timeout: timedelta = Field(
        timedelta(seconds=30), ge=timedelta(0), le=timedelta(minutes=10)
    )
    """How long `POST /api/charging/start` waits for the charger's StartTransaction."""
    zombie_grace: timedelta = Field(timedelta(minutes=15), gt=timedelta(0))
    """How long a charger is online, after a sign that a session is over, until it is closed."""

    public_url: str = Field("", max_length=200, pattern=r"^(https?://[!-~]+)?$")
    """Where chargers reach the HTTP port; by default its host and port, unless that is any."""
    files_dir: Path | None = None
    """Folder of firmware images and uploads; by default beside the SQLite database."""
    file_token_lifetime: timedelta = Field(
        timedelta(days=1), ge=timedelta(minutes=1), le=timedelta(days=30)
    )
    """How long a charger may fetch or bring a file, from when it is told to come."""
    firmware_max_bytes: int = Field(256 * MIB, ge=1, le=16 * KIB * MIB)
    """Largest firmware image, bytes."""
    upload_max_bytes: int = Field(256 * MIB, ge=1, le=16 * KIB * MIB)
    """Largest file that a charger may bring, bytes."""
    upload_retention: timedelta = Field(timedelta(days=90), gt=timedelta(0))
    """How long files are kept that chargers brought."""
    uploads_max_bytes: int = Field(10 * KIB * MIB, ge=MIB)
    """Bytes of all files together that chargers brought; the oldest beyond are removed."""

    message_log: bool = True
    """Whether the frames of all chargers are recorded."""
    message_log_retention: timedelta = Field(timedelta(days=30), gt=timedelta(0))
    """How long recorded frames are kept."""
    message_log_max_bytes: int = Field(10 * KIB * MIB, ge=MIB)
    """Bytes of recorded frames that are kept; the oldest beyond are forgotten."""
    security_event_retention: timedelta = Field(timedelta(days=365), gt=timedelta(0))
    """How long security events are kept."""

    log_format: Literal["auto", "json", "console"] = "auto"
    """Form of the log lines on stderr; auto is console on a terminal, otherwise JSON."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severity that is logged."""

    @field_validator(
        "ocpp_unknown_chargers", "ocpp_unknown_tags", "log_format", "log_level", mode="before"
    )
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("redis_url")
    @classmethod
    def _alone(cls, value: str | None) -> None:
        # Taken no notice of, each process would call its own chargers and no other's.
        if value is not None:
            raise ValueError("this version is one process, and so is SQLite ever; unset it")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            scheme, _, rest = origin.partition("://")
            if scheme not in ("http", "https") or not rest or "/" in rest or "*" in rest:
                raise ValueError(f"{origin!r} is not an origin such as http://localhost:3000")
        return value

    @field_validator("ocpp_tls_cert", "ocpp_tls_key", mode="before")
    @classmethod
    def _split_files(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("ocpp_tls_key")
    @classmethod
    def _a_key_for_each(cls, value: tuple[Path, ...], info: ValidationInfo) -> tuple[Path, ...]:
        certificates = info.data.get("ocpp_tls_cert", ())
        if len(value) != len(certificates):
            raise ValueError(
                f"{len(value)} files, but OCPP_TLS_CERT names {len(certificates)}; "
                "each certificate needs its key"
            )
        return value

    @field_validator("ocpp_charger_ca_key")
    @classmethod
    def _both_of_the_authority(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if (value is None) != (info.data.get("ocpp_charger_ca_cert") is None):
            raise ValueError("it and OCPP_CHARGER_CA_CERT go together")
        return value

    @field_validator("ocpp_min_security_profile")
    @classmethod
    def _profile_can_be_used(cls, value: int, info: ValidationInfo) -> int:
        if value >= 2 and not info.data.get("ocpp_tls_cert"):
            raise ValueError(f"{value} needs TLS; set OCPP_TLS_CERT and OCPP_TLS_KEY, or use 1")
        if value == 3 and not (
            info.data.get("ocpp_tls_client_ca") or info.data.get("ocpp_charger_ca_cert")
        ):
            raise ValueError("3 needs OCPP_TLS_CLIENT_CA or OCPP_CHARGER_CA_CERT")
        return value

    @field_validator("jwt_secret")
    @classmethod
    def _secret_is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("it needs at least 32 characters")
        return value

    @property
    def client_authority(self) -> Path | None:
        """Authorities whose clients are chargers (security profile 3); None: it cannot be used."""
        return self.ocpp_tls_client_ca or self.ocpp_charger_ca_cert

    @classmethod
    def load(cls, **overrides: object) -> Self:
        """Read the environment; `overrides` (from the command line) win over it.

        Raises:
            SettingsError: A value cannot be used. Its message never holds a secret.
        """
        given = {name: value for name, value in overrides.items() if value is not None}
        try:
            return cls(**given)  # type: ignore[arg-type]  # pydantic checks them
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            name = ".".join(str(part) for part in first["loc"]).upper()
            reason = first["msg"].removeprefix("Value error, ")
            raise SettingsError(f"{name}: {reason}") from None
