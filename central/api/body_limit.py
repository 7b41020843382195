"""Refuses a body that is too long, in the one shape of errors.

FastAPI's own `max_body_size` does the same, and answers in plain text.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.api.errors import answer


class BodyLimit:
    """Answers 413 to a request that announces, or sends, more than `max_body_bytes`.

    Paths that begin with one of `but` take files, and count for themselves.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int, but: tuple[str, ...] = ()) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._but = but

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(self._but):
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._max_body_bytes:
            response = answer(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the body has {declared} bytes",
                "header: Content-Length",
                f"send at most {self._max_body_bytes} bytes",
            )
            await response(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_body_bytes:
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"the body has more than {self._max_body_bytes} bytes",
                )
            return message

        await self._app(scope, counted, send)
