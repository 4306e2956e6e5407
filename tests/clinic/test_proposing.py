"""A goal that the chart says becomes a proposal for this patient, with this vial, or a refusal."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from glabella.clinic.audit.models import AuditEvent
from glabella.clinic.patients.actions import add_patient
from glabella.clinic.patients.models import Patient
from glabella.clinic.people.models import Member
from glabella.clinic.reviews.actions import sign_review
from glabella.clinic.stock.actions import discard_vial
from glabella.clinic.stock.models import DiscardReason, Vial
from glabella.clinic.treatments import goal_form, proposing
from glabella.clinic.treatments.actions import sign_treatment, start_treatment
from glabella.clinic.treatments.models import ChartPoint, Treatment
from glabella.plan.goals.goal import AreaGoal
from tests.clinic.conftest import (
    AnyReason,
    SignedIn,
    about,
    charted,
    measures,
    point,
    post_json,
    signed_days_ago,
    stock_vial,
)


@pytest.fixture
def client(signed_in: SignedIn, alice: Member) -> Client:
    return signed_in(alice)


@pytest.fixture
def started(dan: Patient, alice: Member) -> Treatment:
    """A draft with nothing on it."""
    return start_treatment(patient=dan, by=alice)


def goal(vial: Vial, **more: Any) -> dict[str, Any]:
    area = {"grade": 1, "chance": 0.7, "movement": "soft"}
    return {"vial": vial.pk, "preset": "natural", "areas": {"glabella": area}} | more


def ask(client: Client, draft: Treatment, said: object, part: str = "") -> Any:
    return post_json(client, f"/treatments/{draft.pk}/propose/{part}", said)


def proposed(client: Client, draft: Treatment, said: dict[str, Any]) -> dict[str, Any]:
    answer = ask(client, draft, said)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def refused(answer: Any) -> str:
    assert answer.status_code == 422, answer.content
    return str(answer.json()["error"])


def placed(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The points of an answer as the chart would save them."""
    return [
        {key: value for key, value in one.items() if key != "held"} | {"key": f"n{number}"}
        for number, one in enumerate(told["points"], start=1)
    ]


def test_a_goal_is_answered_with_points_in_steps_that_can_be_drawn(
    client: Client, started: Treatment, vial: Vial
) -> None:
    told = proposed(client, started, goal(vial))
    assert told["reached"]
    assert told["points"]
    for one in told["points"]:
        assert one["vial"] == vial.pk
        assert (one["units"] / 0.5).is_integer()
        assert one["area"] == "glabella"


def test_the_answer_says_first_what_it_takes_and_what_the_label_would(
    client: Client, started: Treatment, vial: Vial
) -> None:
    html = proposed(client, started, goal(vial))["answer_html"]
    assert "U Botox Cosmetic in" in html
    assert "reach the goal; the label&#x27;s 20 U Botox Cosmetic" in html


def test_each_point_has_its_reason_and_a_tick(
    client: Client, started: Treatment, vial: Vial
) -> None:
    told = proposed(client, started, goal(vial))
    count = len(told["points"])
    assert told["answer_html"].count('name="tick"') == count
    assert told["answer_html"].count("Why<span") == count
    assert told["answer_html"].count("Without it:") == count


def test_the_answer_says_how_sure_it_is_and_what_it_stands_on(
    client: Client, started: Treatment, vial: Vial
) -> None:
    html = proposed(client, started, goal(vial))["answer_html"]
    assert "As hands really inject" in html
    assert "Calculated a second time" in html
    assert "What this stands on" in html


def test_what_is_asked_and_there_already_is_refused_in_words(
    client: Client, alice: Member, vial: Vial
) -> None:
    calm = add_patient(about=about("Calm"), measures=measures(glabella_maximum=1), by=alice)
    said = goal(vial, areas={"glabella": {"grade": 2, "chance": 0.5, "movement": "lively"}})
    why = refused(ask(client, start_treatment(patient=calm, by=alice), said))
    assert "nothing to treat" in why


def test_a_goal_that_the_last_visit_still_holds_takes_no_units(
    client: Client, dan: Patient, alice: Member, carol: Member, vial: Vial
) -> None:
    signed_days_ago(dan, alice, carol, 20)
    said = goal(vial, areas={"glabella": {"grade": 2, "chance": 0.6, "movement": "still"}})
    told = proposed(client, start_treatment(patient=dan, by=alice), said)
    assert told["points"] == []
    assert "Nothing is to be injected" in told["answer_html"]


def test_points_taken_over_become_the_points_of_the_draft(
    client: Client, started: Treatment, vial: Vial
) -> None:
    told = proposed(client, started, goal(vial))
    body = {"version": 0, "points": placed(told)}
    answer = post_json(client, f"/treatments/{started.pk}/draft/", body)
    assert answer.status_code == 200, answer.content
    kept = ChartPoint.objects.filter(treatment=started)
    assert [float(one.units) for one in kept] == [one["units"] for one in told["points"]]
    assert {one.vial_id for one in kept} == {vial.pk}


def test_asking_changes_nothing(client: Client, draft: Treatment, vial: Vial) -> None:
    before = list(ChartPoint.objects.filter(treatment=draft).values())
    events = AuditEvent.objects.count()
    proposed(client, draft, goal(vial))
    draft.refresh_from_db()
    assert list(ChartPoint.objects.filter(treatment=draft).values()) == before
    assert draft.version == 1
    assert AuditEvent.objects.count() == events


def test_a_held_point_stays_and_the_rest_is_planned_around_it(
    client: Client, started: Treatment, vial: Vial
) -> None:
    free = proposed(client, started, goal(vial))
    told = proposed(client, started, goal(vial, held=[point(vial, units=6.0)]))
    held = [one for one in told["points"] if one["held"]]
    assert [(one["units"], one["x_mm"], one["y_mm"]) for one in held] == [(6.0, 0.0, 9.0)]
    assert told["answer_html"].count('name="tick"') == len(told["points"]) - 1
    assert "kept as it is" in told["answer_html"]
    assert told["points"] != free["points"]


def test_a_held_point_of_another_product_is_refused_in_words(
    client: Client, started: Treatment, vial: Vial, carol: Member, alice: Member
) -> None:
    other = stock_vial(carol, opened_by=alice, product="dysport", lot="D-1", vial_units=300)
    said = goal(vial, held=[point(other, units=10.0)])
    why = refused(ask(client, started, said))
    assert "Dysport" in why
    assert "Botox Cosmetic" in why


def test_a_proposal_is_of_the_product_in_hand_and_no_other(
    client: Client, started: Treatment, carol: Member, alice: Member
) -> None:
    other = stock_vial(carol, opened_by=alice, product="dysport", lot="D-1", vial_units=300)
    told = proposed(client, started, goal(other))
    assert {one["vial"] for one in told["points"]} == {other.pk}
    assert "U Dysport" in told["answer_html"]
    assert "Botox Cosmetic" not in told["answer_html"].split("What this stands on")[0]


def test_history_and_review_enter_the_goal(
    dan: Patient, alice: Member, bob: Member, carol: Member, vial: Vial
) -> None:
    old = signed_days_ago(dan, alice, carol, 120)
    seen_on = timezone.localdate() - timedelta(days=100)
    seen = {"glabella_maximum": 2, "glabella_rest": 0}
    sign_review(treatment=old, date=seen_on, seen=seen, by=bob)
    draft = start_treatment(patient=dan, by=alice)
    said = proposing.GoalInput(vial=vial.pk, areas={"glabella": AreaGoal()})
    wanted = proposing.asked(draft, said, now=timezone.now()).goal
    assert [one.status for one in wanted.treatments] == ["given"]
    assert [one.date for one in wanted.reviews] == [seen_on]
    assert wanted.vial_units == 100
    assert wanted.diluent_ml == 2.5


def test_the_last_visit_stands_beside_the_proposal_with_its_date(
    client: Client, dan: Patient, alice: Member, carol: Member, vial: Vial
) -> None:
    old = signed_days_ago(dan, alice, carol, 120)
    draft = start_treatment(patient=dan, by=alice)
    told = proposed(client, draft, goal(vial))
    assert 'data-plan="last"' in told["answer_html"]
    assert f"{old.date:%b %Y}" in told["answer_html"]
    assert {one["letter"] for one in told["compared"]} == {"P", "L", "V"}
    assert "What the last visit showed" in told["answer_html"]


def test_units_of_a_last_visit_with_another_product_stay_off_the_axis(
    client: Client, dan: Patient, alice: Member, carol: Member, vial: Vial
) -> None:
    at = timezone.now() - timedelta(days=120)
    other = stock_vial(carol, opened_by=alice, at=at, product="xeomin", lot="X-1")
    sign_treatment(
        treatment=charted(dan, other, alice, at=at), by=alice, overrides=AnyReason(), at=at
    )
    told = proposed(client, start_treatment(patient=dan, by=alice), goal(vial))
    assert "20 U Xeomin" in told["answer_html"]
    assert {one["letter"] for one in told["compared"]} == {"P", "L"}


def test_without_an_earlier_visit_there_is_none_beside_it(
    client: Client, started: Treatment, vial: Vial
) -> None:
    assert 'data-plan="last"' not in proposed(client, started, goal(vial))["answer_html"]


def test_points_of_the_hand_are_held_against_the_goal(
    client: Client, started: Treatment, vial: Vial
) -> None:
    few = {"goal": goal(vial), "points": [point(vial, units=1.0)], "name": "1 of 5 points"}
    answer = ask(client, started, few, "weigh/")
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert "1 of 5 points" in said["plan_html"]
    assert "missed" in said["strip_html"]
    assert "1 U Botox Cosmetic" in said["lines_html"]


def test_no_points_are_weighed_as_none(client: Client, started: Treatment, vial: Vial) -> None:
    answer = ask(client, started, {"goal": goal(vial), "points": []}, "weigh/")
    assert answer.status_code == 200
    assert "no point is on the chart" in answer.json()["strip_html"]


def test_a_proposal_weighed_again_reaches_what_it_said(
    client: Client, started: Treatment, vial: Vial
) -> None:
    told = proposed(client, started, goal(vial))
    answer = ask(client, started, {"goal": goal(vial), "points": placed(told)}, "weigh/")
    assert told["summary"]["areas"]["Glabella"] in answer.json()["strip_html"]
    assert "reached" in answer.json()["strip_html"]


def test_the_curve_gives_plans_that_can_be_placed(
    client: Client, started: Treatment, vial: Vial
) -> None:
    said = {"goal": goal(vial), "compared": [{"letter": "L", "units": 20, "chance": 0.9}]}
    answer = ask(client, started, said, "curve/")
    assert answer.status_code == 200, answer.content
    plans = answer.json()["plans"]
    assert len(plans) > 5
    assert [one["units"] for one in plans] == sorted(one["units"] for one in plans)
    for plan in plans:
        assert sum(one["units"] for one in plan["points"]) == pytest.approx(plan["units"])
        assert {one["vial"] for one in plan["points"]} == {vial.pk}
        assert "U Botox Cosmetic in" in plan["words"]
    assert answer.json()["curve_html"].count("data-plan=") == len(plans)


@pytest.mark.parametrize("part", ["", "weigh/", "curve/"])
def test_a_signed_treatment_is_not_planned_any_more(
    client: Client, signed: Treatment, vial: Vial, part: str
) -> None:
    said: dict[str, Any] = goal(vial)
    if part:
        said = {"goal": said} | ({"points": []} if part == "weigh/" else {})
    answer = ask(client, signed, said, part)
    assert answer.status_code == 403
    assert "locked" in answer.json()["error"]


@pytest.fixture
def others(bob: Member, carol: Member, olga: Member) -> tuple[Member, ...]:
    """Members who may not chart."""
    return bob, carol, olga


def test_who_may_not_chart_may_not_propose(
    signed_in: SignedIn, others: tuple[Member, ...], draft: Treatment, vial: Vial
) -> None:
    for person in others:
        answer = ask(signed_in(person), draft, goal(vial))
        assert answer.status_code == 403
        assert "may not chart" in answer.json()["error"]


def test_only_a_post_is_answered(client: Client, draft: Treatment) -> None:
    assert client.get(f"/treatments/{draft.pk}/propose/").status_code == 405


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"areas": {}}, "at least one area"),
        ({"areas": {"forehead": {}}}, "forehead"),
        ({"areas": {"glabella": {"grade": 9}}}, "grade"),
        ({"areas": {"glabella": {"chance": 1.5}}}, "chance"),
        ({"areas": {"elbow": {}}}, "elbow"),
        ({"preset": "younger"}, "preset"),
        ({"brow": "sideways"}, "brow"),
        ({"most_units": -4}, "most_units"),
        ({"wish": "beauty"}, "wish"),
    ],
)
def test_a_goal_that_cannot_be_meant_is_refused_in_words(
    client: Client, started: Treatment, vial: Vial, more: dict[str, Any], words: str
) -> None:
    assert words in refused(ask(client, started, goal(vial, **more)))


def test_what_is_not_json_is_refused_in_words(client: Client, started: Treatment) -> None:
    assert "not JSON" in refused(ask(client, started, "{oops"))


def test_a_vial_that_may_not_be_used_gives_no_proposal(
    client: Client, started: Treatment, carol: Member, alice: Member
) -> None:
    shut = stock_vial(carol, lot="SHUT")
    assert "opened" in refused(ask(client, started, goal(shut)))
    gone = stock_vial(carol, opened_by=alice, lot="GONE")
    discard_vial(vial=gone, reason=DiscardReason.DAMAGED, by=alice)
    assert refused(ask(client, started, goal(gone)))


def test_a_vial_that_is_not_there_is_refused(client: Client, started: Treatment) -> None:
    said = {"vial": 4711, "areas": {"glabella": {}}}
    assert "not in stock" in refused(ask(client, started, said))


def test_a_vial_that_holds_too_little_is_said_beside_the_proposal(
    client: Client, started: Treatment, carol: Member, alice: Member
) -> None:
    at = timezone.now() - timedelta(minutes=50)
    nearly = stock_vial(carol, opened_by=alice, lot="LOW", vial_units=50)
    other = add_patient(about=about("Eve"), measures=measures(), by=alice, at=at)
    sign_treatment(
        treatment=charted(other, nearly, alice, units=9.5), by=alice, overrides=AnyReason()
    )
    html = proposed(client, started, goal(nearly))["answer_html"]
    assert "2.5 U" in html.split("Findings")[1]


def test_a_patient_without_graded_lines_is_told_to_grade_them_first(
    client: Client, alice: Member, vial: Vial
) -> None:
    bare = add_patient(
        about=about("Bare"), measures=measures(glabella_maximum=None, glabella_rest=None), by=alice
    )
    draft = start_treatment(patient=bare, by=alice)
    page = client.get(f"/treatments/{draft.pk}/chart/").content.decode()
    assert "grade the lines first" in page
    assert f"/patients/{bare.pk}/edit/" in page
    assert "data-area=" not in page
    assert "glabella" in refused(ask(client, draft, goal(vial)))


def test_the_page_offers_the_areas_whose_lines_are_graded(
    client: Client, started: Treatment, vial: Vial
) -> None:
    page = client.get(f"/treatments/{started.pk}/chart/").content.decode()
    assert 'data-area="glabella"' in page
    assert 'data-area="forehead"' not in page
    assert "now severe" in page
    assert "Forehead, Lateral canthal lines: grade the lines first" in page


def test_presets_fill_in_what_planning_reads_behind_their_words(
    started: Treatment, vial: Vial
) -> None:
    words = goal_form.form(started, ["botox-cosmetic"], treated=False)["script"]["products"][
        "botox-cosmetic"
    ]
    natural = words["presets"]["natural"]
    assert natural["areas"]["glabella"] == {"grade": 1, "chance": 0.7, "movement": "soft"}
    assert natural["brow"] == "keep"
    assert words["presets"]["full"]["areas"]["glabella"]["movement"] == "still"


def first_preset(client: Client, draft: Treatment) -> str:
    page = client.get(f"/treatments/{draft.pk}/chart/").content.decode()
    (chosen,) = re.findall(r'name="preset" value="([\w-]+)"[^>]* checked', page)
    return str(chosen)


def test_who_was_never_treated_starts_slow(client: Client, started: Treatment) -> None:
    assert first_preset(client, started) == "first-visit"


def test_who_was_treated_before_starts_naturally(
    client: Client, dan: Patient, alice: Member, carol: Member
) -> None:
    signed_days_ago(dan, alice, carol, 120)
    assert first_preset(client, start_treatment(patient=dan, by=alice)) == "natural"
