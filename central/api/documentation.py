"""`/docs`: the API's documentation, every byte of it from this process.

Swagger UI comes from the package `fastapi-swagger`, of which only the files are used. A central
system often stands where there is no internet, and a page that takes its script from elsewhere
would hand that place the tokens of administrators.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Final

from fastapi import Response
from fastapi.responses import HTMLResponse

from central.api.access import public_router

router = public_router("Documentation")

_ASSETS: Final = files("fastapi_swagger.resources")

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # Swagger UI sets widths and colours by style attributes.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing from another host, and no script but the two files below."""

_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

# No validator: that badge would send the document to another host.
_START: Final = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
"""


@router.get("/docs", include_in_schema=False)
def docs() -> HTMLResponse:
    """Show the documentation. Its links are relative, so that it works behind a path too."""
    page = _PAGE.format(title=escape("evseloop central system: API"))
    return HTMLResponse(page, headers=_HEADERS)


@router.get("/docs/start.js", include_in_schema=False)
def start() -> Response:
    """Give the script that shows the OpenAPI document."""
    return Response(_START, media_type="text/javascript", headers=_HEADERS)


@router.get("/docs/swagger-ui-bundle.js", include_in_schema=False)
def script() -> Response:
    """Give Swagger UI."""
    return _asset("swagger-ui-bundle.js", "text/javascript")


@router.get("/docs/swagger-ui.css", include_in_schema=False)
def style() -> Response:
    """Give its style."""
    return _asset("swagger-ui.css", "text/css")


@router.get("/docs/favicon-32x32.png", include_in_schema=False)
def icon() -> Response:
    """Give its icon."""
    return _asset("favicon-32x32.png", "image/png")


def _asset(name: str, media_type: str) -> Response:
    return Response(_ASSETS.joinpath(name).read_bytes(), media_type=media_type, headers=_HEADERS)
