"""Run by Alembic: applies revisions on the connection that `central.migrations` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import String, Text

from central.models import log_metadata, metadata, sqlite_metadata
from central.models.base import UtcDateTime


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our column types in a generated revision by their names in `central.models.base`."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if isinstance(item, Text):
        return "long_text()"
    if isinstance(item, String):
        return f"identifier({item.length})"
    return False


def include_object(item: Any, _name: Any, _kind: Any, _reflected: Any, _other: Any) -> bool:
    """Leave out what a model says not to be on SQLite."""
    return bool(item.info.get("on_sqlite", True) or connection.dialect.name != "sqlite")


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=[metadata, log_metadata, sqlite_metadata],
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    include_object=include_object,
)
with context.begin_transaction():
    context.run_migrations()
