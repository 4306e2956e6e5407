"""What the chart page's script calls; every answer is JSON."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST

from glabella.clinic.people.guard import ClinicRequest, P, found, needs
from glabella.clinic.people.permissions import Permission
from glabella.clinic.treatments import actions, charting, planning, preview, proposing, queries
from glabella.clinic.treatments.droplets import DropletInput, as_json, droplet_sheet
from glabella.clinic.treatments.models import Treatment
from glabella.clinic.treatments.points import DraftInput, StampInput, read_json
from glabella.clinic.treatments.rules import LockedRecord, OwnTreatment, PointRefused, StaleDraft
from glabella.errors import UserError

JsonView = Callable[Concatenate[ClinicRequest, P], HttpResponse]


def refusals_as_json(view: JsonView[P]) -> JsonView[P]:
    """What a rule refuses becomes an answer that the script can show; nothing was written."""

    @wraps(view)
    def guarded(request: ClinicRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PointRefused as refusal:
            return JsonResponse({"error": str(refusal), "key": refusal.key}, status=422)
        except (LockedRecord, OwnTreatment) as refusal:
            return JsonResponse({"error": str(refusal), "key": ""}, status=403)
        except UserError as refusal:
            return JsonResponse({"error": str(refusal), "key": ""}, status=422)

    return guarded


# Only this answer is large; it holds no secret that compression could give away.
@gzip_page
@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def draft(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    sent = read_json(request.body, DraftInput)
    by, now = request.member, timezone.now()
    try:
        points = actions.save_draft(
            treatment=treatment, points=sent.points, version=sent.version, by=by, at=now
        )
    except StaleDraft as stale:
        answer = {"error": str(stale)} | charting.saved_state(treatment)
        return JsonResponse(answer, status=409)
    assessed = planning.assess(treatment, points, now=now)
    return JsonResponse(_answer(request, treatment, preview.draft_parts(assessed)))


def _answer(request: ClinicRequest, treatment: Treatment, parts: dict[str, Any]) -> dict[str, Any]:
    context = parts | {"treatment": treatment}
    html = {
        f"{part}_html": render_to_string(f"treatments/_chart_{part}.html", context, request)
        for part in ("rows", "totals", "panel")
    }
    saved = {
        "version": treatment.version,
        "saved_at": charting.clock_time(treatment.saved_at, "%H:%M:%S"),
    }
    return saved | html | {"frames": parts["frames"], "stops": parts["stops"]}


@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def stamp(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    sent = read_json(request.body, StampInput)
    points = charting.stamped_points(
        treatment, protocol=sent.protocol, area=sent.area, vial_id=sent.vial, units=sent.units
    )
    return JsonResponse({"points": points})


def _asked(
    request: ClinicRequest, treatment_id: int, said: proposing.GoalInput
) -> tuple[Treatment, proposing.Asked]:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    return treatment, proposing.asked(treatment, said, now=timezone.now())


# Three drawn faces are large, and hold no secret.
@gzip_page
@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def propose(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    sent = read_json(request.body, proposing.GoalInput)
    treatment, wanted = _asked(request, treatment_id, sent)
    told = proposing.answer(treatment, wanted, proposing.propose(wanted))
    html = render_to_string("treatments/_chart_propose_answer.html", told, request)
    kept = {name: told[name] for name in ("points", "summary", "reached", "compared")}
    return JsonResponse(kept | {"answer_html": html})


@gzip_page
@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def weigh(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    """What points that the hand chose do against the goal."""
    sent = read_json(request.body, proposing.WeighInput)
    _, wanted = _asked(request, treatment_id, sent.goal)
    told = proposing.weighed(wanted, sent)
    html = {
        f"{part}_html": render_to_string(f"treatments/_chart_propose_{part}.html", told, request)
        for part in (("plan", "lines", "strip") if told["plan"] else ("strip",))
    }
    return JsonResponse(html)


@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def curve(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    """The trade-off curve: a plan for each of many units."""
    sent = read_json(request.body, proposing.CurveInput)
    _, wanted = _asked(request, treatment_id, sent.goal)
    told = proposing.curve(wanted, sent)
    html = render_to_string("treatments/_chart_propose_curve.html", told, request)
    return JsonResponse({"curve_html": html, "plans": told["plans"]})


@needs(Permission.CHART, json=True)
@require_POST
@refusals_as_json
def droplets(request: ClinicRequest, treatment_id: int) -> HttpResponse:
    treatment = found(request, queries.treatments(), pk=treatment_id)
    sent = read_json(request.body, DropletInput)
    return JsonResponse(as_json(droplet_sheet(treatment, sent), sent.vial))
