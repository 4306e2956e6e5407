"""Figures of expression: the brow as a beam, lines moving and at rest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from docs.figures.effect import Array, pairs
from glabella.chart.graph import Axis, Dots, Line, Pairs, Panel, graph_svg
from glabella.effect import skin as effect_skin
from glabella.face.frame import Face
from glabella.facts import load
from glabella.plan.parameters import calibrated, model_facts
from glabella.plan.plan import Injection
from glabella.plan.result import Forecast
from glabella.trials.experiment import REVIEW_DAY, Model, both, session
from glabella.trials.laws_of_place import CENTRAL
from glabella.trials.laws_of_time import resting

MM = Axis("mm from the midline", 10, 55, range(10, 56, 10))
RISE = Axis("mm of rise", -1.5, 5, range(-1, 6))


def _profile(label: str, found: Forecast) -> Line:
    """The rise along the left brow of the typical patient at rest."""
    state = next(s for s in found.states if (s.day, s.expression) == (REVIEW_DAY, "rest"))
    return Line(label, list(zip(found.brow_nodes_mm, state.brow_mm["left"], strict=True)))


def brow() -> str:
    """The classic stories of the brow, and the lateral lift beside its trial."""
    model, default = Model(calibrated()), Face.fit("female")
    stories: dict[str, tuple[Injection, ...]] = {
        "central forehead alone": CENTRAL,
        "the same with 2 U in each lateral frontalis": CENTRAL
        + both(site="frontalis-lower-lateral", units=2),
    }
    lines = [
        _profile("glabella alone, 20 U", model.expect()),
        _profile("forehead alone, 20 U", model.expect(session(areas={"forehead": 20}))),
        _profile(
            "forehead and glabella, 20 U each",
            model.expect(session(areas={"forehead": 20, "glabella": 20})),
        ),
        *(_profile(label, model.injecting(*points)) for label, points in stories.items()),
    ]
    lifted = model.injecting(*both(x_mm=48, y_mm=12, units=8))
    seen = {
        row.endpoint.place: row.value
        for row in load().literature
        if row.source == "temporal-brow-lift"
    }
    return graph_svg(
        [
            Panel(
                "Classic stories",
                MM,
                Axis("mm of rise", -1, 1.5, (-1, -0.5, 0, 0.5, 1, 1.5)),
                lines=lines,
            ),
            Panel(
                "Lateral orbicularis, 8 U a side",
                MM,
                RISE,
                lines=[_profile("model", lifted)],
                dots=[
                    Dots(
                        "trial, 7 to 10 U a side, two weeks",
                        [
                            (default.pupil_mm, seen["mid-pupil"]),
                            (default.lateral_canthus_mm, seen["lateral-canthus"]),
                        ],
                        "diamond",
                    )
                ],
            ),
        ],
        title=f"The brow on day {REVIEW_DAY}",
        description="How far each part of the left brow of the typical patient rises or falls, at "
        "rest. The lift at the tail that one trial saw is several times what the model gives.",
    )


def lines() -> str:
    """Severity by strength, and how lines at rest follow the movement."""
    parameters = calibrated()
    left = np.linspace(0, 1, 51)
    folded = [
        Line(f"severe lines, {rest} at rest", pairs(left, parameters.rest_share * rest
             + (3 - parameters.rest_share * rest) * left**parameters.line_exponent))
        for rest in (0, 2)
    ]  # fmt: skip
    found = Model(parameters).expect(patient=resting(2))
    courses = [
        Line(
            name,
            list(zip(found.days, grade.median, strict=True)),
            list(zip(found.days, grade.low, strict=True)),
            list(zip(found.days, grade.high, strict=True)),
        )
        for name, grade in (
            (f"at {g.at}" if g.at == "rest" else "at full movement", g.grade) for g in found.grades
        )
    ]
    return graph_svg(
        [
            Panel(
                "Lines at full movement, those at rest unchanged",
                Axis("strength left", 0, 1, (0, 0.25, 0.5, 0.75, 1)),
                Axis("grade", 0, 3, range(4)),
                lines=folded,
            ),
            Panel(
                "A severe frown with moderate lines at rest, 20 U",
                Axis("days", 0, 300, range(0, 301, 60)),
                Axis("grade", 0, 3.5, range(4)),
                lines=[_until(one, 300) for one in courses],
            ),
        ],
        title="Lines",
        description="Left: how severe lines are by the strength that folds them. Right: median "
        "and 90% of patients over time; lines at rest fade later and return later.",
    )  # fmt: skip


def mouth() -> str:
    """The mouth corner, the upper lip and the jaw after the doses of texts."""
    model = Model(calibrated())
    panels = []
    for title, area, units, name, label in (
        ("Mouth corner at rest", "mouth-corner", (4, 8), "rest_mm", "mm of rise"),
        ("Upper lip in a smile", "gummy-smile", (2, 4), "upper_lip_mm", "mm of rise"),
    ):
        courses = []
        for total in units:
            found = model.expect(session(areas={area: total}))
            curve = getattr(found.mouth[0], name)
            courses.append(
                Line(
                    f"{total} U in all",
                    *(
                        [(d, v - curve.median[0]) for d, v in zip(found.days, part, strict=True)]
                        for part in (curve.median, curve.low, curve.high)
                    ),
                )
            )
        panels.append(
            Panel(
                title,
                Axis("days", 0, 180, range(0, 181, 30)),
                Axis(label, -3, 3, range(-3, 4)),
                lines=[_until(one, 180) for one in courses],
            )
        )
    jaws = []
    for total in (24, 48, 72, 96):
        found = model.expect(session(areas={"masseter": total}))
        points = list(zip(found.days, found.jaw[0].width_mm.median, strict=True))
        jaws.append(_until(Line(f"{total} U in all", points), 300))
    panels.append(
        Panel(
            "Width of one side of the jaw",
            Axis("days", 0, 300, range(0, 301, 60)),
            Axis("mm, median patient", -1, 0.25, (-1, -0.75, -0.5, -0.25, 0, 0.25)),
            lines=jaws,
        )
    )
    return graph_svg(
        panels,
        title="Mouth and jaw, Botox Cosmetic",
        description="Change against the untreated face over time: median, and 90% of patients for "
        "the mouth. No millimetres were found to compare with.",
        columns=3,
    )


def skin() -> str:
    """What a droplet in the dermis does to pores and sebum, by day and by density."""
    known = model_facts().skin
    days = np.linspace(0, 180, 91)

    def course(rise: float, fade: float) -> Array:
        return effect_skin.course(days, rise_days=np.array(rise), fade_days=np.array(fade))

    usual = course(known.rise_days.value, known.fade_days.value)
    low = course(known.rise_days.value, known.fade_days.low or known.fade_days.value)
    high = course(known.rise_days.value, known.fade_days.high or known.fade_days.value)
    active = np.geomspace(0.05, 20, 41)
    kept = [
        Line(
            name,
            pairs(active, 100 * effect_skin.kept(active, most=fact.value)),
            pairs(active, 100 * effect_skin.kept(active, most=fact.low or 0.0)),
            pairs(active, 100 * effect_skin.kept(active, most=fact.high or 0.0)),
        )
        for name, fact in (
            ("pores", known.pores_most_fraction),
            ("sebum", known.sebum_most_fraction),
        )
    ]
    return graph_svg(
        [
            Panel(
                "Active share of a droplet",
                Axis("days", 0, 180, range(0, 181, 28)),
                Axis("of its peak", 0, 1, (0, 0.25, 0.5, 0.75, 1)),
                lines=[
                    Line("typical, and the range of the fade", *(pairs(days, y) for y in
                         (usual, low, high)))
                ],
                dots=[
                    Dots("fullest (15 people, week 4)", [(28, 1)], "diamond"),
                    Dots("back (the same, week 16)", [(112, 0)], "ring"),
                ],
            ),
            Panel(
                "What is left at the peak",
                Axis("density against that at half effect", 0.05, 20, (0.1, 1, 10), True),
                Axis("% of before", 0, 100, range(0, 101, 25)),
                lines=kept,
            ),
        ],
        title="Droplets in the dermis",
        description="Left: the course of a droplet beside when one study saw it fullest and gone. "
        "Right: how much of pores and sebum is left, with the range from no change at all.",
    )  # fmt: skip


def _until(line: Line, last: float) -> Line:
    """A curve up to a day."""

    def cut(points: Pairs) -> Pairs:
        return [point for point in points if point[0] <= last]

    return Line(line.label, cut(line.points), cut(line.low), cut(line.high))


FIGURES: dict[str, Callable[[], str]] = {
    "brow": brow,
    "lines": lines,
    "mouth": mouth,
    "skin": skin,
}
