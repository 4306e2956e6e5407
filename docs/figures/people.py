"""Figures of people: how they differ, how raters read them, what reviews teach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np

from docs.figures.effect import pairs
from glabella.chart.graph import Axis, Dots, Line, Panel, graph_svg
from glabella.facts import load
from glabella.plan import forecast, read_plan
from glabella.plan.learn import read_as
from glabella.plan.parameters import calibrated
from glabella.plan.result import Forecast
from glabella.trials.experiment import MAN, WOMAN, Model
from glabella.trials.predict import chance

EXAMPLES = Path(__file__).parents[2] / "examples"
DAYS = Axis("days", 0, 240, range(0, 241, 30))
# Lines that were read as severe: their true severity lies a little below.
BEFORE = 2.8
GRADES = ("none", "mild", "moderate", "severe")


def _course(label: str, found: Forecast, last: int = 240) -> Line:
    """Frown lines at full movement: median and 90 % of patients."""
    grade = next(g.grade for g in found.grades if g.area == "glabella" and g.at == "maximum")
    shown = [index for index, day in enumerate(found.days) if day <= last]

    def points(values: tuple[float, ...]) -> list[tuple[float, float]]:
        return [(found.days[index], values[index]) for index in shown]

    return Line(label, points(grade.median), points(grade.low), points(grade.high))


def people() -> str:
    """The same dose in a woman and a man, and when it has worn off by share of patients."""
    model = Model(calibrated())
    found = {"women": model.expect(patient=WOMAN), "men": model.expect(patient=MAN)}
    ends = {}
    for who, one in found.items():
        off = one.courses[0].wear_off
        ends[who] = [
            (day, percent)
            for day, percent in ((off.low_days, 5), (off.median_days, 50), (off.high_days, 95))
            if day is not None
        ]
    published = [
        (row.value, 50)
        for row in load().literature
        if row.endpoint.rule == "median_duration_days"
        and (row.product, row.units, row.endpoint.at) == ("botox-cosmetic", 20, "maximum")
    ]
    return graph_svg(
        [
            Panel(
                "20 U of Botox Cosmetic, severe frown lines",
                DAYS,
                Axis("grade", 0, 3.5, range(4)),
                lines=[_course(who, one) for who, one in found.items()],
            ),
            Panel(
                "Share of patients in whom it has worn off",
                Axis("days", 0, 300, range(0, 301, 60)),
                Axis("% of patients", 0, 100, range(0, 101, 25)),
                lines=[Line(who, points) for who, points in ends.items()],
                dots=[Dots("published medians, women or mostly women", published, "diamond")],
            ),
        ],
        title="People differ",
        description="Left: median and the range of 90 of 100 drawn patients. Right: the day by "
        "which 5, 50 and 95% have lost the effect, beside medians of trials.",
    )


def raters() -> str:
    """What a rater says of a true severity, and of a change."""
    parameters = calibrated()
    severity = np.linspace(0, 3, 61)
    reads = [
        Line(name, pairs(severity, 100 * read_as(grade, severity, parameters)))
        for grade, name in enumerate(GRADES)
    ]
    before = np.full_like(severity, BEFORE)
    says = [
        Line(
            label,
            pairs(
                severity,
                100
                * chance(
                    rule, rater, grade=3, before=before, after=severity, parameters=parameters
                ),
            ),
        )
        for label, rule, rater in (
            ("none or mild", "none_or_mild", "investigator"),
            ("none or mild, the subject", "none_or_mild", "subject"),
            ("better by one grade", "improved_1", "investigator"),
            ("better by two grades", "improved_2", "investigator"),
            ("better by two grades, both raters", "composite_2", "both"),
            ("noticed, in a diary", "onset", "subject"),
        )
    ]
    across = Axis("true severity", 0, 3, (0, 0.5, 1, 1.5, 2, 2.5, 3))
    up = Axis("% of readings", 0, 100, range(0, 101, 25))
    return graph_svg(
        [
            Panel("The grade that is read", across, up, lines=reads),
            Panel("What is said of lines that were graded severe", across, up, lines=says),
        ],
        title="Raters",
        description="A reading errs around the true severity, and now and then says better "
        "whatever is there.",
    )


def learning() -> str:
    """The second treatment of one patient: as anyone's, and as her own."""
    plan = read_plan((EXAMPLES / "learned.json").read_bytes())
    anyone = forecast(msgspec.structs.replace(plan, reviews=()))
    own = forecast(plan)
    last = max(own.days)
    return graph_svg(
        [
            Panel(
                f"Frown lines from {own.start:%d %B %Y}",
                Axis("days", 0, last, range(0, last + 1, 30)),
                Axis("grade", 0, 3.5, range(4)),
                lines=[
                    _course("the population's", anyone, last),
                    _course("her own, after two reviews", own, last),
                ],
            )
        ],
        title="What two reviews teach",
        description="The forecast of examples/learned.json with and without its reviews: median "
        "and 90% of the drawn patients.",
    )


FIGURES: dict[str, Callable[[], str]] = {
    "people": people,
    "raters": raters,
    "learning": learning,
}
