"""What each command to a charger takes, as the REST calls spell it (OCPP 1.6 chapter 6).

Field names are the standard's in snake case; `payload` gives the message as it
goes on the wire. Rules of the standard that its schemas cannot say are checked
here, so that a caller learns of a mistake before a charger does.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from central.api.charging_profile import PROFILE_EXAMPLE, ChargingProfile, Purpose
from central.api.fields import PLAIN, TEXT, Count, Location, Moment, Number, Positive, Tag


class Command(BaseModel):
    """What a command takes."""

    model_config = ConfigDict(extra="forbid")

    def payload(self) -> dict[str, Any]:
        """Return the message as it goes on the wire: camel case, absent fields left out."""
        camel: dict[str, Any] = _camel(self.model_dump(mode="json", exclude_none=True))
        return camel


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {to_camel(key): _camel(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_camel(item) for item in value]
    return value


class ChangeAvailability(Command):
    """Connector 0 means the charge point and all its connectors."""

    connector_id: Count = Field(examples=[1])
    type: Literal["Inoperative", "Operative"] = Field(examples=["Operative"])


class ChangeConfiguration(Command):
    """Values travel as strings."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=PLAIN)] = Field(
        examples=["HeartbeatInterval"]
    )
    value: Annotated[str, StringConstraints(max_length=500, pattern=TEXT)] = Field(examples=["300"])


class GetConfiguration(Command):
    """Without keys the charger names all of them."""

    key: (
        list[Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=PLAIN)]] | None
    ) = Field(None, max_length=1000, examples=[["HeartbeatInterval"]])


class Nothing(Command):
    """A command without parameters."""


class Reset(Command):
    """Soft ends running transactions first."""

    type: Literal["Hard", "Soft"] = Field(examples=["Soft"])


class UnlockConnector(Command):
    """Ends a transaction on that connector first."""

    connector_id: Positive = Field(examples=[1])


class GetDiagnostics(Command):
    """The charger uploads a file into the directory `location`; without it, to us."""

    location: Location | None = Field(None, examples=["ftp://files.example/diagnostics/"])
    retries: Count | None = None
    retry_interval: Count | None = Field(None, description="seconds")
    start_time: Moment | None = None
    stop_time: Moment | None = None


class UpdateFirmware(Command):
    """The charger fetches the file from `location`, not before `retrieve_date`.

    In place of `location`, `image_id` names an image of `POST /api/admin/firmware`, which the
    charger fetches from us.
    """

    location: Location | None = Field(None, examples=["http://files.example/firmware-1.2.bin"])
    image_id: Positive | None = None
    retrieve_date: Moment = Field(examples=["2026-06-01T02:00:00Z"])
    retries: Count | None = None
    retry_interval: Count | None = Field(None, description="seconds")


class ReserveNow(Command):
    """An existing reservation of the same id is replaced."""

    connector_id: Count = Field(examples=[1])
    expiry_date: Moment = Field(examples=["2026-06-01T12:00:00Z"])
    id_tag: Tag = Field(examples=["USER001"])
    parent_id_tag: Tag | None = None
    reservation_id: Number = Field(examples=[1])


class CancelReservation(Command):
    """Takes a reservation back."""

    reservation_id: Number = Field(examples=[1])


class DataTransfer(Command):
    """Something that only this vendor's chargers understand."""

    vendor_id: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=PLAIN)] = (
        Field(examples=["com.example"])
    )
    message_id: (
        Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=PLAIN)] | None
    ) = Field(None, examples=["Ping"])
    data: Annotated[str, StringConstraints(max_length=30_000, pattern=TEXT)] | None = Field(
        None, examples=["hello"]
    )


class IdTagInfo(BaseModel):
    """What a local list says of a tag."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]
    expiry_date: Moment | None = None
    parent_id_tag: Tag | None = None


class LocalListEntry(BaseModel):
    """A tag of a local list; without info a differential update takes it off the list."""

    model_config = ConfigDict(extra="forbid")

    id_tag: Tag
    id_tag_info: IdTagInfo | None = None


class SendLocalList(Command):
    """A new list, or changes to the one the charger has."""

    list_version: Positive = Field(examples=[1])
    update_type: Literal["Differential", "Full"] = Field(examples=["Full"])
    local_authorization_list: list[LocalListEntry] | None = Field(
        None,
        max_length=10_000,
        examples=[[{"id_tag": "USER001", "id_tag_info": {"status": "Accepted"}}]],
    )

    @model_validator(mode="after")
    def _full_entries_have_info(self) -> Self:
        entries = self.local_authorization_list or []
        if self.update_type == "Full" and any(entry.id_tag_info is None for entry in entries):
            raise ValueError("each entry of a full list needs id_tag_info (OCPP 1.6 section 7.3)")
        folded = [entry.id_tag.casefold() for entry in entries]
        if len(set(folded)) < len(folded):
            raise ValueError("an id tag is in the list twice (tags compare without case)")
        return self


class TriggerMessage(Command):
    """The charger answers first, then sends the message. BootNotification it may refuse."""

    requested_message: Literal[
        "BootNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "StatusNotification",
    ] = Field(examples=["StatusNotification"])
    connector_id: Count | None = Field(None, examples=[1])


class GetCompositeSchedule(Command):
    """Connector 0 asks for the whole charge point."""

    connector_id: Count = Field(examples=[1])
    duration: Count = Field(description="seconds", examples=[3600])
    charging_rate_unit: Literal["A", "W"] | None = None


class ClearChargingProfile(Command):
    """`id` alone decides if given; otherwise all fields given must match; none clears all."""

    id: Number | None = Field(None, examples=[1])
    connector_id: Count | None = Field(None, examples=[1])
    charging_profile_purpose: Purpose | None = None
    stack_level: Count | None = None


class SetChargingProfile(Command):
    """Connector 0 sets a limit for the whole charge point, or a default for each connector."""

    connector_id: Count = Field(examples=[0])
    cs_charging_profiles: ChargingProfile = Field(examples=[PROFILE_EXAMPLE])

    @model_validator(mode="after")
    def _purpose_fits_connector(self) -> Self:
        profile = self.cs_charging_profiles
        if profile.charging_profile_purpose == "ChargePointMaxProfile" and self.connector_id != 0:
            raise ValueError("a ChargePointMaxProfile is for connector 0 (OCPP 1.6 section 3.13.1)")
        if profile.charging_profile_purpose == "TxProfile" and (
            self.connector_id == 0 or profile.transaction_id is None
        ):
            raise ValueError(
                "a TxProfile is for a connector above 0 and carries the transaction_id "
                "(OCPP 1.6 section 3.13.1)"
            )
        return self


class RemoteStartTransaction(Command):
    """Accepted means that the charger will try."""

    id_tag: Tag = Field(examples=["USER001"])
    connector_id: Positive | None = Field(None, examples=[1])
    charging_profile: ChargingProfile | None = None

    @model_validator(mode="after")
    def _profile_is_for_the_transaction(self) -> Self:
        profile = self.charging_profile
        if profile is not None and (
            profile.charging_profile_purpose != "TxProfile" or profile.transaction_id is not None
        ):
            raise ValueError(
                "the profile of a remote start is a TxProfile without transaction_id "
                "(OCPP 1.6 section 5.11)"
            )
        return self


class RemoteStopTransaction(Command):
    """Accepted means that the charger will stop."""

    transaction_id: Number = Field(examples=[123])
