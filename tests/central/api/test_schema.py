"""The API keeps what its OpenAPI document promises, whatever it is sent."""

import schemathesis
