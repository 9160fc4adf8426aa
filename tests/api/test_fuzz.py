"""Made-up requests after the OpenAPI document: no fault, every answer as the document says.

``FUZZ_EXAMPLES=40 .venv/bin/python -m pytest -n0 tests/api/test_fuzz.py`` asks longer: 40 of each
operation, more than 10,000 requests in all.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from codi.api import services
from codi.api.declared import RESOURCES
from tests.security.place import Country

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
# Which thing of the country stands for a row of each register; places and sources are common.
THINGS = {
    "programmes": "programme",
    "frames": "frame",
    "targets": "target",
    "bases": "base",
    "scales": "scale",
    "organisations": "organisation",
    "organisation-files": "file of organisation",
    "certifications": "certification",
    "councils": "council",
    "council-files": "file of council",
    "council-terms": "term",
    "term-files": "file of term",
    "council-members": "member",
    "council-meetings": "council meeting",
    "council-missions": "mission",
    "council-capability": "capability",
    "capability-files": "file of capability",
    "council-reviews": "review",
    "groups": "group",
    "group-certifications": "group certification",
    "letters": "letter",
    "proposals": "proposal",
    "committees": "committee",
    "meetings": "meeting",
    "meeting-files": "file of meeting",
    "resolutions": "resolution",
    "projects": "project under_way",
    "project-files": "file",
    "instalments": "instalment",
    "instalment-files": "file of instalment",
    "ledger-entries": "entry",
    "funds": "fund",
    "fund-files": "file of fund",
    "fund-statuses": "fund status",
    "fund-benefits": "fund benefit",
    "fund-indicators": "fund indicators",
    "fund-reviews": "fund review",
    "contributions": "contribution",
    "budget-moves": "move",
    "editions": "edition issued",
    "edition-texts": "text",
    "edition-checks": "check",
    "jobs": "job done",
    "import-batches": "batch previewed",
    "import-rows": "import row",
    "bin": "binned",
    "findings": "finding",
    "council-doubles": "council double found",
    "group-doubles": "group double found",
    "fund-doubles": "fund double found",
    "later-changes": "later change",
    "analyses": "analysis",
}
EVERYBODYS = {
    "regions", "provinces", "districts", "subdistricts", "funding-sources", "quarters",
}  # fmt: skip
COMMON = {"programmes", "scales"}


def bearer(country: Country, who: str) -> dict[str, str]:
    """The header of a new token of the person."""
    today = timezone.localdate()
    _token, raw = services.create_token(
        actor=country.people[who],
        name=f"ทดสอบ {who} {timezone.now().isoformat()}",
        reach="write",
        expires_on=today + dt.timedelta(days=3),
        now=timezone.now(),
        today=today,
    )
    return {"Authorization": f"Bearer {raw}"}


@pytest.fixture(scope="module")
def operations(country: Country) -> Iterator[list[Any]]:
    """Every operation of the document, asked of our own WSGI application in this process.

    As Django's own client does, the connection is kept open between requests: it carries the
    transaction of the country.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/?format=json", WSGIHandler(), headers=bearer(country, "A")
    )
    yield [found.ok() for found in schema.get_all_operations()]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@dataclass(frozen=True)
class Made:
    """A made-up request of an operation, asked of whatever row and person a test says."""

    register: str
    is_of_row: bool
    case: Any

    def ask(self, headers: dict[str, str], country: Country, place: str) -> Any:
        """The answer for the row of the place; each time under a key of its own."""
        if self.is_of_row:
            self.case.path_parameters["id"] = country.thing(THINGS[self.register], place).pk
        if "Idempotency-Key" in (self.case.headers or {}):
            self.case.headers["Idempotency-Key"] = str(uuid.uuid4())
        return self.case.call(headers=headers)


@pytest.fixture(scope="module")
def made(operations: list[Any]) -> list[Made]:
    """``EXAMPLES`` requests of each operation: made once, for making them takes longer than asking."""
    found: list[Made] = []
    for operation in operations:
        register = operation.path.split("/")[3]
        is_of_row = "{id}" in operation.path and register in THINGS
        found += [Made(register, is_of_row, case) for case in cases_of(operation)]
    return found


def cases_of(operation: Any) -> list[Any]:
    """Made-up requests of one operation; the same in every run."""
    cases: list[Any] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def collect(case: Any) -> None:
        cases.append(case)

    collect()
    return cases


@pytest.mark.parametrize("who", ["O", "C"])
def test_every_answer_is_as_the_document_says(who, country, operations, made):
    """Wrong if made-up content were a fault, or an answer had a shape that nobody wrote down."""
    headers = bearer(country, who)
    wrong = []
    for one in made:
        if who == "O" or one.case.method.lower() != "get":
            with transaction.atomic():
                answer = one.ask(headers, country, "own")
                try:
                    one.case.validate_response(answer, checks=CHECKS)
                except FailureGroup as found:
                    wrong.append(str(found.exceptions))
                transaction.set_rollback(True)
    assert wrong == []
    assert len(operations) > 120


def test_another_regions_rows_are_never_there(country, made):
    """Wrong if any operation, with any content, answered for a row of another region but 404."""
    headers = bearer(country, "O")
    answered = set()
    for one in made:
        if not one.is_of_row or one.register in COMMON:
            continue
        answered.add(one.register)
        answer = one.ask(headers, country, "other")
        text = answer.content.decode()
        said = f"{one.case.method} {one.case.formatted_path}: {text[:300]}"
        assert answer.status_code == 404, said
        assert "เครื่องหมายอีสาน" not in text
    assert answered == set(THINGS) - COMMON
    assert set(THINGS) | EVERYBODYS == set(RESOURCES)
