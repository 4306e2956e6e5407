"""Plans drawn at random, for laws that hold of any plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from glabella import facts
from glabella.plan.people import People

ANATOMY = facts.load().anatomy
AREAS = ("glabella", "forehead", "lateral-canthal")

whole_brows = st.fixed_dictionaries(
    {
        "medial_mm": st.floats(9, 16),
        "peak_mm": st.floats(12, 20),
        "lateral_mm": st.floats(9, 17),
    }
)
measures = st.fixed_dictionaries(
    {
        "bulk": st.sampled_from(["slight", "average", "strong"]),
        "frontalis": st.sampled_from(["full", "v-shaped"]),
    },
    optional={
        "interpupillary_mm": st.floats(54, 72),
        "forehead_height_mm": st.floats(42, 70),
        "c_line_fraction": st.floats(0.4, 0.8),
        "brow_left": whole_brows,
        "brow_right": whole_brows,
    },
)
grades = st.fixed_dictionaries({"maximum": st.integers(0, 3)}, optional={"rest": st.integers(0, 3)})
patients = st.fixed_dictionaries(
    {
        "sex": st.sampled_from(["female", "male"]),
        "age_years": st.integers(20, 70),
        "lines": st.dictionaries(st.sampled_from(AREAS), grades),
        "measures": measures,
    }
)


@st.composite
def injections(draw: st.DrawFn) -> dict[str, Any]:
    """One point with its own volume, named or by coordinates that lie on any face."""
    point: dict[str, Any] = {
        "units": draw(st.floats(0.5, 12)),
        "volume_ml": draw(st.floats(0.02, 0.3)),
    }
    if draw(st.booleans()):
        point["site"] = draw(st.sampled_from(sorted(ANATOMY.sites)))
        if ANATOMY.sites[point["site"]].paired:
            point["side"] = draw(st.sampled_from(["left", "right"]))
        return point
    point |= {"x_mm": draw(st.floats(1, 55)), "y_mm": draw(st.floats(-15, 45))}
    point["side"] = draw(st.sampled_from(["left", "right"]))
    point["depth"] = draw(st.sampled_from(["dermis", "muscle", "bone"]))
    return point


treatments = st.fixed_dictionaries(
    {
        "date": st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat),
        "product": st.sampled_from(["botox-cosmetic", "dysport"]),
        "injections": st.lists(injections(), min_size=1, max_size=6),
    }
)
plans = st.fixed_dictionaries(
    {
        "patient": patients,
        "treatments": st.lists(treatments, min_size=1, max_size=2),
        "horizon_days": st.integers(30, 200),
    }
)


def mirrored(whole: dict[str, Any]) -> dict[str, Any]:
    """The same plan on the mirror image of the same patient."""
    swap = {"left": "right", "right": "left", "brow_left": "brow_right", "brow_right": "brow_left"}
    if isinstance(whole, dict):
        return {swap.get(key, key): mirrored(value) for key, value in whole.items()}
    if isinstance(whole, list):
        return [mirrored(value) for value in whole]
    return swap.get(whole, whole) if isinstance(whole, str) else whole


def mirrored_people(people: People) -> People:
    """The same patients seen in a mirror: what was left is right."""
    return People(
        sensitivity=people.sensitivity,
        side=-people.side,
        onset=people.onset,
        duration=people.duration,
        spread=people.spread,
        tone=people.tone,
        levator_left=people.levator_right,
        levator_right=people.levator_left,
        line=people.line,
        rest=people.rest,
        doubt=people.doubt,
    )
