"""What a domain function raises when it is asked for something that cannot be done.

Each error says what is wrong, where, and how to mend it; nothing has been changed when one is
raised. The edges translate: REST into a status, OCPP into a CALLERROR.
"""


class DomainError(Exception):
    """The base of all of them.

    Attributes:
        what: what is wrong, in one sentence.
        where: the field or thing that it is about; empty when there is none.
        how: how to mend it; empty when there is nothing to do.
    """

    def __init__(self, what: str, *, where: str = "", how: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.how = how


class NotFoundError(DomainError):
    """The thing that was named does not exist."""


class ConflictError(DomainError):
    """It exists already, or its present state forbids the change."""


class InvalidError(DomainError):
    """A value is outside what is allowed."""


class DeniedError(DomainError):
    """Who asks may not, or has not shown who he is."""


class BusyError(DomainError):
    """Too much is waiting; the same request may be made again after `retry_after_s` seconds."""

    def __init__(self, what: str, *, retry_after_s: int) -> None:
        super().__init__(what, how=f"try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
