"""How a list goes on: the `Link` header of an answer names its next page (RFC 8288)."""

from __future__ import annotations

from fastapi import Request

LINK_HEADER = {
    "Link": {
        "description": '`<URL>; rel="next"` where the list goes on (RFC 8288)',
        "schema": {"type": "string"},
    }
}


def next_page(request: Request, **changes: object) -> dict[str, str]:
    """Return the header that leads to the same list with other query parameters."""
    query = request.url.include_query_params(**changes).query
    return {"Link": f'<{request.url.path}?{query}>; rel="next"'}
