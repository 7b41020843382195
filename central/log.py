"""Log lines of the central system: structlog to stderr, one line per event."""

from __future__ import annotations

import logging
import sys
from typing import Literal

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
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
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
