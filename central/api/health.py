"""`/healthz` for whoever keeps the process alive, `/metrics` for Prometheus."""

from __future__ import annotations

from typing import Literal

from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy import Connection, text

from central.api.access import ServicesOf, admin_router, public_router
from central.api.metrics import registry_of

public = public_router("Operation")
admins = admin_router("Operation")


class Health(BaseModel):
    """The process answers and its database too."""

    status: Literal["ok"] = "ok"


def _touch(conn: Connection) -> None:
    conn.execute(text("SELECT 1"))


@public.get("/healthz")
async def healthz(services: ServicesOf) -> Health:
    """Answer if the process and its database do; needs no token."""
    await services.storage.read(_touch)
    return Health()


@admins.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Prometheus text format"}},
)
async def metrics(services: ServicesOf) -> Response:
    """Figures of this process for Prometheus."""
    return Response(generate_latest(registry_of(services)), media_type=CONTENT_TYPE_LATEST)
