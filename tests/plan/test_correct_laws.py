"""Laws of correcting that hold of any case: when there is toxin, how much, and where."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella import facts
from glabella.plan.correct import correct
from glabella.plan.corrections import correction_text
from glabella.plan.corrections.case import Case, Observation, read_case
from glabella.plan.corrections.correction import Correction
from tests.laws import law
from tests.plan.cases import CENTRAL, TREATED, brow, patient, units_a_side
from tests.plan.cases import given as given_on

SEEN = facts.load().corrections.seen
NO_TOXIN = sorted(word for word, kind in SEEN.items() if kind.answer in ("urgent", "wait"))

rises = st.floats(-2.5, 2.5).map(lambda mm: round(mm, 1))
brows = st.builds(brow, rises, rises, rises)
observations = st.lists(
    st.fixed_dictionaries(
        {"seen": st.sampled_from(sorted(SEEN))},
        optional={"side": st.sampled_from(["left", "right"]), "area": st.just("glabella")},
    ),
    max_size=3,
)
lines = st.dictionaries(
    st.sampled_from(["glabella", "forehead"]),
    st.fixed_dictionaries({"maximum": st.integers(0, 3)}),
)
sessions = st.one_of(
    st.just([given_on()]),
    st.integers(12, 40).map(lambda day: [given_on(), given_on(day, injections=CENTRAL[:1])]),
)


@st.composite
def cases(draw: st.DrawFn, days: st.SearchStrategy[int] | None = None) -> Case:
    """A case so many days after its last treatment."""
    treatments = draw(sessions)
    day = draw(days if days is not None else st.integers(0, 110))
    last = max(one["date"] for one in treatments)
    whole: dict[str, Any] = {
        "patient": patient(),
        "treatments": treatments,
        "today": (date.fromisoformat(last) + timedelta(days=day)).isoformat(),
        "observations": draw(observations),
        "lines": draw(lines),
    }
    if draw(st.booleans()):
        whole |= {"brow_left": draw(brows), "brow_right": draw(brows)}
    return read_case(json.dumps(whole))


def answers(told: Correction) -> set[str]:
    return {one.answer for one in told.noticed}


@settings(law, max_examples=12)
@given(cases())
def test_there_is_toxin_only_as_a_top_up_and_a_top_up_has_toxin(case: Case) -> None:
    told = correct(case)
    assert bool(told.proposed) or told.verdict != "top-up"
    assert told.verdict == "top-up" or told.late or not told.proposed
    assert not told.late or told.verdict == "wait"
    assert correction_text.as_text(told).strip()


@settings(law, max_examples=8)
@given(cases(st.integers(14, 60)), st.sampled_from(NO_TOXIN))
def test_never_toxin_beside_a_red_flag_or_a_droop(case: Case, word: str) -> None:
    told = correct(add(case, word))
    assert not told.proposed
    assert told.verdict == ("urgent" if "urgent" in answers(told) else "wait")


def add(case: Case, word: str) -> Case:
    """The case with one word more."""
    added = Observation(seen=word)  # type: ignore[arg-type]
    return msgspec.structs.replace(case, observations=(*case.observations, added))


@settings(law, max_examples=7)
@given(cases(st.integers(0, 13)))
def test_never_toxin_before_day_fourteen(case: Case) -> None:
    told = correct(case)
    assert not told.proposed
    assert told.top_up_from == told.treated + timedelta(days=14)


@settings(law, max_examples=12)
@given(
    st.floats(-1.0, -0.1),
    st.floats(0.3, 2.0),
    st.booleans(),
    st.sampled_from(["botox-cosmetic", "dysport"]),
)
def test_a_peak_never_gets_more_than_two_units_or_steps_a_side(
    head: float, outer: float, both: bool, product: str
) -> None:
    scale = 2.5 if product == "dysport" else 1
    points = [{**point, "units": point["units"] * scale} for point in CENTRAL]
    treatment = given_on(product=product, areas={"glabella": 20 * scale}, injections=points)
    whole = {
        "patient": patient(),
        "treatments": [treatment],
        "today": (TREATED + timedelta(days=15)).isoformat(),
        "brow_left": brow(head, outer, outer),
        "brow_right": brow(head, outer, outer) if both else brow(head, outer / 3, outer / 3),
        "observations": [{"seen": "spock-brow", "side": "left"}],
    }
    told = correct(read_case(json.dumps(whole)))
    step = facts.product(product).dose_step_units.value
    for one in told.proposed:
        for point in one.treatment.injections:
            if one.code == "spock-brow":
                assert point.units <= max(2.0, 2 * step)
            assert (point.units / step) == pytest.approx(round(point.units / step))


@settings(law, max_examples=7)
@given(cases(st.integers(14, 60)))
def test_what_is_proposed_breaks_no_limit_and_is_counted(case: Case) -> None:
    told = correct(case)
    assert all(risk.holds for risk in told.risks)
    assert not [one for one in told.findings if one.severity == "stop"]
    added = sum(units_a_side(told).values())
    (one,) = told.cumulative
    assert one.added == pytest.approx(added)
    assert one.given + one.added + (one.left or 0) == pytest.approx(one.limit)


@settings(law, max_examples=7)
@given(cases(st.integers(10, 60)))
def test_dates_lie_in_order_and_not_before_the_review(case: Case) -> None:
    for one in correct(case).returns:
        dates = [day for day in (one.when.low, one.when.median, one.when.high) if day]
        assert dates == sorted(dates)
        assert all(day >= case.today for day in dates)


@settings(law, max_examples=10)
@given(cases(st.integers(14, 60)))
def test_every_answer_names_its_sources(case: Case) -> None:
    told = correct(case)
    known = facts.load().sources
    assert set(told.sources) <= set(known)
    for one in (*told.proposed, *told.conflicts, *told.alarms):
        assert one.source in told.sources
