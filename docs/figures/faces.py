"""Figures of expression: the brow as a beam, lines moving and at rest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from docs.figures.effect import pairs
from glabella.chart.graph import Axis, Dots, Line, Panel, graph_svg
from glabella.face.frame import Face
from glabella.facts import load
from glabella.plan.parameters import calibrated
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
                lines=[
                    Line(c.label, *(
                        [p for p in part if p[0] <= 300] for part in (c.points, c.low, c.high)
                    ))
                    for c in courses
                ],
            ),
        ],
        title="Lines",
        description="Left: how severe lines are by the strength that folds them. Right: median "
        "and 90% of patients over time; lines at rest fade later and return later.",
    )  # fmt: skip


FIGURES: dict[str, Callable[[], str]] = {"brow": brow, "lines": lines}
