"""Error codes of a CALLERROR.

OCPP-J 1.6 section 4.2.3. Two of the names are misspelt there and the errata
sheet of OCPP-J keeps them so (section 5): they are the names on the wire.
"""

from enum import StrEnum


class ErrorCode(StrEnum):
    """Error codes that OCPP-J 1.6 section 4.2.3 allows in a CALLERROR."""

    NOT_IMPLEMENTED = "NotImplemented"
    """The action is not known to the receiver."""
    NOT_SUPPORTED = "NotSupported"
    """The action is known, but the receiver does not support it."""
    INTERNAL_ERROR = "InternalError"
    PROTOCOL_ERROR = "ProtocolError"
    """The payload of the action is incomplete."""
    SECURITY_ERROR = "SecurityError"
    FORMATION_VIOLATION = "FormationViolation"
    """The frame or the payload is not built as the action wants it."""
    PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
    """A field has a value that it may not have."""
    OCCURENCE_CONSTRAINT_VIOLATION = "OccurenceConstraintViolation"
    """A field occurs too rarely or too often."""
    TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"
    """A field is of the wrong data type."""
    GENERIC_ERROR = "GenericError"


class WireError(ValueError):
    """What was received breaks OCPP, and this is the CALLERROR that says so."""

    def __init__(self, code: ErrorCode, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
