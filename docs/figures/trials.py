"""Figures of trials: published rows beside the model, trials beside trials, what was fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from glabella import cli
from glabella.chart.graph import Axis, Dots, Line, Panel, graph_svg, picture
from glabella.chart.plot import text
from glabella.chart.style import ACCENT, INK, RULE, element
from glabella.facts import PublishedRow, load
from glabella.plan.parameters import calibrated
from glabella.trials.experiment import BOTOX, DYSPORT, XEOMIN, Model, session, worn_off
from glabella.trials.spec import read_trial
from glabella.trials.trial import run_trial
from glabella.trials.uncertainty import Z90
from glabella.trials.validate import Comparison, validate

EXAMPLES = Path(__file__).parents[2] / "examples"
PERCENT = Axis("% of patients", 0, 100, range(0, 101, 25))
COURSE_DAYS = (1, 2, 3, 4, 5, 7, 10, 14, 30, 50, 60, 70, 90, 110, 120, 140, 160, 180)


@cache
def compared() -> tuple[Comparison, ...]:
    return validate()


def _rows(product: str, rule: str, area: str = "glabella") -> list[PublishedRow]:
    return [
        row
        for row in load().literature
        if (row.product, row.endpoint.rule, row.endpoint.area) == (product, rule, area)
        and row.endpoint.at == "maximum"
    ]


def _curve(label: str, product: str, units: float, rule: str, days: Sequence[float]) -> Line:
    model = Model(calibrated())
    return Line(label, [(d, model.rate(product, units, rule=rule, day=d)) for d in days])


def _points(label: str, rows: Sequence[PublishedRow], *, memory: bool = False) -> Dots:
    chosen = [row for row in rows if row.from_memory == memory and row.day is not None]
    points = [(row.day or 0, row.value) for row in chosen]
    return Dots(label, points, "ring" if memory else "diamond")


def course() -> str:
    """None or mild by day beside the label's rows; better by a grade for higher doses."""
    label = [row for row in _rows(BOTOX, "none_or_mild") if row.units == 20]
    high = [row for row in _rows(BOTOX, "improved_1") if "high" in row.id]
    late = (30, 60, 90, 120, 140, 168, 180, 196, 220, 252)
    return graph_svg(
        [
            Panel(
                "None or mild at maximum frown, 20 U",
                Axis("days", 0, 180, range(0, 181, 30)),
                PERCENT,
                lines=[_curve("model", BOTOX, 20, "none_or_mild", COURSE_DAYS)],
                dots=[
                    _points("published, each trial", label),
                    _points("label table, from memory, never fitted", label, memory=True),
                ],
            ),
            Panel(
                "Better by a grade, 20 to 80 U",
                Axis("days", 0, 260, range(0, 261, 60)),
                PERCENT,
                lines=[
                    _curve(f"model, {units} U", BOTOX, units, "improved_1", late)
                    for units in (20, 40, 60, 80)
                ],
                dots=[
                    Dots(
                        f"published, {units} U",
                        [(row.day or 0, row.value) for row in high if row.units == units],
                        shape,  # type: ignore[arg-type]
                    )
                    for units, shape in zip(
                        (20, 40, 60, 80), ("dot", "ring", "square", "diamond"), strict=True
                    )
                ],
            ),
        ],
        title="Grades over time, Botox Cosmetic in the glabella",
        description="The share of women with a response by day, beside published shares.",
    )


def duration() -> str:
    """When the effect has worn off by dose, each product on its own scale of its own units."""
    model, panels = Model(calibrated()), []
    scales = {BOTOX: (5, 10, 20, 40, 80), XEOMIN: (10, 20, 50, 100), DYSPORT: (20, 50, 100, 200)}
    for product, ticks in scales.items():
        name = load().products[product].name
        doses = np.geomspace(ticks[0], ticks[-1], 9).tolist()
        days = [
            worn_off(model.expect(session(product, protocol="glabella", units=units)))
            for units in doses
        ]
        rows = [row for row in _rows(product, "median_duration_days") if row.units]
        panels.append(
            Panel(
                name,
                Axis(f"units of {name} in the glabella", ticks[0], ticks[-1], ticks, True),
                Axis("days", 0, 300, range(0, 301, 60)),
                lines=[Line("model, half a grade better", list(zip(doses, days, strict=True)))],
                dots=[
                    Dots(
                        "published medians, each by its own rule",
                        [(row.units or 0, row.value) for row in rows if not row.from_memory],
                        "diamond",
                    )
                ],
            )
        )
    return graph_svg(
        panels,
        title="Dose and duration",
        description="Median day of wear-off by dose on a logarithmic scale, one panel a product: "
        "units of one product say nothing of another's. Published medians use several rules.",
        columns=3,
    )


def onset() -> str:
    """Effect noticed by day, beside diaries and visits."""
    days = range(8)
    panels = []
    for product, units in ((BOTOX, 20), (DYSPORT, 50)):
        rows = _rows(product, "onset")
        name = load().products[product].name
        panels.append(
            Panel(
                f"{name}, {units} U",
                Axis("days", 0, 7, range(8)),
                PERCENT,
                lines=[
                    _curve("model: noticed by this day", product, units, "onset", days),
                ],
                dots=[
                    Dots(
                        f"published, {rater}",
                        [
                            (row.day, row.value)
                            for row in rows
                            if row.day is not None and row.endpoint.rater == rater
                        ],
                        "diamond" if rater == "subject" else "ring",
                    )
                    for rater in dict.fromkeys(row.endpoint.rater for row in rows)
                ],
            )
        )
    return graph_svg(
        panels,
        title="Onset",
        description="The share of patients in whom the effect has been noticed, by day, beside "
        "what diaries and visits say.",
    )


def forehead() -> str:
    """Forehead lines on their days, beside every row that the model has a word for."""
    panels = []
    for rule, title in (("none_or_mild", "None or mild"), ("composite_2", "Composite, two grades")):
        chosen = [
            c
            for c in compared()
            if c.row.endpoint.area == "forehead"
            and c.row.endpoint.rule == rule
            and c.row.product != "placebo"
            and c.predicted is not None
        ]
        numbered = list(enumerate(chosen, start=1))
        panels.append(
            Panel(
                f"{title}, day 30",
                Axis(
                    "published row, in the order of the validation table",
                    0,
                    len(chosen) + 1,
                    [n for n, _ in numbered],
                ),
                PERCENT,
                dots=[
                    Dots(
                        "model with the 90% interval of such a trial",
                        [(n, c.predicted or 0) for n, c in numbered],
                        "square",
                        ACCENT,
                        [(c.low or 0, c.high or 0) for _, c in numbered],
                    ),
                    Dots("published", [(n, c.row.value) for n, c in numbered], "diamond"),
                ],
            )
        )
    return graph_svg(
        panels,
        title="Forehead lines",
        description="Each published share of the forehead beside the model's.",
    )


def _published(shown: Sequence[Comparison], use: str) -> list[tuple[float, float]]:
    return [(c.predicted or 0, c.row.value) for c in shown if c.use == use]


def between() -> str:
    """Published against predicted, and how far whole trials stand apart."""
    shown = [c for c in compared() if c.predicted is not None and c.row.unit == "%"]
    calibration = load().calibration
    assert calibration is not None
    shifts = list(enumerate(sorted(calibration.shifts, key=lambda one: one.shift), start=1))
    ends, apart = (0.0, len(shifts) + 1.0), calibration.between_trials_logit_sd
    none, low, high = ([(x, y) for x in ends] for y in (0.0, -apart, apart))
    return graph_svg(
        [
            Panel(
                "Every share that the model predicts",
                Axis("% predicted", 0, 100, range(0, 101, 25)),
                Axis("% published", 0, 100, range(0, 101, 25)),
                lines=[Line("as predicted", [(0.0, 0.0), (100.0, 100.0)])],
                dots=[
                    Dots("fitted", _published(shown, "fitted"), "dot", ACCENT),
                    Dots("not fitted", _published(shown, "not fitted"), "ring", INK),
                ],
            ),
            Panel(
                "What the fit found to set each trial apart",
                Axis("trial, in the order of its shift", 0, len(shifts) + 1, ()),
                Axis("shift on the logit scale, towards more effect", -3, 3, range(-3, 4)),
                lines=[Line("one standard deviation between trials, either way", none, low, high)],
                dots=[
                    Dots(
                        f"{reader}, with its 90% interval",
                        [(n, one.shift) for n, one in shifts if one.reader == reader],
                        shape,  # type: ignore[arg-type]
                        INK,
                        [
                            (one.shift - Z90 * one.sd, one.shift + Z90 * one.sd)
                            for _, one in shifts
                            if one.reader == reader
                        ],
                    )
                    for reader, shape in (("grading", "diamond"), ("diary", "ring"))
                ],
            ),
        ],
        title="Trials differ",
        description="Left: published against predicted shares. Right: how far the fit moves all "
        "rows of one trial together, and how far such shifts scatter.",
    )


def trial() -> str:
    """The example of a virtual trial."""
    result = run_trial(read_trial((EXAMPLES / "trial.json").read_bytes()))
    arms = list(dict.fromkeys(row.arm for row in result.rows))
    first = result.rows[0].endpoint
    rows = [row for row in result.rows if row.endpoint == first]
    last = max(row.day for row in rows)
    return graph_svg(
        [
            Panel(
                f"{first.rule.replace('_', ' ')}, {first.area}, by {first.rater}",
                Axis("days", 0, last, [row.day for row in rows if row.arm == arms[0]]),
                PERCENT,
                lines=[
                    Line(
                        arm,
                        [(row.day, 100 * row.rate) for row in rows if row.arm == arm],
                        [(row.day, 100 * row.low) for row in rows if row.arm == arm],
                        [(row.day, 100 * row.high) for row in rows if row.arm == arm],
                    )
                    for arm in arms
                ],
            )
        ],
        title="A virtual trial",
        description="examples/trial.json: rates by arm with 90% intervals of a trial of this size.",
    )


def validation() -> str:
    """The figure of `glabella validate --svg`."""
    return cli.validation_figure(compared())


def identifiability() -> str:
    """For each parameter the width of its prior and what the data left of it."""
    calibration = load().calibration
    assert calibration is not None
    known = {name.replace("_", " "): one for name, one in calibration.shared.items()}
    for product, potency in calibration.products.items():
        name = load().products[product].name
        known[f"{name}, half effect"] = potency.half_effect_units_per_mm2
        known[f"{name}, decay"] = potency.decay_per_day
    widths = [(name, one.prior_log_sd, one.log_sd) for name, one in known.items()]
    left, wide, step, top = 220.0, 420.0, 18.0, 62.0
    most = max(prior for _, prior, _ in widths)
    body = element("rect", x=12, y=33, width=30, height=9, fill=RULE)
    body += text(48, 42, "prior", fill=INK)
    body += element("rect", x=96, y=33, width=30, height=9, fill=ACCENT)
    body += text(132, 42, "after the data: standard deviation of the logarithm", fill=INK)
    for index, (name, prior, after) in enumerate(widths):
        y = top + step * index
        body += text(left - 8, y + 9, name, text_anchor="end", font_size=10, fill=INK)
        body += element("rect", x=left, y=y, width=wide * prior / most, height=12, fill=RULE)
        body += element("rect", x=left, y=y + 3, width=wide * after / most, height=6, fill=ACCENT)
        share = f"{after / prior:.0%} of the prior"
        body += text(left + wide * max(prior, after) / most + 6, y + 10, share, font_size=9)
    bottom = top + step * len(widths)
    for tick in (0, 0.25, 0.5, 0.75, 1.0):
        if tick <= most:
            body += text(left + wide * tick / most, bottom + 12, f"{tick:g}", text_anchor="middle")
    return picture(
        left + wide + 100,
        bottom + 24,
        body,
        "What the data say of each parameter",
        "Grey: how wide the prior is. Colour: how wide it is after the fit. A parameter whose bars "
        "are alike was not moved by the data.",
    )


FIGURES: dict[str, Callable[[], str]] = {
    "course": course,
    "duration": duration,
    "onset": onset,
    "forehead": forehead,
    "between": between,
    "trial": trial,
    "validation": validation,
    "identifiability": identifiability,
}
