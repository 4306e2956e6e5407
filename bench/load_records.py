"""Synthetic records for the load: 100,000 patients with five signed treatments each, in bulk.

Clearly made up, the same from the same seed, and written past the actions in large statements. One
treatment in `WHOLE_ONE_IN` carries the forecast of one that was really signed (300 kB of text); the
others carry the plan alone, so that half a million fit on a disk.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.color import no_style
from django.db import connection, models, transaction

from glabella.clinic.audit import chain
from glabella.clinic.audit.models import AuditEvent, Link
from glabella.clinic.locks import lifted, locks_of
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import MeasureSet, Patient
from glabella.clinic.people.actions import open_clinic
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Role
from glabella.clinic.stock.models import Draw, Opening, Vial
from glabella.clinic.treatments.actions import save_draft, sign_treatment, start_treatment
from glabella.clinic.treatments.models import ChartPoint, Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.writer import writing

SEED = 20261120
PER_PATIENT = 5
PATIENTS_PER_VIAL = 5
WHOLE_ONE_IN = 250
BATCH = 5000
# Vials that each session finds open, of 100 U each, and what one treatment takes of them.
VIALS_EACH = 12
PLACES = [(0.0, 9.0, "midline")] + [
    (x, y, side) for x, y in ((12.0, 18.0), (24.0, 26.0)) for side in ("left", "right")
]

Row = dict[str, Any]


class EveryReason(dict[str, str]):
    """A reason for every stop that asks for one."""

    def get(self, key: str, default: Any = None) -> Any:
        return "Load: judged acceptable."

    def __getitem__(self, key: str) -> str:
        return "Load: judged acceptable."


def chart(vial_id: int, units: float = 4.0) -> list[Row]:
    """Five points of the glabella, as the chart's page sends them."""
    return [
        {
            "key": f"p{number}",
            "area": "glabella",
            "x_mm": x,
            "y_mm": y,
            "side": side,
            "units": units,
            "vial": vial_id,
        }
        for number, (x, y, side) in enumerate(PLACES, start=1)
    ]


def insert(model: type[models.Model], rows: Iterable[Row]) -> int:
    """Put rows into a table by the database's quickest way; what is left out takes its default."""
    fields = [one for one in model._meta.concrete_fields if not one.primary_key or one.name == "id"]
    names = [connection.ops.quote_name(one.column) for one in fields]
    base = {
        one.attname: one.get_db_prep_save(one.get_default(), connection)
        for one in fields
        if one.has_default() or one.null or one.empty_strings_allowed
    }
    kept = [one.attname for one in fields]
    cells = (tuple((base | row)[name] for name in kept) for row in rows)
    table = connection.ops.quote_name(model._meta.db_table)
    count = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for cell in cells:
                    copy.write_row(cell)
                    count += 1
            return count
        marks = ", ".join(["%s"] * len(names))
        while batch := list(islice(cells, BATCH)):
            cursor.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                batch,
            )
            count += len(batch)
    return count


def moment(day: date, hour: int = 10) -> str:
    return f"{day.isoformat()} {hour:02d}:00:00" + (
        "+00" if connection.vendor == "postgresql" else ""
    )


def injectors(clinic: Clinic, count: int) -> list[Member]:
    """Members without a password: the sessions are made for them."""
    users = get_user_model().objects.bulk_create(
        get_user_model()(username=f"load-{number}", password="!") for number in range(count)
    )
    return Member.objects.bulk_create(
        Member(
            clinic=clinic,
            user=user,
            display_name=f"Load Injector {number}",
            roles=[Role.INJECTOR.value, Role.PRESCRIBER.value],
        )
        for number, user in enumerate(users)
    )


def session_key(member: Member) -> str:
    """A session as signing in leaves it."""
    session = SessionStore()
    session["_auth_user_id"] = str(member.user_id)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = member.user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def open_vials(member: Member, count: int, *, clinic: Clinic) -> list[int]:
    now = datetime.now(UTC)
    made = Vial.objects.bulk_create(
        Vial(
            clinic=clinic,
            product="botox-cosmetic",
            lot=f"LOAD-{member.pk}-{number}",
            expiry=now.date() + timedelta(days=300),
            vial_units=100,
            remaining_units=100,
            received_at=now,
            received_by=member,
        )
        for number in range(count)
    )
    Opening.objects.bulk_create(
        Opening(
            vial=vial,
            diluent_ml=Decimal("2.5"),
            opened_at=now,
            use_by=now + timedelta(hours=24),
            by=member,
        )
        for vial in made
    )
    return [vial.pk for vial in made]


def signed_example(clinic: Clinic, by: Member) -> Treatment:
    """One treatment signed as in the clinic; its texts are those of all others."""
    about = {"given_name": "Load", "family_name": "Example", "date_of_birth": date(1980, 1, 1)}
    measures = {"bulk": "average", "frontalis": "full", "glabella_maximum": 3, "glabella_rest": 1}
    patient = add_patient(
        about=about | {"sex": "female", "conditions": []}, measures=measures, by=by
    )
    with transaction.atomic(), writing("load"):
        [vial] = open_vials(by, 1, clinic=clinic)
    draft = start_treatment(patient=patient, by=by)
    save_draft(
        treatment=draft,
        points=[PointInput(**one) for one in chart(vial)],
        version=draft.version,
        by=by,
    )
    return sign_treatment(treatment=draft, by=by, overrides=EveryReason())


def _patients(count: int, clinic: Clinic, first: int) -> Iterator[Row]:
    draw = random.Random(SEED)
    for number in range(count):
        born = date(1945, 1, 1) + timedelta(days=draw.randrange(365 * 60))
        yield {
            "id": first + number,
            "clinic_id": clinic.pk,
            "given_name": f"Load {draw.choice('ABCDEFGHKLMNPRST')}{number % 97}",
            "family_name": f"Patient{number:06d}",
            "date_of_birth": born.isoformat(),
            "sex": draw.choice(("female", "male")),
            "conditions": "[]",
            "created_at": moment(date(2022, 1, 1)),
        }


def _measures(count: int, first: int, by: Member) -> Iterator[Row]:
    for number in range(count):
        yield {
            "id": first + number,
            "patient_id": first + number,
            "at": moment(date(2022, 1, 1)),
            "by_id": by.pk,
            "glabella_maximum": 1 + number % 3,
            "glabella_rest": number % 2,
        }


class Past:
    """Every treatment of the past as rows of its tables, in the order of the keys."""

    def __init__(self, patients: int, example: Treatment, members: Sequence[Member]) -> None:
        self.patients, self.example, self.members = patients, example, members
        self.first_patient = 1000
        self.first_vial = 1_000_000
        self.first_treatment = 1_000_000
        self.clinic = example.patient.clinic

    def each(self) -> Iterator[tuple[int, int, int, date, Member]]:
        """Key, patient, vial, day and injector of each treatment."""
        draw = random.Random(SEED + 1)
        for number in range(self.patients * PER_PATIENT):
            patient, visit = divmod(number, PER_PATIENT)
            day = date(2023, 1, 2) + timedelta(days=120 * visit + draw.randrange(100))
            yield (
                self.first_treatment + number,
                self.first_patient + patient,
                self.first_vial + number // PATIENTS_PER_VIAL,
                day,
                self.members[number % len(self.members)],
            )

    def vials(self) -> Iterator[Row]:
        for number in range(self.patients * PER_PATIENT // PATIENTS_PER_VIAL):
            yield {
                "id": self.first_vial + number,
                "clinic_id": self.clinic.pk,
                "product": "botox-cosmetic",
                "lot": f"PAST-{number % 400}",
                "expiry": "2025-12-31",
                "vial_units": "100",
                "remaining_units": str(100 - 20 * PATIENTS_PER_VIAL),
                "received_at": moment(date(2022, 12, 1)),
                "received_by_id": self.members[0].pk,
            }

    def treatments(self) -> Iterator[Row]:
        like = self.example
        for key, patient, _, day, member in self.each():
            yield {
                "id": key,
                "patient_id": patient,
                "injector_id": member.pk,
                "state": "signed",
                "version": 3,
                "date": day.isoformat(),
                "created_at": moment(day, 9),
                "saved_at": moment(day, 10),
                "signed_at": moment(day, 10),
                "signed_by_id": member.pk,
                "plan_json": like.plan_json,
                "forecast_json": like.forecast_json if key % WHOLE_ONE_IN == 0 else "",
                "facts_digest": like.facts_digest,
                "content_hash": f"{key:064x}",
            }

    def points(self) -> Iterator[Row]:
        for key, _, vial, _, _ in self.each():
            for number, (x, y, side) in enumerate(PLACES, start=1):
                yield {
                    "id": key * 5 + number,
                    "treatment_id": key,
                    "number": number,
                    "key": f"p{number}",
                    "area": "glabella",
                    "x_mm": str(x),
                    "y_mm": str(y),
                    "side": side,
                    "depth": "muscle",
                    "units": "4",
                    "vial_id": vial,
                }

    def draws(self) -> Iterator[Row]:
        for key, _, vial, day, member in self.each():
            yield {
                "id": key,
                "vial_id": vial,
                "treatment_id": key,
                "units": "20",
                "at": moment(day),
                "by_id": member.pk,
            }

    def events(self) -> Iterator[Row]:
        for key, _, _, day, member in self.each():
            yield {
                "id": key,
                "clinic_id": self.clinic.pk,
                "at": moment(day),
                "by_id": member.pk,
                "action": "treatment signed in the past",
                "subject": "treatment",
                "subject_id": key,
                "detail": "{}",
            }

    def links(self, number: int, previous: str) -> Iterator[Row]:
        """The chain goes on from where the example left it."""
        for key, _, _, day, member in self.each():
            number += 1
            event = AuditEvent(
                clinic=self.clinic,
                at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC),
                by=member,
                action="treatment signed in the past",
                subject="treatment",
                subject_id=key,
                detail={},
            )
            this = chain.event_hash(event, previous)
            yield {
                "id": key,
                "clinic_id": self.clinic.pk,
                "number": number,
                "event_id": key,
                "previous": previous,
                "hash": this,
            }
            previous = this


def fill(*, patients: int, sessions: int) -> None:
    """An empty database becomes the clinic of the load."""
    clinic = open_clinic(
        name="Load Clinic", shared_vials=True, assessment_required=False, cooling_off_hours=0
    )
    with transaction.atomic(), writing("load"):
        members = injectors(clinic, sessions)
    example = signed_example(clinic, members[0])
    chain.link(clinic.pk)
    last = Link.objects.order_by("-number").first()
    assert last is not None
    past = Past(patients, example, members)
    locks = [lock for app in apps.get_app_configs() for lock in locks_of(app)]
    with transaction.atomic(), writing("load"), lifted(connection, locks):
        insert(Patient, _patients(patients, clinic, past.first_patient))
        insert(MeasureSet, _measures(patients, past.first_patient, members[0]))
        insert(Vial, past.vials())
        insert(Treatment, past.treatments())
        insert(ChartPoint, past.points())
        insert(Draw, past.draws())
        insert(AuditEvent, past.events())
        insert(Link, past.links(last.number, last.hash))
        _settle()


def _settle() -> None:
    """What the database knows of its tables, and the next keys."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        models_filled = [Patient, MeasureSet, Vial, Treatment, ChartPoint, Draw, AuditEvent, Link]
        for statement in connection.ops.sequence_reset_sql(no_style(), models_filled):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
