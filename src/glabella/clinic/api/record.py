"""Addresses of the record: patients, measures, treatments, reviews."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status
from ninja.errors import HttpError

from glabella.clinic.api import shapes as s
from glabella.clinic.api import told
from glabella.clinic.api.keys import caller, needs
from glabella.clinic.api.pages import Page, Path, many, refusals
from glabella.clinic.patients import actions
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.permissions import Permission
from glabella.clinic.records import of_clinic
from glabella.clinic.reviews.models import Review
from glabella.clinic.treatments.models import State
from glabella.clinic.treatments.queries import stored_forecast, treatments

router = Router(tags=["Record"])
SEE = needs(Permission.SEE_PATIENTS)
EDIT = needs(Permission.EDIT_PATIENTS)


@router.get("/patients", response=refusals(s.Many[s.PatientOut]), **SEE)
def patients(request: HttpRequest, page: Query[Page], q: s.Line = "") -> Any:
    """Patients of the clinic by name; `q` holds words that all must be found."""
    who = caller(request)
    found = told.patients_with(of_clinic(Patient.objects.all(), who.member.clinic_id), q)
    answer = many(found, page, told.patient)
    who.see(*answer.pop("records"))
    return answer


@router.post("/patients", response=refusals(s.PatientOut, 201), **EDIT)
def add_patient(request: HttpRequest, sent: s.PatientNew) -> Any:
    """Add a patient."""
    about = told.about(None, sent.dict(exclude_unset=True))
    measures = told.measures({})
    made = actions.add_patient(about=about, measures=measures, by=caller(request).member)
    return Status(201, told.patient(made))


@router.get("/patients/{patient_id}", response=refusals(s.PatientOut), **SEE)
def patient(request: HttpRequest, patient_id: Path) -> Any:
    """One patient."""
    who = caller(request)
    found = who.find(Patient.objects.all(), patient_id)
    who.see(found)
    return told.patient(found)


@router.patch("/patients/{patient_id}", response=refusals(s.PatientOut), **EDIT)
def edit_patient(request: HttpRequest, patient_id: Path, sent: s.PatientChange) -> Any:
    """Change what is sent; the rest stays."""
    who = caller(request)
    found = who.find(Patient.objects.all(), patient_id)
    about = told.about(found, sent.dict(exclude_unset=True))
    actions.edit_patient(patient=found, about=about, measures={}, by=who.member)
    return told.patient(found)


@router.get("/patients/{patient_id}/measures", response=refusals(s.Many[s.MeasuresOut]), **SEE)
def measures(request: HttpRequest, patient_id: Path, page: Query[Page]) -> Any:
    """What was measured on a patient, latest first."""
    who = caller(request)
    found = who.find(Patient.objects.all(), patient_id)
    who.see(found)
    return many(found.measure_sets.all(), page)


@router.post("/patients/{patient_id}/measures", response=refusals(s.MeasuresOut, 201), **EDIT)
def measure(request: HttpRequest, patient_id: Path, sent: s.MeasuresNew) -> Any:
    """Add what was seen as a new set; the old ones stay."""
    who = caller(request)
    found = who.find(Patient.objects.all(), patient_id)
    seen = told.measures(sent.dict())
    birth = {"date_of_birth": found.date_of_birth}
    actions.edit_patient(patient=found, about=birth, measures=seen, by=who.member)
    newest = found.measure_sets.first()
    if newest is None:
        raise HttpError(422, "Nothing was measured: send at least one grade or height.")
    return Status(201, newest)


@router.get("/treatments", response=refusals(s.Many[s.TreatmentRow]), **SEE)
def treatment_list(request: HttpRequest, page: Query[Page], patient: s.Key | None = None) -> Any:
    """Treatments, latest first, of everybody or of one patient."""
    who = caller(request)
    found = of_clinic(treatments(), who.member.clinic_id)
    if patient is not None:
        found = found.filter(patient=patient)
    answer = many(found, page, told.treatment_row)
    who.see(*answer.pop("records"))
    return answer


@router.get("/treatments/{treatment_id}", response=refusals(s.TreatmentOut), **SEE)
def treatment(request: HttpRequest, treatment_id: Path) -> Any:
    """A treatment with its points, lots, units of each product and addenda."""
    who = caller(request)
    found = who.find(treatments(), treatment_id)
    who.see(found)
    return told.treatment(found)


@router.get("/treatments/{treatment_id}/forecast", response=refusals(dict[str, Any]), **SEE)
def treatment_forecast(request: HttpRequest, treatment_id: Path) -> Any:
    """The forecast that was kept when the treatment was signed, as `glabella forecast --json`."""
    who = caller(request)
    found = who.find(treatments().filter(state=State.SIGNED), treatment_id)
    kept = stored_forecast(found)
    if kept is None:
        raise HttpError(404, "No forecast was kept with this treatment.")
    who.see(found)
    return told.plain(kept)


@router.get("/reviews", response=refusals(s.Many[s.ReviewOut]), **SEE)
def reviews(request: HttpRequest, page: Query[Page], treatment: s.Key | None = None) -> Any:
    """Reviews, earliest first, of everybody or of one treatment."""
    who = caller(request)
    found = of_clinic(Review.objects.select_related("by"), who.member.clinic_id)
    if treatment is not None:
        found = found.filter(treatment=treatment)
    answer = many(found, page, told.review)
    who.see(*answer.pop("records"))
    return answer


@router.get("/reviews/{review_id}", response=refusals(s.ReviewOut), **SEE)
def review(request: HttpRequest, review_id: Path) -> Any:
    """One review."""
    who = caller(request)
    found = who.find(Review.objects.select_related("by"), review_id)
    who.see(found)
    return told.review(found)
