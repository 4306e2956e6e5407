"""What the pages and the gate know of consents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.utils import timezone

from glabella import facts
from glabella.clinic.charted import Charted, charted
from glabella.clinic.consent import built_in, rules, signature, told
from glabella.clinic.consent.models import Consent, ConsentText, Scope
from glabella.clinic.consent.rules import Standing
from glabella.clinic.intake.rules import adult_years
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member


def consents() -> QuerySet[Consent]:
    return Consent.objects.select_related(
        "patient__clinic", "text", "discussed_by", "taken_by", "withdrawal__by"
    )


def texts() -> QuerySet[ConsentText]:
    return ConsentText.objects.select_related("made_by")


def withdrawn_at(consent: Consent) -> datetime | None:
    withdrawal = getattr(consent, "withdrawal", None)
    return withdrawal.at if withdrawal else None


def standings(patient: Patient, *, now: datetime) -> list[Standing]:
    """The consents of a patient as they stood at a moment, latest first."""
    rows = consents().filter(patient=patient, discussed_at__lte=now)
    return [
        Standing(
            one.state,
            frozenset(one.areas),
            frozenset(one.products),
            one.valid_until,
            one.signed_at,
            withdrawn_at(one),
        )
        for one in rows
    ]


def chart_of(patient: Patient, member: Member) -> Charted | None:
    """What is on an open chart of the patient, this member's own before another's."""
    drafts = list(patient.treatments.filter(state="draft").order_by("-created_at"))
    own = [draft for draft in drafts if draft.injector_id == member.pk]
    return charted((own or drafts)[0]) if drafts else None


def photo_answers(patient: Patient) -> dict[str, bool | None]:
    """The last answer to each use of photographs; None where nobody asked."""
    answers: dict[str, bool | None] = dict.fromkeys(Scope.values)
    for one in patient.photo_scopes.order_by("at", "id"):
        answers[one.scope] = one.granted
    return answers


def may_use_photos(patient: Patient, scope: Scope) -> bool:
    """Whether photographs of the patient may be used for this; only a yes that stands counts."""
    return photo_answers(patient)[scope] is True


def area_names(codes: list[str]) -> str:
    return ", ".join(AREA_NAMES.get(code, code) for code in codes)


def product_names(codes: list[str]) -> str:
    return ", ".join(facts.product(code).name for code in codes)


@dataclass(frozen=True, slots=True)
class Page:
    """A consent as its page and its PDF show it."""

    consent: Consent
    areas: str
    products: str
    sections: list[tuple[str, str]]
    told: told.Told
    photos: list[tuple[str, bool]]
    signature: str
    withdrawn: bool
    tone: str
    state: str


def page_of(consent: Consent) -> Page:
    kept = msgspec.json.decode(consent.told_json, type=told.Told)
    strokes = signature.read(consent.strokes_json) if consent.strokes_json else []
    withdrawal = getattr(consent, "withdrawal", None)
    over = consent.valid_until < timezone.localdate()
    state = "Withdrawn" if withdrawal else "Over" if over else consent.get_state_display()
    complete = consent.state == "taken" and not withdrawal and not over
    return Page(
        consent=consent,
        areas=area_names(consent.areas),
        products=product_names(consent.products),
        sections=told.sections(consent.text.body),
        told=kept,
        photos=[(Scope(scope).label, granted) for scope, granted in kept.photos.items()],
        signature=signature.svg(strokes, name=consent.signer_name) if strokes else "",
        withdrawn=withdrawal is not None,
        tone="ok" if complete else "stop" if withdrawal else "warn",
        state=state,
    )


def pages_of(patient: Patient) -> list[Page]:
    return [page_of(one) for one in consents().filter(patient=patient)]


@dataclass(frozen=True, slots=True)
class PhotoRow:
    scope: str
    label: str
    granted: bool | None


def photo_rows(patient: Patient) -> list[PhotoRow]:
    answers = photo_answers(patient)
    return [PhotoRow(scope.value, scope.label, answers[scope.value]) for scope in Scope]


def current_text(clinic: int) -> tuple[str, str, int]:
    """Title, words and number of the text in use; number 0 is the built-in one."""
    text = ConsentText.objects.filter(clinic=clinic).first()
    return (text.title, text.body, text.number) if text else (built_in.TITLE, built_in.body(), 0)


def new_context(patient: Patient, areas: list[str], products: list[str]) -> dict[str, Any]:
    """What is talked through for these areas and products."""
    title, body, number = current_text(patient.clinic_id)
    today, time = timezone.localdate(), facts.load().before
    return {
        "patient": patient,
        "chosen_areas": area_names(areas),
        "chosen_products": product_names(products),
        "risks": told.risks_of(areas) if areas else (),
        "off_label": told.off_label(areas, products),
        "sections": told.sections(body),
        "text_title": title,
        "text_number": number,
        "hours": patient.clinic.cooling_off_hours,
        "time_to_decide": time.time_to_decide,
        "minor": patient.age_years(today) < adult_years(),
    }


def free_from(consent: Consent) -> datetime | None:
    """From when treatment may follow, where the clinic has hours for it."""
    hours = consent.patient.clinic.cooling_off_hours
    if not hours or consent.signed_at is None:
        return None
    return rules.free_from(consent.signed_at, cooling_off_hours=hours)
