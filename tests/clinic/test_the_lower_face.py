"""The lower face in the clinic: areas placed with typed units, graded, reviewed and printed."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import Any, get_args

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from glabella import chart, facts
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.measures import AREA_NAMES, AREAS
from glabella.clinic.patients.models import Patient
from glabella.clinic.patients.queries import grade_lines
from glabella.clinic.patients.rules import lines_of
from glabella.clinic.people.models import Member
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.reviews.queries import expected
from glabella.clinic.stock.models import Vial
from glabella.clinic.treatments import preview
from glabella.clinic.treatments.actions import save_draft, sign_treatment, start_treatment
from glabella.clinic.treatments.charting import area_doses, chart_context, lower_areas
from glabella.clinic.treatments.models import ChartPoint, Treatment
from glabella.clinic.treatments.points import PointInput
from glabella.clinic.treatments.queries import stored_forecast
from glabella.errors import InputError
from glabella.face import Face, Side
from glabella.plan import Finding
from glabella.plan.plan import AreaId, LineArea
from tests.clinic.conftest import AnyReason, SignedIn, about, measures, point, post_json, stock_vial
from tests.clinic.test_the_printed_page import words

FACE = Face.fit("female")
TODAY = timezone.localdate()
SPREAD_OUT = ("masseter", "chin", "lip-lines", "mouth-corner", "bunny-lines")


@pytest.fixture
def client(signed_in: SignedIn, alice: Member) -> Client:
    return signed_in(alice)


def lower(vial: Vial) -> list[dict[str, Any]]:
    """A masseter, a mouth corner, a chin and a neck point."""
    places = ((50.0, -50.0), (27.0, -82.0), (7.0, -90.0), (14.0, -130.0))
    return [
        point(vial, key=f"low{i}", site="", area="", x_mm=x, y_mm=y, side="left", units=2)
        for i, (x, y) in enumerate(places)
    ]


@pytest.fixture
def lower_draft(dan: Patient, vial: Vial, alice: Member) -> Treatment:
    draft = start_treatment(patient=dan, by=alice)
    sent = [PointInput(**one) for one in lower(vial)]
    save_draft(treatment=draft, points=sent, version=draft.version, by=alice)
    return draft


def stamp(client: Client, draft: Treatment, vial: Vial, **wanted: Any) -> Any:
    return post_json(client, f"/treatments/{draft.pk}/stamp/", {"vial": vial.pk} | wanted)


@given(area=st.sampled_from(SPREAD_OUT), units=st.floats(1, 90).map(lambda u: round(u, 1)))
def test_the_points_of_an_area_add_up_to_what_was_typed_and_match_in_sides(
    area: str, units: float
) -> None:
    doses = area_doses(FACE, "botox-cosmetic", area, units, on=TODAY)
    assert sum(round(dose.units.amount, 2) for dose in doses) == pytest.approx(units, abs=0.021)
    by_place = {(dose.site, dose.side): dose.units.amount for dose in doses}
    for (site, side), amount in by_place.items():
        assert amount > 0
        if side is not Side.MIDLINE:
            assert by_place[site, side.other] == amount


@pytest.mark.parametrize(("units", "each"), [(50, [8.5, 8.5, 8.0]), (12, [2, 2, 2])])
def test_units_are_split_in_steps_of_the_syringe(units: float, each: list[float]) -> None:
    doses = area_doses(FACE, "botox-cosmetic", "masseter", units, on=TODAY)
    left = [dose.units.amount for dose in doses if dose.side is Side.LEFT]
    assert sorted(left, reverse=True) == pytest.approx(each)


def test_an_area_outside_the_label_offers_no_units_and_one_on_it_the_labels() -> None:
    offered = {one["area"]: one["units"] for one in lower_areas("botox-cosmetic")}
    assert offered["masseter"] is None
    assert offered["platysma"] == 26
    assert {one["units"] for one in lower_areas("dysport")} == {None}


def test_an_area_is_stamped_with_the_units_that_were_typed(
    client: Client, lower_draft: Treatment, vial: Vial
) -> None:
    answer = stamp(client, lower_draft, vial, area="chin", units=8)
    assert answer.status_code == 200
    stamped = answer.json()["points"]
    assert {one["area"] for one in stamped} == {"chin"}
    assert sum(one["units"] for one in stamped) == 8
    assert {one["side"] for one in stamped} == {"left", "right"}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"area": "chin"}, "How many units for Chin"),
        ({"area": "knee", "units": 4}, "knee"),
        ({"area": "chin", "units": -1}, "units"),
        ({"area": "platysma", "units": 31}, "which side gets more"),
    ],
)
def test_what_cannot_be_stamped_is_refused_in_words(
    client: Client, lower_draft: Treatment, vial: Vial, wanted: dict[str, Any], said: str
) -> None:
    answer = stamp(client, lower_draft, vial, **wanted)
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_points_of_the_lower_face_keep_their_areas(lower_draft: Treatment) -> None:
    kept = ChartPoint.objects.filter(treatment=lower_draft).order_by("number")
    assert [one.area for one in kept] == ["masseter", "mouth-corner", "chin", "platysma"]


@pytest.mark.parametrize(("x_mm", "y_mm"), [(3.0, -30.0), (40.0, -30.0), (6.0, -92.0)])
def test_a_droplet_in_the_skin_of_nose_cheek_and_chin_is_taken(
    client: Client, lower_draft: Treatment, vial: Vial, x_mm: float, y_mm: float
) -> None:
    drop = point(vial, site="", area="", x_mm=x_mm, y_mm=y_mm, side="left", depth="dermis", units=1)
    body = {"version": lower_draft.version, "points": [drop]}
    answer = post_json(client, f"/treatments/{lower_draft.pk}/draft/", body)
    assert answer.status_code == 200, answer.content
    assert "No forecast" not in answer.json()["panel_html"]
    assert ChartPoint.objects.get(treatment=lower_draft).depth == "dermis"


def test_the_chart_offers_sites_and_areas_of_the_whole_face(lower_draft: Treatment) -> None:
    context = chart_context(lower_draft, now=timezone.now())
    offered = {site["site"] for site in context["chart_config"]["sites"]}
    assert offered == set(facts.load().anatomy.sites)
    assert set(context["chart_config"]["areas"]) == {"botox-cosmetic"}
    for view in ("upper", "lower", "whole"):
        assert f"data-box-{view}=" in context["face_svg"]


def test_grades_of_the_lower_face_are_kept_and_enter_the_plan(alice: Member) -> None:
    graded = measures(chin_maximum=2, chin_rest=1, platysma_maximum=3)
    eve = add_patient(about=about("Eve"), measures=graded, by=alice)
    (found,) = eve.measure_sets.all()
    lines = lines_of(found)
    assert (lines["chin"].maximum, lines["chin"].rest) == (2, 1)
    assert lines["platysma"].rest is None
    assert "bunny-lines" not in lines


def test_a_page_lists_the_lower_face_only_where_it_was_graded(dan: Patient, alice: Member) -> None:
    names = [line.name for line in grade_lines(dan.measure_sets.first())]
    assert names == ["Glabella", "Forehead", "Lateral canthal lines"]
    graded = measures(lip_lines_maximum=1)
    eve = add_patient(about=about("Eve"), measures=graded, by=alice)
    assert "Lip lines" in [line.name for line in grade_lines(eve.measure_sets.first())]


def test_the_form_folds_the_lower_face_away_until_something_is_graded(
    client: Client, dan: Patient, alice: Member
) -> None:
    def opened(patient: Patient) -> bool:
        page = client.get(f"/patients/{patient.pk}/edit/").content.decode()
        assert 'name="platysma_maximum"' in page
        return '<details class="more" open>' in page

    graded = measures(bunny_lines_rest=1)
    assert not opened(dan)
    assert opened(add_patient(about=about("Eve"), measures=graded, by=alice))


def test_a_review_grades_the_lower_face_beside_its_forecast(
    dan: Patient, alice: Member, bob: Member, carol: Member
) -> None:
    dan.measure_sets.create(at=timezone.now(), by=alice, chin_maximum=3, chin_rest=1)
    at = timezone.now() - timedelta(days=14)
    old = start_treatment(patient=dan, by=alice, at=at)
    held = stock_vial(carol, opened_by=alice, at=at - timedelta(hours=1), lot="OLD")
    sent = [PointInput(**one) for one in lower(held)]
    save_draft(treatment=old, points=sent, version=old.version, by=alice, at=at)
    signed = sign_treatment(treatment=old, by=alice, overrides=AnyReason(), at=at)
    review = sign_review(treatment=signed, date=TODAY, seen={"chin_maximum": 1}, by=bob)
    rows = {row.name: row for row in expected(signed, on=TODAY, seen=review)}
    assert rows["Chin, at maximum"].seen == 1


def test_the_record_shows_and_prints_the_points_of_the_lower_face(
    client: Client, lower_draft: Treatment, alice: Member
) -> None:
    signed = sign_treatment(treatment=lower_draft, by=alice, overrides=AnyReason())
    page = client.get(f"/treatments/{signed.pk}/").content.decode()
    assert "Masseter" in page
    assert "Platysma bands" in page
    lowest = float(page.partition('viewBox="')[2].partition('"')[0].split()[1])
    assert lowest >= 0
    pdf = client.get(f"/treatments/{signed.pk}/pdf/").content
    assert pdf.startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        assert "masseter" in words(pdf).lower()


def test_an_area_without_units_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="Gummy smile"):
        area_doses(FACE, "xeomin", "gummy-smile", None, on=TODAY)


def test_heights_are_told_up_and_down(
    client: Client, lower_draft: Treatment, alice: Member
) -> None:
    page = client.get(f"/treatments/{lower_draft.pk}/sign/").content.decode()
    assert "50.0 down" in page
    assert "-50.0" not in page


def finding(severity: Any) -> Any:
    return preview.finding_row(Finding(code=severity, severity=severity, message="Said."))


def test_many_notes_are_folded_away_and_warnings_never() -> None:
    rows = [finding(one) for one in ("stop", "warn", "note", "note")]
    assert preview.told_findings(rows) == {"findings": rows, "notes": []}
    more = preview.told_findings([*rows, finding("note")])
    assert [row.severity for row in more["findings"]] == ["stop", "warn"]
    assert len(more["notes"]) == 3


def test_every_area_of_a_plan_has_a_name_in_the_clinic() -> None:
    assert set(get_args(AreaId)) == set(AREA_NAMES)
    assert set(get_args(LineArea)) == set(AREAS)


def test_the_database_refuses_a_grade_that_is_none(dan: Patient, alice: Member) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        dan.measure_sets.create(at=timezone.now(), by=alice, platysma_maximum=4)


def test_a_review_opens_the_lower_face_after_a_treatment_there(
    dan: Patient, alice: Member, carol: Member, signed_in: SignedIn, bob: Member
) -> None:
    def page(points: list[dict[str, Any]], lot: str) -> str:
        at = timezone.now() - timedelta(days=14)
        held = stock_vial(carol, opened_by=alice, at=at - timedelta(hours=1), lot=lot)
        old = start_treatment(patient=dan, by=alice, at=at)
        sent = [PointInput(**one | {"vial": held.pk}) for one in points]
        save_draft(treatment=old, points=sent, version=old.version, by=alice, at=at)
        signed = sign_treatment(treatment=old, by=alice, overrides=AnyReason(), at=at)
        return signed_in(bob).get(f"/treatments/{signed.pk}/review/").content.decode()

    some = stock_vial(carol, lot="SOME")
    assert '<details class="more">' in page([point(some)], "UPPER")
    assert '<details class="more" open>' in page(lower(some), "LOWER")


def test_a_record_signed_before_the_lower_face_was_forecast_can_still_be_read(
    signed: Treatment,
) -> None:
    told = json.loads(signed.forecast_json)
    for later in ("mouth", "jaw", "skin"):
        del told[later]
    for state in told["states"]:
        for later in ("mouth_mm", "lip_close", "chin_dimple", "jaw_mm", "tip_mm"):
            del state[later]
    signed.forecast_json = json.dumps(told)
    forecast = stored_forecast(signed)
    assert forecast is not None
    assert forecast.mouth == ()
    assert chart.panel(forecast)["below"] == []
