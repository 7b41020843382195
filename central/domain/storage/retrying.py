"""Which errors of a database ask for the same transaction once more."""

from typing import Any, Final

from sqlalchemy import ExceptionContext
from sqlalchemy.exc import DBAPIError

# Serialization failure and deadlock: SQLSTATE of PostgreSQL (40001, 40P01), error numbers of
# MariaDB (1020 record has changed, 1205 lock wait timeout, 1213 deadlock).
_STATES: Final = {"40001", "40P01"}
_NUMBERS: Final = {1020, 1205, 1213}

# Entry in a connection's `info`: its transaction has met such an error.
ASKED: Final = "asked_for_another_attempt"


def may_retry(error: BaseException) -> bool:
    """Say whether the database itself asks for another attempt."""
    return isinstance(error, DBAPIError) and _asks(error.orig)


def note_request(context: ExceptionContext) -> None:
    """Note on a connection that its database asks for another attempt.

    For SQLAlchemy's event `handle_error`. The error that reaches the caller may be a later one:
    after a deadlock MariaDB no longer knows the savepoint to which a unit wants to roll back.
    """
    if context.connection is not None and _asks(context.original_exception):
        context.connection.info[ASKED] = True


def _asks(cause: Any) -> bool:
    if getattr(cause, "sqlstate", None) in _STATES:
        return True
    return bool(cause is not None and cause.args and cause.args[0] in _NUMBERS)
