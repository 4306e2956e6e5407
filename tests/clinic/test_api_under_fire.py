"""Everything that Schemathesis can think of, against every address: no crash, no surprise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from glabella.clinic.api.actions import make_token
from glabella.clinic.api.rules import OFFERED
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.tasks.actions import raise_task
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.wsgi import application

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
)
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The server closes its connection after each request; the test's transaction lives in it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def authorization(signed: Treatment, alice: Member, _one_connection: None) -> str:
    """A token of a member who may do all that the API offers, in a clinic with a record."""
    alice.roles = [Role.INJECTOR.value, Role.OWNER.value]
    alice.save()
    by = Member.objects.get(pk=alice.pk)
    raise_task(clinic=by.clinic, key="a", kind="x", title="Call", due=signed.date, by=by)
    scopes = [one.name for one in OFFERED]
    _, secret = make_token(name="Schemathesis", scopes=scopes, days=1, by=by)
    return f"Bearer {secret}"


@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_address_breaks_or_answers_what_it_did_not_promise(
    case: Any, authorization: str
) -> None:
    answer = case.call(headers={"Authorization": authorization})
    case.validate_response(answer, checks=CHECKS)
