"""The HTTP application: every route, the one shape of errors, and nothing that it stands on."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute

from central.api import (
    accounts,
    certificates,
    charger_configuration,
    charger_contents,
    chargers,
    charging,
    command_records,
    documentation,
    errors,
    files,
    files_admin,
    health,
    id_tags,
    metering,
    ocpp_operations,
    prices,
    records,
    reservations,
    security_events,
    sessions,
    wallets,
)
from central.api.body_limit import BodyLimit
from central.api.services import Services

MAX_BODY_BYTES = 1024 * 1024
"""Above any call's need, a local list of thousands of tags included."""
TAKE_FILES = ("/files/uploads/", "/api/admin/firmware")

DESCRIPTION = """
Central system for EV chargers that speak OCPP 1.6J.

Log in with `POST /api/users/login` or `POST /api/admin/login` and send the
token as `Authorization: Bearer TOKEN`. Times are ISO 8601, answers in UTC.
An answer that is not a success is `{"success": false, "error": {"what", "where", "how"}}`.
A list that goes on names its next page in the `Link` header.
"""

ROUTERS = (
    accounts.public,
    accounts.users,
    wallets.users,
    wallets.admins,
    prices.users,
    prices.admins,
    chargers.users,
    chargers.admins,
    charger_configuration.admins,
    charger_contents.router,
    id_tags.users,
    id_tags.admins,
    charging.router,
    reservations.router,
    sessions.router,
    metering.router,
    ocpp_operations.router,
    command_records.router,
    records.router,
    files.router,
    files_admin.router,
    certificates.router,
    security_events.router,
    health.public,
    health.admins,
    documentation.router,
)


def _operation_id(route: APIRoute) -> str:
    """Name a call in the OpenAPI document, such as `id_tags-add`."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}-{route.name}"


def create_app(services: Services) -> FastAPI:
    """Make the application on these services; whoever made them ends them."""
    app = FastAPI(
        title="evseloop central system",
        version=version("evseloop"),
        description=DESCRIPTION,
        # Those of FastAPI take their scripts from another host.
        docs_url=None,
        redoc_url=None,
        responses=errors.EVERYWHERE,
        generate_unique_id_function=_operation_id,
    )
    app.state.services = services
    app.add_middleware(BodyLimit, max_body_bytes=MAX_BODY_BYTES, but=TAKE_FILES)
    errors.install(app)
    if services.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=services.settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Link", "Retry-After"],
        )
    for router in ROUTERS:
        app.include_router(router)
    return app
