"""Who supervises an injector, and which of their treatments are co-signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from glabella.clinic.credentials.actions import (
    set_supervision,
)
from glabella.clinic.credentials.answer import (
    cosigner_of,
)
from glabella.clinic.credentials.models import CosignRule
from glabella.clinic.credentials.rules import CredentialRefused
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import Role
from tests.clinic.conftest import (
    grant,
    member,
    signed_days_ago,
    vera,
)


def supervised(person: Member, bob: Member, rule: CosignRule, first: int | None = None) -> None:
    set_supervision(member=person, supervisor=bob, rule=rule, first=first, by=vera(person.clinic))


def cosigner(person: Member, *areas: str) -> tuple[Member | None, str]:
    told = cosigner_of(person, areas or ("glabella",), timezone.localdate())
    return told.member, told.reason


def test_without_a_rule_nobody_co_signs(alice: Member, bob: Member) -> None:
    assert cosigner(alice) == (None, "Alice has no supervisor.")
    supervised(alice, bob, CosignRule.NONE)
    assert cosigner(alice)[0] is None


def test_a_rule_for_every_treatment(alice: Member, bob: Member) -> None:
    supervised(alice, bob, CosignRule.ALWAYS)
    assert cosigner(alice) == (bob, "Every treatment by Alice is co-signed.")


def test_the_first_treatments_of_each_area_are_counted_from_the_record(
    alice: Member, bob: Member, carol: Member, dan: Patient
) -> None:
    supervised(alice, bob, CosignRule.FIRST, 2)
    assert cosigner(alice)[1].endswith("signed so far: glabella 0.")
    signed_days_ago(dan, alice, carol, 300)
    assert cosigner(alice)[1].endswith("signed so far: glabella 1.")
    signed_days_ago(dan, alice, carol, 150)
    assert cosigner(alice)[0] is None
    assert cosigner(alice, "glabella", "forehead")[0] == bob


def test_a_privilege_under_supervision_is_always_co_signed(nina: Member, bob: Member) -> None:
    grant(nina, "glabella", supervised=True)
    grant(nina, "forehead")
    supervised(nina, bob, CosignRule.NONE)
    assert cosigner(nina)[0] == bob
    assert cosigner(nina, "forehead")[0] is None


def test_supervision_is_asked_as_it_was_on_the_day(alice: Member, bob: Member) -> None:
    supervised(alice, bob, CosignRule.ALWAYS)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert cosigner_of(alice, ["glabella"], yesterday).member is None


@pytest.mark.parametrize(
    ("rule", "first", "why"),
    [
        (CosignRule.ALWAYS, None, "needs a supervisor"),
        (CosignRule.FIRST, 3, "needs a supervisor"),
    ],
)
def test_a_co_signature_needs_somebody(
    alice: Member, rule: CosignRule, first: int | None, why: str
) -> None:
    with pytest.raises(CredentialRefused, match=why):
        set_supervision(
            member=alice, supervisor=None, rule=rule, first=first, by=vera(alice.clinic)
        )


def test_a_supervisor_is_a_supervisor_of_this_clinic_and_somebody_else(
    alice: Member, carol: Member, bob: Member, olga: Member
) -> None:
    strange = member("Sue", Role.SUPERVISOR, clinic="Other Clinic")
    for wrong in (carol, strange):
        with pytest.raises(CredentialRefused, match="no supervisor here"):
            supervised(alice, wrong, CosignRule.ALWAYS)
    with pytest.raises(CredentialRefused, match="Nobody supervises themself"):
        set_supervision(member=bob, supervisor=bob, rule=CosignRule.ALWAYS, by=olga)
    with pytest.raises(CredentialRefused, match="How many"):
        supervised(alice, bob, CosignRule.FIRST)
