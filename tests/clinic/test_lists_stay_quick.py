"""A page asks the database as often for fifty rows as for five."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.treatments.actions import add_addendum
from glabella.clinic.treatments.models import Treatment
from tests.clinic.conftest import SignedIn, about, stock_vial

MANY = 12
# The session, the user with the member; and a savepoint around the time of the last touch.
SESSION = 3 + 3
# Check-ins, what is booked, what the patient wants, tasks open and done.
FOLLOW_UP = 5
TASKS = 1
# Histories, assessments, consents and measures: how the gates before a treatment stand.
BEFORE = 9
# Noting that somebody looked at a patient: a savepoint around one row, and on PostgreSQL telling
# who writes.
VIEWING = 3 + (2 if connection.vendor == "postgresql" else 0)
# Events and guides twice, as moments and as what is open, and the review to be rated again.
SAFETY = 5


@pytest.fixture
def client(signed_in: SignedIn, alice: Member) -> Client:
    return signed_in(alice)


def test_the_list_of_patients(
    client: Client, dan: Patient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(MANY):
        patient = about(f"Number {number}")
        Patient.objects.create(clinic=dan.clinic, created_at=timezone.now(), **patient)
    with django_assert_max_num_queries(SESSION + 2):
        client.get("/patients/")


def test_the_list_of_vials(
    client: Client,
    alice: Member,
    carol: Member,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(MANY):
        stock_vial(carol, opened_by=alice, lot=f"L{number}")
    with django_assert_max_num_queries(SESSION + 2):
        client.get("/stock/")


def test_the_timeline(
    client: Client,
    signed: Treatment,
    alice: Member,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(MANY):
        add_addendum(treatment=signed, reason=f"Reason {number}", text="Text", by=alice)
    with django_assert_max_num_queries(SESSION + VIEWING + BEFORE + 13 + SAFETY + FOLLOW_UP):
        client.get(f"/patients/{signed.patient_id}/")


def test_the_day(
    client: Client, signed: Treatment, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # Eight, and what ends soon of one's own: the clinic, papers, privileges.
    with django_assert_max_num_queries(SESSION + 8 + 3 + TASKS):
        client.get("/")


def test_the_chart(
    client: Client, draft: Treatment, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # Nine, and whether the injector may: clinic, points, papers, privileges, supervisor, orders.
    with django_assert_max_num_queries(SESSION + VIEWING + BEFORE + 16):
        client.get(f"/treatments/{draft.pk}/chart/")
