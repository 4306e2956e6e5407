"""Planning droplets: the grid, the mix, what is left out, what is forecast, what is not known."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from glabella import facts
from glabella.errors import InputError, UserError
from glabella.face import Face
from glabella.plan import Forecast, forecast
from glabella.plan.droplets.droplets import droplets, lay_out
from glabella.plan.droplets.grid import Shape, edge_distance_mm, fill, zone_at
from glabella.plan.droplets.layout import DropletPlan, Layout
from glabella.plan.droplets.region import Region, read_region
from glabella.plan.droplets.shapes import named_shape
from glabella.plan.place import place
from glabella.units import Units
from tests.laws import law
from tests.plan.plans import injecting, strength

DROPLETS = facts.load().droplets
REGIONS = ("forehead", "nose", "cheek", "chin", "jawline")
EXAMPLES = Path(__file__).parents[2] / "examples"
PATCH = [[10.0, 40.0], [40.0, 40.0], [40.0, 60.0], [10.0, 60.0]]


def own(**changes: Any) -> dict[str, Any]:
    usual = {"units_per_ml": 40, "droplet_ml": 0.01, "spacing_mm": 10, "basis": "ours"}
    return usual | changes


def asked(**changes: Any) -> dict[str, Any]:
    """One's own numbers on the forehead of a woman, from 100 U in 2.5 mL, changed as asked."""
    whole: dict[str, Any] = {
        "patient": {"sex": "female", "age_years": 33},
        "date": "2026-11-20",
        "product": "botox-cosmetic",
        "vial_units": 100,
        "diluent_ml": 2.5,
    }
    whole |= {} if {"regions", "outlines"} & set(changes) else {"regions": ["forehead"]}
    whole |= {} if {"protocol", "own"} & set(changes) else {"own": own()}
    return whole | changes


def region(**changes: Any) -> Region:
    return read_region(json.dumps(asked(**changes)))


def wu(**changes: Any) -> Region:
    """Microbotox-20 from the usual vial, topped up in the syringe."""
    usual = {"protocol": "microbotox-20", "spacing_mm": 10, "topped_up": True}
    return region(**(usual | changes))


def places(layout: Layout) -> np.ndarray:
    return np.array([(one.side.sign * one.x_mm, one.y_mm) for one in layout.injections])


@pytest.fixture(scope="module")
def t_zone() -> DropletPlan:
    return droplets(read_region((EXAMPLES / "region-t-zone.json").read_bytes()))


@pytest.fixture(scope="module")
def cheeks() -> DropletPlan:
    return droplets(region(regions=["cheek"], own=own(spacing_mm=8)))


# The grid.


def test_the_t_zone_is_forehead_and_nose(t_zone: DropletPlan) -> None:
    assert [one.region for one in t_zone.layout.regions] == ["forehead", "nose"]
    assert sum(one.droplets for one in t_zone.layout.regions) == t_zone.layout.droplets
    assert Counter(t_zone.layout.regions_of) == {
        one.region: one.droplets for one in t_zone.layout.regions
    }


def test_a_droplet_is_an_injection_in_the_dermis_with_its_own_volume(t_zone: DropletPlan) -> None:
    for one in t_zone.layout.injections:
        assert one.depth == "dermis"
        assert one.units == pytest.approx(20 / 110)
        assert one.volume_ml == pytest.approx(1 / 110)


def test_units_volume_syringes_and_vials_add_up(t_zone: DropletPlan) -> None:
    layout = t_zone.layout
    assert layout.droplets == len(layout.injections)
    assert layout.units == pytest.approx(layout.droplets * layout.units_per_droplet)
    assert layout.volume_ml == pytest.approx(layout.units / layout.units_per_ml)
    assert layout.syringes == 1
    assert layout.vials == 1
    many = lay_out(region(regions=list(REGIONS), own=own(spacing_mm=5, droplet_ml=0.02)))
    assert many.syringes == int(np.ceil(many.volume_ml))
    assert many.vials == int(np.ceil(many.units / 100)) > 1


regions_drawn = st.lists(st.sampled_from(REGIONS), min_size=1, unique=True)
spacings = st.integers(10, 40).map(lambda halves: halves / 2)
measures = st.fixed_dictionaries(
    {}, optional={"interpupillary_mm": st.floats(54, 72), "forehead_height_mm": st.floats(42, 70)}
)


@law
@given(regions_drawn, spacings, measures, st.sampled_from(["female", "male"]))
def test_neighbours_keep_their_spacing_and_no_droplet_lies_where_none_should(
    names: list[str], spacing: float, measured: dict[str, float], sex: str
) -> None:
    person = {"sex": sex, "age_years": 40, "measures": measured}
    wanted = region(patient=person, regions=names, own=own(spacing_mm=spacing))
    layout = lay_out(wanted)
    at = places(layout)
    assert len(at) == 1 or pdist(at).min() >= spacing - 1e-6
    face = Face.fit(wanted.patient.sex, wanted.patient.measures)
    assert (zone_at(face, at[:, 0], at[:, 1]) < 0).all()
    shapes = {name: named_shape(face, name) for name in names}
    for (x_mm, y_mm), own_region in zip(at, layout.regions_of, strict=True):
        assert shapes[own_region].holds(np.array([x_mm]), np.array([y_mm]))[0]
        face.require_on_face(abs(x_mm), y_mm)


@law
@given(regions_drawn, spacings)
def test_named_regions_give_mirrored_grids(names: list[str], spacing: float) -> None:
    at = places(lay_out(region(regions=names, own=own(spacing_mm=spacing))))
    seen = {(round(x, 6), round(y, 6)) for x, y in at.tolist()}
    assert {(round(-x, 6) + 0.0, y) for x, y in seen} == seen


@law
@given(regions_drawn, spacings, st.integers(1, 6))
def test_a_finer_spacing_never_sets_fewer(names: list[str], spacing: float, steps: int) -> None:
    coarse = lay_out(region(regions=names, own=own(spacing_mm=spacing + steps / 2)))
    fine = lay_out(region(regions=names, own=own(spacing_mm=spacing)))
    assert fine.droplets >= coarse.droplets


@law
@given(st.floats(10, 35), st.floats(0.004, 0.02), spacings)
def test_units_and_volume_are_those_of_the_droplets(
    per_ml: float, droplet_ml: float, spacing: float
) -> None:
    numbers = own(units_per_ml=per_ml, droplet_ml=droplet_ml, spacing_mm=spacing)
    layout = lay_out(region(own=numbers, topped_up=True))
    product = layout.product
    assert sum(one.units for one in layout.injections) == pytest.approx(layout.units)
    assert sum(one.volume_ml or 0 for one in layout.injections) == pytest.approx(layout.volume_ml)
    assert sum(one.units for one in layout.regions) == pytest.approx(layout.units)
    assert Units(layout.units, product) / Units(per_ml, product) == pytest.approx(layout.volume_ml)


def test_regions_that_meet_share_one_grid() -> None:
    """Otherwise droplets of the cheek could stand beside those of the jawline."""
    at = places(lay_out(region(regions=["cheek", "jawline"], own=own(spacing_mm=7))))
    assert pdist(at).min() == pytest.approx(7)


def test_droplets_that_are_there_already_keep_their_distance() -> None:
    cheek = places(lay_out(region(regions=["cheek"], own=own(spacing_mm=7.5))))
    free = lay_out(region(regions=["jawline"], own=own(spacing_mm=8)))
    taken = [(float(x), float(y)) for x, y in cheek]
    beside = lay_out(region(regions=["jawline"], own=own(spacing_mm=8)), taken=taken)
    apart = np.hypot(*(places(beside)[:, None] - cheek[None]).transpose(2, 0, 1))
    assert apart.min() >= 8 - 1e-6
    assert 0 < beside.droplets <= free.droplets


def test_a_grid_may_stand_wider_where_that_fits_more() -> None:
    face = Face.fit("female")
    strip = Shape("s", "strip", ((-21, 40), (21, 40), (21, 41), (-21, 41)), mirrored=False)
    grids = {spacing: fill(face, (strip,), spacing) for spacing in (8.0, 8.5, 9.0, 9.5, 10.0)}
    counts = [len(grid.x_mm) for grid in grids.values()]
    assert counts == sorted(counts, reverse=True)
    assert all(grid.spacing_mm >= spacing for spacing, grid in grids.items())


# Zones to keep off.


def test_the_cheek_keeps_off_the_lip_elevators_and_says_so(cheeks: DropletPlan) -> None:
    (one,) = (left for left in cheeks.layout.left_out if left.zone == "lip-elevators")
    assert one.region == "Cheek"
    assert one.droplets == len(one.places_mm) > 5
    assert one.harm == "an uneven or dropped smile"
    assert one.source in facts.load().sources
    face = Face.fit("female")
    at = np.array(one.places_mm)
    assert (zone_at(face, at[:, 0], at[:, 1]) >= 0).all()


@pytest.mark.parametrize(
    ("zone", "x_mm", "y_mm"),
    [
        ("lip-elevators", 40, -40),
        ("lip-elevators", 14, -20),
        ("lower-lid", 30, -12),
        ("lower-lid", 30, 8),
        ("nostrils", 9, -46),
        ("nostrils", 2, -47),
        ("mouth", 20, -70),
        ("mouth", 5, -80),
        ("smile-side", 38, -60),
    ],
)
def test_each_zone_lies_where_its_anatomy_is(zone: str, x_mm: float, y_mm: float) -> None:
    names = list(DROPLETS.keep_off)
    for sign in (1, -1):
        found = zone_at(Face.fit("female"), np.array([sign * x_mm]), np.array([y_mm]))
        assert names[found[0]] == zone


@pytest.mark.parametrize(("x_mm", "y_mm"), [(20, 50), (2, -30), (28, -28), (55, -30), (4, -92)])
def test_the_middle_of_the_regions_is_free(x_mm: float, y_mm: float) -> None:
    assert zone_at(Face.fit("female"), np.array([x_mm]), np.array([y_mm]))[0] == -1


def test_the_distance_from_an_edge_is_that_of_geometry() -> None:
    square = np.array([[0.0, 0], [10, 0], [10, 10], [0, 10]])
    found = edge_distance_mm(square, np.array([5.0, 13, -3]), np.array([4.0, 14, 5]))
    assert found == pytest.approx([4, 5, 3])


def test_a_region_within_a_zone_has_no_plan() -> None:
    lid = {"name": "lower lid", "points_mm": [[22, -4], [40, -4], [40, -12], [22, -12]]}
    with pytest.raises(
        InputError, match=r"lies where none should .Eyelids.*Choose or draw another"
    ):
        lay_out(region(outlines=[lid], own=own(spacing_mm=5)))


# Drawn outlines.


def test_a_drawn_outline_is_filled_where_it_was_drawn() -> None:
    layout = lay_out(region(outlines=[{"name": "patch", "points_mm": PATCH}]))
    at = places(layout)
    assert (at[:, 0] >= 10).all()
    assert {one.name for one in layout.regions} == {"patch"}
    mirrored = lay_out(region(outlines=[{"points_mm": PATCH, "mirrored": True}]))
    assert mirrored.droplets == 2 * layout.droplets


def test_a_mirrored_outline_may_be_drawn_on_either_side() -> None:
    right = [[-x, y] for x, y in PATCH]
    one = lay_out(region(outlines=[{"points_mm": PATCH, "mirrored": True}]))
    other = lay_out(region(outlines=[{"points_mm": right, "mirrored": True}]))
    assert places(one) == pytest.approx(places(other))


def test_an_outline_over_a_named_region_sets_no_droplet_twice() -> None:
    layout = lay_out(region(regions=["forehead"], outlines=[{"points_mm": PATCH}]))
    assert pdist(places(layout)).min() >= 10 - 1e-9


# The forecast.


def test_skin_changes_in_days_and_muscle_for_weeks(t_zone: DropletPlan) -> None:
    sebum = next(one for one in t_zone.skin if (one.region, one.what) == ("forehead", "sebum"))
    assert 0 <= sebum.lost_low < sebum.lost < sebum.lost_high
    assert sebum.half_day is not None
    assert sebum.half_day <= 10 < sebum.fullest_day
    assert sebum.gone_day is not None
    assert sebum.gone_day > sebum.fullest_day
    frontalis = t_zone.muscles[0]
    assert frontalis.muscle == "frontalis"
    assert frontalis.kept_low < frontalis.kept < frontalis.kept_high
    assert 2 < frontalis.weeks < 12


def test_what_droplets_do_is_what_the_forecast_of_their_plan_says(t_zone: DropletPlan) -> None:
    found: Forecast = forecast(t_zone.plan)
    assert t_zone.risks == found.risks
    assert t_zone.findings == found.findings
    (curve,) = (one.sebum for one in found.skin if one.region == "forehead")
    sebum = next(one for one in t_zone.skin if (one.region, one.what) == ("forehead", "sebum"))
    assert sebum.lost == pytest.approx(1 - min(curve.median), abs=1e-3)


def test_muscles_are_told_weakest_first_and_both_sides(cheeks: DropletPlan) -> None:
    lows = [one.kept_low for one in cheeks.muscles]
    assert lows == sorted(lows)
    sides = Counter(one.muscle for one in cheeks.muscles)
    assert sides["zygomaticus"] == 2


def test_keeping_off_the_elevators_spares_them(cheeks: DropletPlan) -> None:
    """The same patch of cheek: filled with and without the zone."""
    kept = cheeks.layout
    left = [place for one in kept.left_out for place in one.places_mm]
    alike = {"depth": "dermis", "units": kept.units_per_droplet, "volume_ml": kept.droplet_ml}
    filled = [
        {"x_mm": abs(x), "y_mm": y, "side": "left" if x > 0 else "right"} | alike
        for x, y in [*left, *places(kept).tolist()]
    ]

    def weakest(found: Forecast) -> float:
        return min(strength(found, "zygomaticus").low)

    assert weakest(forecast(cheeks.plan)) > weakest(injecting(filled))


def test_history_comes_into_the_forecast_and_the_findings() -> None:
    earlier = {
        "date": "2026-11-01",
        "product": "botox-cosmetic",
        "status": "given",
        "injections": [
            {"x_mm": 20, "y_mm": 50, "side": "left", "units": 0.2, "depth": "dermis"},
        ],
    }
    planned = droplets(region(treatments=[earlier]))
    assert len(planned.plan.treatments) == 2
    assert "interval" in {one.code for one in planned.findings}


def test_droplets_are_no_dose_of_the_muscles_below(t_zone: DropletPlan) -> None:
    codes = Counter(one.code for one in t_zone.findings)
    assert codes["droplets-off-label"] == codes["low-frontalis"] == 1
    assert not {"off-label-area", "no-range-for-product", "treat-together", "uneven-sides"} & set(
        codes
    )
    (low,) = (one for one in t_zone.findings if one.code == "low-frontalis")
    assert "21 droplets, such as:" in low.message


def test_a_dilution_that_a_text_of_droplets_names_is_not_unusual() -> None:
    inco = {"product": "xeomin", "protocol": "incobotulinum-2021", "droplet_ml": 0.01}
    planned = droplets(region(**inco, spacing_mm=10, diluent_ml=5, regions=["cheek"]))
    assert "unusual-dilution" not in {one.code for one in planned.findings}
    odd = droplets(region(own=own(units_per_ml=25), diluent_ml=4))
    assert "unusual-dilution" in {one.code for one in odd.findings}


# The mix.


def test_a_syringe_that_is_topped_up_says_how_much_is_drawn(t_zone: DropletPlan) -> None:
    assert "draw 0.50 mL (20 U Botox Cosmetic) and top it up to 1 mL" in t_zone.layout.mixing
    (planned,) = t_zone.plan.treatments
    doses = place(Face.fit("female"), planned)
    assert {round(dose.volume_ml, 5) for dose in doses} == {round(1 / 110, 5)}


def test_a_vial_that_has_the_mix_is_drawn_as_it_is() -> None:
    layout = lay_out(wu(diluent_ml=5, topped_up=False))
    assert layout.mixing == (
        "100 U Botox Cosmetic in 5 mL: 20 U Botox Cosmetic per mL, drawn as it is."
    )


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a brow where nobody has one": (
        {
            "patient": {
                "sex": "female",
                "age_years": 33,
                "measures": {"brow_left": {"medial_mm": 12, "peak_mm": 90, "lateral_mm": 13}},
            }
        },
        r"`measures.brow_left.peak_mm` is 90 mm.*Measure again",
    ),
    "a protocol of another product": (
        {"product": "dysport", "protocol": "microbotox-20", "spacing_mm": 10},
        r"no units of Dysport, and there is no conversion.*No text.*enter your own protocol",
    ),
    "a protocol of another product that has its own": (
        {"product": "xeomin", "protocol": "microbotox-20", "spacing_mm": 10},
        r"Protocols of Xeomin: incobotulinum-2021",
    ),
    "a protocol that nobody knows": (
        {"protocol": "mesobotox", "spacing_mm": 10},
        r"no droplet protocol `mesobotox`.*microbotox-20.*enter your own protocol",
    ),
    "a spacing that no text gives": (
        {"protocol": "microbotox-20", "topped_up": True},
        r"none is filled in: give `spacing_mm`",
    ),
    "a droplet that the text does not measure": (
        {"product": "xeomin", "protocol": "incobotulinum-2021", "spacing_mm": 10, "diluent_ml": 5},
        r"does not say how large a droplet is: give `droplet_ml`.*100 to 120 droplets",
    ),
    "another droplet than the protocol's": (
        {"protocol": "microbotox-20", "spacing_mm": 10, "droplet_ml": 0.02},
        r"has its own droplets .110 from 1 mL.: leave `droplet_ml` out",
    ),
    "an absurd spacing": ({"own": own(spacing_mm=1)}, r"1 mm cannot be meant: give 4 to 25 mm"),
    "a spacing between steps": ({"own": own(spacing_mm=9.3)}, r"in steps of 0.5 mm"),
    "a droplet of a syringe": ({"own": own(droplet_ml=0.5)}, r"0.5 mL cannot be meant"),
    "a mix of a whole point in a droplet": (
        {"own": own(units_per_ml=400), "diluent_ml": 0.25},
        r"puts 4 U into a droplet: the label gives 1 U to a whole point",
    ),
    "a mix stronger than the vial": (
        {"own": own(units_per_ml=50)},
        r"gives only 40. Dilute with 2 mL",
    ),
    "a mix weaker than the vial": (
        {"own": own(units_per_ml=20)},
        r"gives 40. Dilute with 5 mL, or say `topped_up`",
    ),
    "topping up what is right": ({"topped_up": True}, r"nothing to top up"),
    "an outline that crosses itself": (
        {"outlines": [{"points_mm": [PATCH[0], PATCH[2], PATCH[1], PATCH[3]]}]},
        r"crosses itself: its edges after corner 1 and after corner 3 meet",
    ),
    "an outline without room": (
        {"outlines": [{"name": "dot", "points_mm": [[10, 40], [14, 40], [12, 44]]}]},
        r"`dot` .1. has 8 mm²: too small for one droplet at 10 mm",
    ),
    "a mirrored outline over the midline": (
        {"outlines": [{"points_mm": [[-20, 40], [20, 40], [0, 60]], "mirrored": True}]},
        r"lies on both sides and is `mirrored`",
    ),
    "an outline off the face": (
        {"outlines": [{"points_mm": [[10, 40], [60, 40], [88, 60]]}]},
        r"corner 3: The point at 88 mm",
    ),
    "no region": ({"regions": []}, r"need `regions` or `outlines`"),
    "neither protocol nor numbers": (
        {"protocol": None, "own": None},
        r"either a `protocol` or your `own` numbers",
    ),
    "numbers twice": ({"own": own(), "spacing_mm": 8}, r"already have `spacing_mm`"),
    "a word that is no region": ({"regions": ["lips"]}, r"Allowed words: .*t-zone"),
    "an unknown key": ({"gap": 3}, r"unknown field `gap`.*Allowed here: patient"),
    "numbers without a basis": ({"own": own(basis="")}, r"length >= 3.*basis"),
    "an unknown product": ({"product": "nabota"}, r"No product 'nabota'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_is_refused_with_the_way_out(name: str) -> None:
    changes, words = REFUSED[name]
    with pytest.raises(UserError) as refused:
        lay_out(region(**changes))
    assert re.search(words, str(refused.value), re.DOTALL), str(refused.value)


# What is not known.


def test_what_no_text_gives_is_said(t_zone: DropletPlan) -> None:
    said = " ".join(t_zone.not_known)
    for word in ("Units by region", "Zones to keep off", "Spacing", "Discomfort", "How much"):
        assert word in said
    assert {one.discomfort for one in t_zone.layout.regions} == {"not known"}


def test_a_region_that_the_protocol_does_not_tell_of_is_said() -> None:
    planned = droplets(wu(regions=["chin", "nose"]))
    assert any("does not tell of this mix in Chin" in one for one in planned.not_known)


def test_own_numbers_stand_on_the_users_words() -> None:
    planned = droplets(region())
    assert planned.layout.basis == "ours"
    assert planned.layout.source == ""
    assert any("your own" in one for one in planned.not_known)


def test_evidence_is_told_on_both_sides_with_its_sources(t_zone: DropletPlan) -> None:
    told = (*t_zone.evidence_for, *t_zone.evidence_against, *t_zone.onset, *t_zone.totals)
    assert len(t_zone.evidence_for) >= 5
    assert len(t_zone.evidence_against) >= 2
    assert {one.source for one in told} <= set(t_zone.sources)


def test_every_assumption_of_droplets_is_listed(t_zone: DropletPlan) -> None:
    assumed = {path for path, fact in facts.walk(DROPLETS, "droplets") if fact.kind == "assumption"}
    listed = {line.split(":")[0] for line in t_zone.assumptions}
    assert assumed <= listed
