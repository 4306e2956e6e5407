"""The demo clinic: whole, clearly made up, and the same when it is asked for twice."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from glabella.clinic.demo.cast import LOGINS, PASSWORD
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Clinic
from glabella.clinic.reviews.queries import reviews_due
from glabella.clinic.stock.accounts import causes, unbalanced
from glabella.clinic.stock.models import Vial
from glabella.clinic.stock.queries import vial_row, vials
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.record import is_intact, stored_points


def demo() -> str:
    said = StringIO()
    call_command("demo", stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_the_demo_twice_is_the_demo_once() -> None:
    first = demo()
    counted = (Patient.objects.count(), Treatment.objects.count(), Vial.objects.count())
    second = demo()
    assert counted == (Patient.objects.count(), Treatment.objects.count(), Vial.objects.count())
    for login in LOGINS:
        assert login.username in first
        assert login.username in second
    assert PASSWORD in second


@pytest.mark.django_db
def test_the_demo_has_every_state_of_a_vial_and_a_review_due() -> None:
    demo()
    now, clinic = timezone.now(), Clinic.objects.get()
    states = {vial_row(vial, now).state for vial in vials(clinic.pk)}
    assert {"In use", "Unopened", "Expired", "Over age", "Discarded"} <= states
    assert [row.patient_name for row in reviews_due(clinic.pk, today=timezone.localdate())] == [
        "Demo Patient Two"
    ]
    (open_to_question,) = unbalanced(clinic.pk)
    assert "probably diluted with 1.25 mL" in causes(Vial.objects.get(pk=open_to_question))[0]
    assert all(patient.given_name == "Demo Patient" for patient in Patient.objects.all())


@pytest.mark.django_db
def test_the_demo_records_are_intact_and_its_logins_work() -> None:
    demo()
    for treatment in Treatment.objects.filter(state="signed"):
        assert is_intact(treatment, stored_points(treatment))
    for login in LOGINS:
        sent = {"username": login.username, "password": PASSWORD}
        assert Client().post("/sign-in/", sent).status_code == 302
