"""Laws of sessions outside the face, on drawn input."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella import facts
from glabella.errors import InputError
from glabella.face import Side
from glabella.plan.body.lay import lay, split
from glabella.plan.body.limits import check
from glabella.plan.body.session import BodyPatient, BodySession, read_session
from tests.plan.sessions import DAY, adult, before, session, stops

ADULT = [
    (key, product)
    for key, one in facts.load().body.indications.items()
    for product in one.products
    if one.age != "child"
]


@given(st.floats(0.05, 1500), st.integers(1, 60))
def test_splitting_loses_no_unit_and_is_even_to_a_hundredth(total: float, parts: int) -> None:
    shares = split(total, parts)
    assert len(shares) == parts
    assert sum(shares) == pytest.approx(round(total, 2), abs=0.0051)
    assert max(shares) - min(shares) <= 0.0101


@given(st.sampled_from(ADULT), st.floats(5, 400), st.integers(1, 6))
def test_what_is_laid_on_both_sides_is_alike(
    chosen: tuple[str, str], units: float, sites: int
) -> None:
    laid = lay(*chosen, adult(), units=units, sites=sites)
    left, right = (
        sorted((one.target, one.units) for one in laid if one.side is side)
        for side in (Side.LEFT, Side.RIGHT)
    )
    assert left == right


@given(st.floats(3, 60))
def test_the_lowest_dose_of_a_child_never_passes_its_limit_by_muscle(weight: float) -> None:
    patient = BodyPatient(age_years=7, weight_kg=weight)
    for target in ("biceps", "brachialis", "flexor-carpi-ulnaris"):
        laid = lay(
            "upper-limb-spasticity-child", "botox", patient, targets=[target], sides=[Side.LEFT]
        )
        told = BodySession(
            patient=patient, indication="upper-limb-spasticity-child", product="botox", date=DAY,
            injections=laid,
        )  # fmt: skip
        assert "weight-maximum" not in stops(told)
        assert "muscle-units" not in {one.code for one in check(told)}


@given(st.floats(1, 1400), st.floats(0.5, 90))
def test_more_units_before_never_bring_fewer_stops(units: float, more: float) -> None:
    """With the same other findings, a limit that stops at fewer units stops at more."""
    few = stops(session(earlier=(before(20, "botox", units, "lower-limb-spasticity"),)))
    many = stops(session(earlier=(before(20, "botox", units + more, "lower-limb-spasticity"),)))
    assert few <= many


@given(st.floats(1, 1500), st.sampled_from(["dysport", "xeomin", "daxxify", "jeuveau"]))
def test_another_product_never_reaches_the_limit_of_this_one(units: float, product: str) -> None:
    earlier = (before(20, product, units, "lower-limb-spasticity"),)
    assert stops(session(earlier=earlier)) == stops(session())


@pytest.mark.parametrize("chosen", ADULT)
def test_a_session_survives_its_own_json(chosen: tuple[str, str]) -> None:
    told = session(*chosen, injections=lay(*chosen, adult(), units=20, sites=2))
    assert read_session(msgspec.json.encode(told)) == told


@pytest.mark.parametrize("chosen", ADULT)
def test_no_finding_sums_two_products_and_each_source_exists(chosen: tuple[str, str]) -> None:
    earlier = (before(9, "jeuveau", 20), before(9, "botox-cosmetic", 20))
    injections = lay(*chosen, adult(), units=20, sites=2)
    for one in check(session(*chosen, injections=injections, earlier=earlier)):
        assert not one.source or one.source in facts.load().sources
        assert one.severity in {"stop", "warn", "note"}


@pytest.mark.parametrize("target", ["nose", "soleus"])
def test_a_muscle_that_the_protocol_does_not_name_is_not_laid(target: str) -> None:
    with pytest.raises(InputError, match="The protocol has no"):
        lay("chronic-migraine", "botox", adult(), targets=[target])
