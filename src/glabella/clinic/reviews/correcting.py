"""From a signed review to what answers it, and to the points that a correction would chart."""

from __future__ import annotations

from datetime import date
from typing import cast, get_args

from glabella.clinic.patients.rules import plan_patient
from glabella.clinic.reviews.models import Kind, Review
from glabella.clinic.treatments.models import State, Treatment
from glabella.clinic.treatments.planning import given_until, latest_measures, seen_at
from glabella.clinic.treatments.points import PointInput
from glabella.errors import RecordError
from glabella.face import Face
from glabella.face.frame import Side
from glabella.facts.corrections import SeenWord
from glabella.plan.correct import correct
from glabella.plan.corrections.case import Case, Observation
from glabella.plan.corrections.correction import Correction
from glabella.plan.place import Dose, place


class NothingProposed(RecordError):
    """The review is not answered with an addition."""


def case_of(review: Review) -> Case:
    """The review as a case: the patient, all that was given until then, and what was seen."""
    patient = review.treatment.patient
    seen = seen_at(review)
    earlier = (
        Review.objects.filter(treatment__patient=patient, kind=Kind.REVIEW, date__lte=review.date)
        .exclude(pk=review.pk)
        .order_by("date", "id")
    )
    return Case(
        patient=plan_patient(patient, latest_measures(patient), on=review.date),
        treatments=tuple(given_until(patient, on=review.date, known_at=review.signed_at)),
        today=review.date,
        lines=seen.lines,
        brow_left=seen.brow_left,
        brow_right=seen.brow_right,
        observations=tuple(
            Observation(
                seen=cast("SeenWord", one.event),
                side=Side(one.side) if one.side else None,
                # The clinic's list calls it a forehead that does not move.
                area="forehead" if one.event == "over-treatment" else None,
            )
            for one in review.adverse_events.all()
            if one.event in get_args(SeenWord)
        ),
        reviews=tuple(seen_at(row) for row in earlier),
    )


def correction_of(review: Review) -> Correction:
    """What a signed review is answered with."""
    return correct(case_of(review))


def treated_since(review: Review) -> date | None:
    """The day of a treatment that was signed after the review; None if there is none."""
    later = Treatment.objects.filter(
        indication="",
        patient=review.treatment.patient_id,
        state=State.SIGNED,
        signed_at__gt=review.signed_at,
    )
    return later.order_by("-date").values_list("date", flat=True).first()


def doses_of(told: Correction) -> tuple[Dose, ...]:
    """What is proposed, placed on the patient's face."""
    if not told.proposed:
        return ()
    patient = told.plan.patient
    return place(Face.fit(patient.sex, patient.measures), told.plan.treatments[-1])


def chart_points(told: Correction, treatment: Treatment, vial: int) -> list[PointInput]:
    """The points of a proposal as the chart saves them, all drawn from one vial."""
    doses = doses_of(told)
    if not doses:
        raise NothingProposed(
            f"Nothing is proposed after the treatment of {treatment.date:%d %b %Y}: {told.headline}"
        )
    return [
        PointInput(
            key=f"correction-{number}",
            x_mm=round(dose.x_mm, 2),
            y_mm=round(dose.y_mm, 2),
            side=dose.side.value,
            units=dose.units.amount,
            vial=vial,
            depth=dose.depth,
            area=dose.area,
            site=dose.site,
            product=dose.units.product,
        )
        for number, dose in enumerate(doses, start=1)
    ]
