"""Log lines of the central system: structlog to stderr, one line per event."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
from typing import Any, Literal, Self, TextIO

import msgspec
import structlog
from structlog.typing import Processor


def configure_logging(
    form: Literal["auto", "json", "console"] = "auto",
    level: Literal["debug", "info", "warning", "error"] = "info",
) -> None:
    """Send the log lines of this process and of its libraries to stderr.

    Args:
        form: JSON, or lines for people; `auto` chooses by whether stderr is a terminal.
        level: Least severity that is written.
    """
    if form == "auto":
        form = "console" if sys.stderr.isatty() else "json"
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering: list[Processor] = (
        [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                # The default one shows local variables, and so passwords and keys.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
        if form == "console"
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_json)]
    )
    # Ours are written at once. By way of the standard library, as those of others come, a line
    # takes four times as long, and a thousand chargers that come back have four each.
    structlog.configure(
        processors=[*shared, *rendering],
        logger_factory=_Lines(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(number)
    # Their lines about ordinary traffic would drown ours.
    for noisy in ("uvicorn", "websockets", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING))
    # It repeats every note of the server, such as that it names primary keys by itself.
    logging.getLogger("asyncmy").setLevel(logging.ERROR)


class _Lines:
    """Writes whole lines to a stream, for structlog.

    Where it cannot be written to, as on a full disk, lines are lost like those of the standard
    library: a charger's message is not to fail for it, and there is nobody else to be told.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def __call__(self, *_name: object) -> Self:
        """Give the logger of that name: this one for all."""
        return self

    def msg(self, line: str) -> None:
        """Write a line."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._stream.write(line + "\n")
            self._stream.flush()

    debug = info = warning = error = critical = msg


def _json(event: object, **options: Any) -> str:
    """Write a line as JSON; `options` are those of `json.dumps`."""
    try:
        return msgspec.json.encode(event, enc_hook=options["default"]).decode()
    except (ValueError, OverflowError, TypeError):
        # Text that is no Unicode, a number of more than 64 bits: as a charger may send them.
        return json.dumps(event, **options)
