"""May this person do this to this patient today? Each reason, and who may go past it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from glabella.clinic.credentials.actions import (
    give_leave,
    grant_privileges,
    set_supervision,
    sign_order,
    verify_credential,
    withdraw_credential,
    withdraw_order,
    withdraw_privilege,
)
from glabella.clinic.credentials.answer import (
    Answer,
    may_prescribe,
    may_treat,
    parts_of,
)
from glabella.clinic.credentials.models import CosignRule, CredentialKind
from glabella.clinic.credentials.rules import NEVER_OVERRIDDEN, CredentialRefused, Part
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.actions import change_roles, close_account, set_policy
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments.actions import sign_treatment
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.rules import SignRefused, may_override
from tests.clinic.conftest import (
    WHY,
    AnyReason,
    about,
    an_order,
    charted,
    grant,
    insurance,
    licence,
    measures,
    member,
    paper,
    vera,
)

GLABELLA = (Part("glabella", "botox-cosmetic"),)


def asked(
    person: Member,
    parts: tuple[Part, ...] = GLABELLA,
    *,
    patient: Patient | None = None,
    on: date | None = None,
) -> Answer:
    known = Member.objects.select_related("clinic").get(pk=person.pk)
    return may_treat(known, patient, parts, on=on or timezone.localdate())


def codes(told: Answer, severity: str = "stop") -> set[str]:
    return {one.code for one in told.findings if one.severity == severity}


def policy(person: Member, **figures: Any) -> None:
    boss = Member.objects.filter(user__username="boss").first() or member("Boss", Role.OWNER)
    set_policy(clinic=person.clinic, policy=figures, by=boss)


def test_whoever_has_everything_in_order_may(alice: Member, dan: Patient) -> None:
    told = asked(alice, patient=dan)
    assert told.may
    assert [check.name for check in told.checks] == [
        "Account",
        "Not oneself",
        "Licence",
        "Insurance",
        "Privileges",
        "Supervision",
        "Order",
    ]
    assert "verified by Vera" in told.checks[2].words


def test_on_the_first_day_everything_is_missing_and_said_at_once(nina: Member) -> None:
    told = asked(nina)
    assert codes(told) == {"no-licence", "no-insurance", "no-privilege"}
    assert all(one.mend for one in told.stops)
    assert told.for_good


def test_without_a_role_that_injects_nobody_treats(bob: Member) -> None:
    assert "not-an-injector" in codes(asked(bob))


def test_a_closed_account_treats_nobody(alice: Member, olga: Member) -> None:
    close_account(member=alice, why="Left the clinic.", by=olga)
    assert "account-closed" in codes(asked(alice))


def test_nobody_treats_themself(alice: Member) -> None:
    own = add_patient(about=about("Own", member=alice), measures=measures(), by=alice)
    told = asked(alice, patient=own)
    assert codes(told) == {"own-treatment"}
    assert told.for_good


@pytest.mark.parametrize(
    ("days", "stop", "warning"),
    [
        (-1, "licence-lapsed", ""),
        (0, "", "licence-ends-soon"),
        (60, "", "licence-ends-soon"),
        (61, "", ""),
    ],
)
def test_a_licence_warns_sixty_days_ahead_and_stops_the_day_after(
    nina: Member, days: int, stop: str, warning: str
) -> None:
    paper(nina, licence(until=timezone.localdate() + timedelta(days=days)))
    told = asked(nina)
    assert (stop in codes(told)) is bool(stop)
    assert "no-licence" not in codes(told)
    assert (warning in codes(told, "warn")) is bool(warning)


def test_a_lapsed_licence_says_since_when(nina: Member) -> None:
    paper(nina, licence(until=date(2020, 3, 4)))
    assert "lapsed on 4 Mar 2020" in " ".join(one.message for one in asked(nina).stops)


def test_a_licence_counts_on_the_day_of_the_treatment(nina: Member) -> None:
    paper(nina, licence(since=date(2020, 1, 1), until=date(2020, 12, 31)))
    assert "no-licence" not in codes(asked(nina, on=date(2020, 6, 1)))
    assert "licence-lapsed" not in codes(asked(nina, on=date(2020, 6, 1)))
    assert "no-licence" in codes(asked(nina, on=date(2019, 12, 31)))
    assert "licence-lapsed" in codes(asked(nina, on=date(2021, 1, 1)))


def test_a_withdrawn_licence_does_not_count(alice: Member, olga: Member) -> None:
    held = alice.credentials.get(kind=CredentialKind.LICENCE)
    withdraw_credential(credential=held, why="Suspended.", by=olga)
    assert "no-licence" in codes(asked(alice))


@pytest.mark.parametrize(
    ("clinic", "licensed", "counts"),
    [
        ("", "GB", True),
        ("GB", "gb", True),
        ("US-CA", "US-CA", True),
        ("US-CA", "US", True),
        ("US-CA", "US-NY", False),
        ("US", "US-CA", False),
        ("GB-ENG", "G", False),
    ],
)
def test_a_licence_counts_where_it_is_for(
    nina: Member, clinic: str, licensed: str, counts: bool
) -> None:
    policy(nina, jurisdiction=clinic)
    paper(nina, licence(jurisdiction=licensed))
    told = asked(nina)
    assert ("no-licence" not in codes(told)) is counts
    if not counts:
        assert f"licensed for {licensed}, and not for {clinic}" in told.stops[0].message


def test_an_identifier_is_no_licence(nina: Member) -> None:
    npi = {"kind": CredentialKind.IDENTIFIER, "register": "us-npi", "number": "1993999998"}
    paper(nina, npi)
    assert "no-licence" in codes(asked(nina))


def test_an_unverified_licence_stops_until_somebody_else_verifies_it(nina: Member) -> None:
    held = paper(nina, licence(), verified=False)
    told = asked(nina)
    assert "licence-unverified" in codes(told)
    assert "licence-unverified" not in NEVER_OVERRIDDEN
    verify_credential(credential=held, how="Saw the original", by=vera(nina.clinic))
    assert "licence-unverified" not in codes(asked(nina))


def test_a_verified_licence_goes_before_a_longer_one_that_is_not(nina: Member) -> None:
    paper(nina, licence(number="TEST-1"))
    longer = timezone.localdate() + timedelta(days=3000)
    paper(nina, licence(number="TEST-2", until=longer), verified=False)
    assert "licence-unverified" not in codes(asked(nina))


def test_a_clinic_of_one_asks_less_of_itself(nina: Member) -> None:
    policy(nina, verification_required=False, privileges_required=False, insurance_required=False)
    paper(nina, licence(), verified=False)
    told = asked(nina)
    assert told.may
    assert {"licence-unverified", "no-privilege", "no-insurance"} <= codes(told, "note")


def test_no_policy_replaces_a_licence(nina: Member) -> None:
    policy(nina, verification_required=False, privileges_required=False, insurance_required=False)
    assert codes(asked(nina)) == {"no-licence"}


def test_an_insurance_that_ended_stops_and_may_be_signed_past(nina: Member) -> None:
    paper(nina, insurance(until=timezone.localdate() - timedelta(days=1)))
    stop = next(one for one in asked(nina).stops if one.code == "no-insurance")
    assert may_override(stop)


def test_an_insurance_that_ends_soon_or_is_not_verified_is_a_warning(nina: Member) -> None:
    paper(nina, insurance(until=timezone.localdate() + timedelta(days=1)), verified=False)
    told = asked(nina)
    assert {"insurance-ends-soon", "insurance-unverified"} <= codes(told, "warn")
    assert "ends tomorrow" not in codes(told)


def test_a_privilege_is_for_an_area_and_a_technique(nina: Member) -> None:
    grant(nina, "forehead")
    assert "no-privilege" not in codes(asked(nina, (Part("forehead"),)))
    told = asked(nina, (Part("forehead"), Part("droplets:forehead"), Part("glabella")))
    missing = next(one for one in told.stops if one.code == "no-privilege")
    assert "glabella, droplets, forehead" in missing.message


def test_a_privilege_may_be_for_some_products_only(nina: Member) -> None:
    grant(nina, "glabella", product_kinds=["onabotulinumtoxinA"])
    assert "no-privilege" not in codes(asked(nina))
    told = asked(nina, (Part("glabella", "dysport"),))
    assert "with abobotulinumtoxinA" in " ".join(one.message for one in told.stops)


def test_a_privilege_ends_and_can_be_withdrawn(nina: Member) -> None:
    today = timezone.localdate()
    grant(nina, "glabella", since=today - timedelta(days=9), until=today)
    assert "no-privilege" not in codes(asked(nina))
    assert "no-privilege" in codes(asked(nina, on=today + timedelta(days=1)))
    held = nina.privileges.get()
    withdraw_privilege(privilege=held, why="Course not finished.", by=vera(nina.clinic))
    assert "no-privilege" in codes(asked(nina))


def test_nobody_grants_themself_a_privilege(db: None) -> None:
    chief = member("Chief", Role.INJECTOR, Role.SUPERVISOR)
    with pytest.raises(CredentialRefused, match="Nobody grants themself"):
        grant_privileges(member=chief, areas=["glabella"], by=chief)


def test_leave_is_for_one_patient_and_one_day(nina: Member, bob: Member, dan: Patient) -> None:
    give_leave(member=nina, patient=dan, areas=["glabella"], reason=WHY, by=bob)
    told = asked(nina, patient=dan)
    assert "no-privilege" not in codes(told)
    said = next(one for one in told.findings if one.code == "leave-given")
    assert "Bob lets Nina treat" in said.message
    assert WHY in said.message
    assert "no-privilege" in codes(asked(nina, (Part("forehead"),), patient=dan))
    assert "no-privilege" in codes(asked(nina))
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "no-privilege" in codes(asked(nina, patient=dan, on=tomorrow))


def test_leave_is_given_by_a_supervisor_to_somebody_else_with_a_reason(
    nina: Member, bob: Member, olga: Member, dan: Patient
) -> None:
    with pytest.raises(NotAllowed):
        give_leave(member=nina, patient=dan, areas=["glabella"], reason=WHY, by=olga)
    with pytest.raises(CredentialRefused, match="at least 10"):
        give_leave(member=nina, patient=dan, areas=["glabella"], reason="ok", by=bob)
    with pytest.raises(CredentialRefused, match="gives themself leave"):
        give_leave(member=bob, patient=dan, areas=["glabella"], reason=WHY, by=bob)
    with pytest.raises(CredentialRefused, match="No such area"):
        give_leave(member=nina, patient=dan, areas=["elbow"], reason=WHY, by=bob)


def test_under_supervision_somebody_must_supervise(nina: Member, bob: Member) -> None:
    grant(nina, "glabella", supervised=True)
    assert "no-supervisor" in codes(asked(nina))
    set_supervision(member=nina, supervisor=bob, rule=CosignRule.NONE, by=vera(nina.clinic))
    told = asked(nina)
    assert "has no verified licence" in " ".join(one.message for one in told.stops)
    paper(bob, licence(number="TEST-9"))
    told = asked(nina)
    assert "no-supervisor" not in codes(told)
    assert "under-supervision" in codes(told, "warn")


def test_a_supervisor_who_left_supervises_nobody(alice: Member, bob: Member, olga: Member) -> None:
    paper(bob, licence(number="TEST-9"))
    set_supervision(member=alice, supervisor=bob, rule=CosignRule.ALWAYS, by=olga)
    assert asked(alice).may
    change_roles(member=bob, roles=[Role.ASSISTANT], by=olga)
    told = asked(alice)
    assert "does not supervise here any more" in " ".join(one.message for one in told.stops)


def test_whoever_prescribes_needs_no_order(nina: Member) -> None:
    paper(nina, licence(prescribes=True))
    assert "no-standing-order" not in codes(asked(nina), "note")
    assert may_prescribe(nina, on=timezone.localdate())


@pytest.fixture
def petra(db: None) -> Member:
    prescriber = member("Petra", Role.PRESCRIBER)
    paper(prescriber, licence(prescribes=True, number="TEST-5"))
    return prescriber


def order_check(told: Answer) -> Any:
    return told.checks[-1]


def test_a_standing_order_covers_its_areas_product_and_ages(
    alice: Member, petra: Member, dan: Patient
) -> None:
    an_order(petra)
    told = order_check(asked(alice, patient=dan))
    assert told.words == "standing order: Test order, version 1, by Petra"
    assert not told.findings
    other = (Part("glabella", "dysport"),)
    assert "no-standing-order" in codes(asked(alice, other, patient=dan), "note")
    elsewhere = (Part("forehead", "botox-cosmetic"),)
    assert "no-standing-order" in codes(asked(alice, elsewhere, patient=dan), "note")
    young = add_patient(
        about=about("Young", date_of_birth=timezone.localdate() - timedelta(days=17 * 365)),
        measures=measures(),
        by=alice,
    )
    assert "no-standing-order" in codes(asked(alice, patient=young), "note")


def test_without_an_order_a_clinic_that_asks_for_no_assessment_stops(alice: Member) -> None:
    assert asked(alice).may
    policy(alice, assessment_required=False)
    told = asked(alice)
    assert codes(told) == {"no-standing-order"}
    assert not told.for_good


def test_the_units_of_an_order_are_for_the_whole_session(alice: Member, petra: Member) -> None:
    an_order(petra, areas=["glabella", "forehead"], max_units=Decimal(24))
    parts = (
        Part("glabella", "botox-cosmetic", Decimal(20)),
        Part("forehead", "botox-cosmetic", Decimal(4)),
    )
    assert asked(alice, parts).may
    more = (parts[0], Part("forehead", "botox-cosmetic", Decimal("4.5")))
    assert "over-standing-order" in codes(asked(alice, more), "warn")
    policy(alice, assessment_required=False)
    told = asked(alice, more)
    assert codes(told) == {"over-standing-order"}
    assert "24.5 U Botox Cosmetic are more than the 24 U Botox Cosmetic" in told.stops[0].message


def test_an_order_is_signed_by_whoever_may_prescribe(petra: Member, alice: Member) -> None:
    with pytest.raises(NotAllowed):
        an_order(alice)
    unlicensed = member("Paul", Role.PRESCRIBER)
    with pytest.raises(CredentialRefused, match="lets prescribe"):
        an_order(unlicensed)
    an_order(petra)


def test_the_next_version_ends_the_one_before(alice: Member, petra: Member) -> None:
    first = an_order(petra)
    second = sign_order(
        title=first.title,
        areas=["glabella"],
        product=first.product,
        max_units=Decimal(20),
        min_age=18,
        conditions="As before.",
        until=first.until,
        previous=first,
        by=petra,
    )
    first.refresh_from_db()
    assert second.version == 2
    assert first.withdrawn_why == "Replaced by version 2."
    assert "version 2" in order_check(asked(alice)).words
    with pytest.raises(CredentialRefused, match="withdrawn"):
        withdraw_order(order=first, why="Again.", by=petra)
    withdraw_order(order=second, why="Not needed.", by=petra)
    assert "no-standing-order" in codes(asked(alice), "note")


def test_a_lapsed_licence_stops_signing_whatever_the_reason(
    dan: Patient, vial: Vial, alice: Member, olga: Member
) -> None:
    draft = charted(dan, vial, alice)
    held = alice.credentials.get(kind=CredentialKind.LICENCE)
    withdraw_credential(credential=held, why="Entered wrongly.", by=olga)
    paper(alice, licence(until=timezone.localdate() - timedelta(days=1)))
    with pytest.raises(SignRefused, match="licence of Alice lapsed"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())


def test_a_missing_privilege_stops_the_injector_and_not_with_leave(
    dan: Patient, vial: Vial, alice: Member, bob: Member
) -> None:
    draft = charted(dan, vial, alice)
    held = alice.privileges.get(scope="glabella")
    withdraw_privilege(privilege=held, why="A course is due.", by=bob)
    with pytest.raises(SignRefused, match="no privilege for: glabella"):
        sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    give_leave(member=alice, patient=dan, areas=["glabella"], reason=WHY, by=bob)
    assert sign_treatment(treatment=draft, by=alice, overrides=AnyReason()).is_signed


def test_an_insurance_that_ended_is_signed_past_with_a_stored_reason(
    dan: Patient, vial: Vial, alice: Member, olga: Member
) -> None:
    draft = charted(dan, vial, alice)
    held = alice.credentials.get(kind=CredentialKind.INSURANCE)
    withdraw_credential(credential=held, why="Cancelled.", by=olga)
    with pytest.raises(SignRefused, match="give your reason"):
        sign_treatment(treatment=draft, by=alice)
    signed = sign_treatment(treatment=draft, by=alice, overrides=AnyReason())
    assert signed.overrides.filter(code="no-insurance", reason=WHY).exists()


def test_a_chart_is_asked_area_by_area_with_its_units(draft: Treatment) -> None:
    (part,) = parts_of(draft)
    assert part == Part("glabella", "botox-cosmetic", Decimal(20))
