"""Stories of sessions outside the face, and what the rules say of each."""

from __future__ import annotations

import json
from datetime import date

import pytest

from glabella import facts
from glabella.errors import InputError
from glabella.face import Side
from glabella.plan.body.lay import lay
from glabella.plan.body.session import read_session, refuse_tomorrow, session_schema
from tests.plan.sessions import adult, before, child, found, into, session, stops

LEG, ARM, CHILD_ARM = (
    "lower-limb-spasticity",
    "upper-limb-spasticity",
    "upper-limb-spasticity-child",
)


def test_a_label_session_of_migraine_raises_no_stop_and_no_warning() -> None:
    told = session(vial_units=200, diluent_ml=4, scale_before=64, guidance="anatomy")
    assert {one.severity for one in found(told).values()} == {"note"}


@pytest.mark.parametrize("indication", list(facts.load().body.indications))
def test_no_session_has_a_forecast_and_each_says_so(indication: str) -> None:
    known = facts.load().body.indications[indication]
    patient = child() if known.age == "child" else adult()
    product = next(iter(known.products))
    told = found(session(indication, product, patient=patient, injections=()))
    assert "calibrated for muscles of the face only" in told["no-forecast"].message


# What was given before, in days, product, units and for what, and whether 155 U Botox are stopped.
CUMULATIVE = [
    ([], False),
    ([(30, "botox", 245, LEG)], False),  # 400 U in all: the limit itself
    ([(30, "botox", 246, LEG)], True),
    ([(83, "botox", 300, LEG)], True),
    ([(84, "botox", 300, LEG)], False),  # out of the window of 84 days
    ([(30, "botox", 200, LEG), (60, "botox", 100, "axillary-sweating")], True),
    ([(30, "dysport", 1500, LEG)], False),  # another toxin is never added
]


@pytest.mark.parametrize(("given", "stopped"), CUMULATIVE)
def test_units_of_one_product_count_over_all_indications(
    given: list[tuple[int, str, float, str]], stopped: bool
) -> None:
    earlier = tuple(before(*one) for one in given)
    assert ("cumulative-maximum" in stops(session(earlier=earlier))) is stopped


def test_the_finding_names_what_was_given_elsewhere() -> None:
    told = found(session(earlier=(before(30, "botox", 300, LEG),)))["cumulative-maximum"]
    assert "455 U Botox within 84 days" in told.message
    assert "300 U for Spasticity of the leg, adults on 2024-05-04" in told.message


def test_face_and_body_of_one_toxin_are_shares_of_two_limits_and_no_sum_of_units() -> None:
    calm = found(session(earlier=(before(30, "botox-cosmetic", 64),)))["cumulative-together"]
    assert calm.severity == "note"
    assert (
        "39% of its limit and 64 U Botox Cosmetic is 16% of its own: together 55%" in calm.message
    )
    assert "219 U" not in calm.message
    over = session(earlier=(before(30, "botox-cosmetic", 250),))
    assert "cumulative-together" in stops(over)


def test_another_toxin_is_told_and_not_added() -> None:
    told = found(session(earlier=(before(20, "dysport", 500, LEG),)))["other-toxin"]
    assert told.severity == "warn"
    assert "500 U Dysport for Spasticity of the leg, adults on 2024-05-14" in told.message
    assert "cannot be added" in told.message


def test_too_soon_is_a_warning_that_names_the_day() -> None:
    told = found(session(earlier=(before(60, "botox", 155, "chronic-migraine"),)))["interval"]
    assert told.severity == "warn"
    assert "Day 60" in told.message
    assert "84 days" in told.message
    assert "2024-06-27" in told.mend


def test_another_indication_does_not_start_the_interval() -> None:
    assert "interval" not in found(
        session(earlier=(before(10, "botox", 100, "axillary-sweating"),))
    )


def test_xeomin_has_a_limit_for_the_session_over_all_indications() -> None:
    arm = into("biceps", 200, sites=4) + into("flexor-carpi-radialis", 100, sites=2)
    told = session(ARM, "xeomin", injections=tuple(arm), earlier=(before(0, "xeomin", 64),))
    assert stops(told) == set()
    over = session(ARM, "xeomin", injections=tuple(arm), earlier=(before(0, "xeomin", 120),))
    assert "420 U Xeomin in one session" in found(over)["session-maximum"].message


def test_a_limit_of_the_face_alone_does_not_stop_the_neck() -> None:
    neck = into("splenius-capitis", 125)
    told = session("cervical-dystonia", "daxxify", injections=tuple(neck))
    assert stops(told) == set()


def test_a_child_is_dosed_by_weight_and_stopped_above_it() -> None:
    told = session(CHILD_ARM, patient=child(), injections=tuple(into("biceps", 60, sites=4)))
    assert "muscle-units" not in found(told)
    over = session(CHILD_ARM, patient=child(), injections=tuple(into("biceps", 140, sites=4)))
    assert "limit is 132 U" in found(over)["weight-maximum"].message
    heavy = session(
        CHILD_ARM, patient=child(weight_kg=60.0), injections=tuple(into("biceps", 210, sites=4))
    )
    assert "limit is 200 U" in found(heavy)["weight-maximum"].message


def test_without_the_weight_nothing_is_dosed() -> None:
    bare = child(weight_kg=None)
    told = session(CHILD_ARM, patient=bare, injections=tuple(into("biceps", 30, sites=4)))
    assert "no-weight" in stops(told)
    with pytest.raises(InputError, match="give the weight in kg"):
        lay(CHILD_ARM, "botox", bare)


def test_the_limit_of_children_over_months_is_not_known_and_said_so() -> None:
    told = session(CHILD_ARM, patient=child(), injections=tuple(into("biceps", 33, sites=4)))
    assert "not known here" in found(told)["cumulative-not-known"].message


def test_arms_and_legs_of_a_child_together_have_a_limit() -> None:
    arm = tuple(into("biceps", 350, sites=4))
    told = session(
        CHILD_ARM, "dysport", patient=child(), injections=arm,
        earlier=(before(0, "dysport", 320, "lower-limb-spasticity-child"),),
    )  # fmt: skip
    said = found(told)["combined-maximum"].message
    assert "670 U Dysport in all limbs in one session: the limit is 660 U" in said


def test_the_bladder_of_a_child_goes_by_weight_until_34_kg() -> None:
    one = "neurogenic-bladder-child"
    light = lay(one, "botox", child(), sites=20)
    assert round(sum(i.units for i in light), 2) == 132
    heavy = lay(one, "botox", child(weight_kg=40.0), sites=20)
    assert round(sum(i.units for i in heavy), 2) == 200
    with pytest.raises(InputError, match="number of sites was not seen"):
        lay(one, "botox", child())


@pytest.mark.parametrize(
    ("indication", "patient", "words"),
    [
        ("chronic-migraine", child(), "is from 18 years"),
        ("blepharospasm", child(), "is from 12 years"),
        (CHILD_ARM, adult(weight_kg=60.0), "protocol for children"),
    ],
)
def test_an_age_that_the_source_does_not_cover_stops(
    indication: str, patient: object, words: str
) -> None:
    told = session(indication, patient=patient, injections=())
    assert "age" in stops(told)
    assert words in found(told)["age"].message


def test_an_infection_of_the_bladder_stops_its_treatment_alone() -> None:
    ill = adult(conditions=("urinary-infection",))
    assert "contraindication:urinary-infection" in stops(session("overactive-bladder", patient=ill))
    assert stops(session(patient=ill)) == set()


def test_strabismus_asks_for_guidance_and_migraine_does_not() -> None:
    eye = session("strabismus", injections=tuple(into("medial-rectus", 2.5)))
    assert found(eye)["no-guidance"].severity == "warn"
    guided = session("strabismus", injections=tuple(into("medial-rectus", 2.5)), guidance="emg")
    assert "no-guidance" not in found(guided)
    assert "no-guidance" not in found(session())


def test_a_side_left_out_of_a_protocol_for_both_is_told() -> None:
    whole = lay("chronic-migraine", "botox", adult())
    half = tuple(one for one in whole if one.side is not Side.LEFT)
    told = found(session(injections=half))
    assert "0 U Botox left, 75 U right" in told["uneven-sides"].message
    assert "sites" in told
    assert "total-units-low" in told


def test_more_than_the_label_at_one_site_or_muscle_is_told() -> None:
    arm = tuple(into("biceps", 120))
    assert "no more than 50 U" in found(session(ARM, injections=arm))["site-most"].message
    label = tuple(into("biceps", 260, sites=4))
    told = found(session(ARM, "xeomin", injections=label))
    assert "50 to 200 U" in told["muscle-units"].message


def test_units_that_no_source_gives_are_said_to_be_unchecked() -> None:
    told = found(session(ARM, injections=tuple(into("biceps", 80, sites=2))))
    assert (
        "No source that was seen gives units of Botox in Biceps" in told["units-not-known"].message
    )
    with pytest.raises(InputError, match="Type the units"):
        lay(ARM, "botox", adult())


def test_a_product_without_a_label_for_it_is_told() -> None:
    told = session("chronic-migraine", "xeomin", injections=tuple(into("frontalis", 5)))
    assert "No dose of Xeomin for Chronic migraine" in found(told)["no-label-dose"].message
    with pytest.raises(InputError, match="Products with one: botox"):
        lay("chronic-migraine", "xeomin", adult())


def test_a_muscle_of_another_place_stops() -> None:
    told = session(injections=tuple(into("soleus", 50)))
    assert "Soleus does not belong to Chronic migraine" in found(told)["other-place"].message


def test_the_volume_of_a_site_follows_from_the_mix() -> None:
    right = session("axillary-sweating", vial_units=100, diluent_ml=4, guidance="anatomy")
    assert "site-volume" not in found(right)
    weak = session("axillary-sweating", vial_units=100, diluent_ml=10)
    assert {"site-volume", "unusual-dilution"} <= found(weak).keys()


def test_two_hundred_units_in_thirty_days_are_the_most_for_the_lids() -> None:
    given = (before(20, "botox", 195, "blepharospasm"),)
    assert "window-maximum" in stops(session("blepharospasm", earlier=given))
    given = (before(31, "botox", 195, "blepharospasm"),)
    assert "window-maximum" not in stops(session("blepharospasm", earlier=given))


def test_a_scale_off_its_ends_stops_and_one_not_read_is_a_note() -> None:
    assert "scale-off" in stops(session(scale_before=90))
    assert found(session())["no-scale"].severity == "note"


def test_a_wrong_vial_stops() -> None:
    told = session(vial_units=50, diluent_ml=1)
    assert "comes in vials of 100 U or 200 U, not 50 U" in found(told)["wrong-vial"].message


def written(indication: str, *injections: dict[str, object]) -> str:
    about = {"patient": {"age_years": 40}, "date": "2024-01-01", "product": "botox"}
    return json.dumps(about | {"indication": indication, "injections": list(injections)})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"indication": "hiccups"}', "required field"),
        (written("hiccups"), "No indication 'hiccups'"),
        (written("strabismus", {"target": "nose", "side": "left", "units": 1}), "called `nose`"),
        (
            written("strabismus", {"target": "soleus", "side": "midline", "units": 1}),
            "say left or right",
        ),
        ("{", "not valid JSON"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_session(text)


def test_a_session_that_was_given_tomorrow_is_refused() -> None:
    with pytest.raises(InputError, match="after today"):
        refuse_tomorrow(session(status="given"), today=date(2024, 6, 2))


def test_the_schema_closes_its_lists() -> None:
    text = str(session_schema())
    assert "BodyInjection" in text
    assert "ultrasound" in text
