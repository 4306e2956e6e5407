"""Pages of reviews."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from glabella.clinic.forms import form_page, submit
from glabella.clinic.people.guard import ClinicRequest, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.reviews import actions, answers, outcomes, queries
from glabella.clinic.treatments.forms import AddendumForm
from glabella.clinic.treatments.queries import treatments
from glabella.errors import UserError


@needs(Permission.REVIEW)
@require_http_methods(["GET", "POST"])
def new(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, treatments(), pk=treatment_id, state="signed")
    today = timezone.localdate()
    form = queries.bound_form(treatment, request.POST or None, today=today)
    review = submit(request, form, actions.sign_review, treatment=treatment, by=request.member)
    if review is None:
        context = queries.new_review_context(treatment, on=today)
        return form_page(request, "reviews/new.html", form=form, **context)
    messages.success(request, "The review is signed and kept.")
    return redirect("reviews:review", review.pk)


@needs(Permission.SEE_PATIENTS)
@require_safe
def review(request: ClinicRequest, review_id: int) -> HttpResponse:
    seen = found(request, queries.reviews(), pk=review_id)
    answer = answers.answer(seen, member=request.member, now=timezone.now())
    context = {"page": queries.review_page(seen), "answer": answer}
    return render(request, "reviews/review.html", context)


@needs(Permission.CHART)
@require_POST
def correct(request: ClinicRequest, review_id: int) -> HttpResponse:
    seen = found(request, queries.reviews(), pk=review_id)
    vial = int(vial) if (vial := request.POST.get("vial", "")).isdecimal() else 0
    try:
        draft = actions.start_correction(review=seen, vial=vial, by=request.member)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:review", review_id)
    messages.success(request, "The correction is charted as a draft. Look at it, then sign.")
    return redirect("treatments:chart", draft.pk)


@needs(Permission.ADD_ADDENDA)
@require_http_methods(["GET", "POST"])
def addendum(request: ClinicRequest, review_id: int) -> HttpResponse:
    seen = found(request, queries.reviews(), pk=review_id)
    form = AddendumForm(request.POST or None)
    if submit(request, form, actions.add_addendum, review=seen, by=request.member) is None:
        return form_page(request, "reviews/addendum.html", form=form, review=seen)
    messages.success(request, "The addendum is kept with the review.")
    return redirect("reviews:review", review_id)


@needs(Permission.REVIEW)
@require_http_methods(["GET", "POST"])
def second(request: ClinicRequest, review_id: int) -> HttpResponse:
    seen = found(request, queries.reviews(), pk=review_id)
    form = queries.second_form(seen, request.POST or None)
    if submit(request, form, actions.rate_second, review=seen, by=request.member) is None:
        return form_page(request, "reviews/second.html", form=form, review=seen)
    messages.success(request, "Kept. Now you see both.")
    return redirect("reviews:review", review_id)


@needs(Permission.REVIEW)
@require_http_methods(["GET", "POST"])
def before(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, treatments(), pk=treatment_id)
    form = queries.before_form(treatment, request.POST or None)
    if submit(request, form, actions.rate_before, treatment=treatment, by=request.member) is None:
        return form_page(request, "reviews/before.html", form=form, treatment=treatment)
    messages.success(request, "Kept as it stood before the treatment.")
    page = "treatments:record" if treatment.is_signed else "treatments:chart"
    return redirect(page, treatment_id)


@needs(Permission.SEE_PATIENTS)
@require_safe
def results(request: ClinicRequest) -> HttpResponse:
    page = outcomes.outcomes_of(request.member.clinic_id)
    return render(request, "reviews/outcomes.html", {"page": page})
