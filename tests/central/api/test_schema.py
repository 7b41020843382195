"""The API keeps what its OpenAPI document promises, whatever it is sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDS_ITS_LOGIN = "/api/users/logout"


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("examples", [5, pytest.param(200, marks=pytest.mark.full)])
def test_whatever_is_sent_the_answer_is_one_that_is_documented(start_central, mode, examples):
    central = start_central()
    central.add_charger("CP001")
    schema = schemathesis.openapi.from_url(f"{central.http}/openapi.json")
    with central.admin() as admin:
        headers = {"Authorization": admin.headers["Authorization"]}

    def probe(operation):
        known = {}
        if mode is GenerationMode.POSITIVE and "{charge_point_id}" in operation.path:
            known["path_parameters"] = {"charge_point_id": "CP001"}

        @given(case=operation.as_strategy(generation_mode=mode, **known))
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def run(case):
            case.call_and_validate(headers=headers, checks=CHECKS)

        run()

    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        takes_something = operation.body or any(operation.iter_parameters())
        if operation.path == ENDS_ITS_LOGIN or not takes_something:
            continue
        probe(operation)
        tried += 1
    assert tried > 40
    assert "Traceback" not in central.stderr.read_text()
