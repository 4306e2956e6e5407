"""Figures of the face and of the first steps: spread, kinetics, response."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from glabella.chart.graph import MARKS, Axis, Dots, Line, Panel, graph_svg
from glabella.effect import response, spread
from glabella.effect.kinetics import active_fraction
from glabella.face.frame import Face
from glabella.face.muscles import elements
from glabella.facts import load
from glabella.plan.parameters import calibrated, chain_rates_per_day, model_facts
from glabella.trials.experiment import BOTOX, Model, both, on, strength

Array = NDArray[np.float64]
# Muscles of the same layer and region share a mark; more than these cannot be told apart.
SHAPES = ("dot", "ring", "square", "diamond", "cross")


def pairs(x: Array, y: Array) -> list[tuple[float, float]]:
    """Points from columns."""
    return list(zip(np.asarray(x, float).tolist(), np.asarray(y, float).tolist(), strict=True))


def face() -> str:
    """Where each muscle's elements lie on the default female face."""
    default = Face.fit("female")
    grid = elements(default)
    names = list(dict.fromkeys(name for name, _ in grid.names))
    dots = []
    for index, name in enumerate(names):
        own = np.array([grid.names[m][0] == name for m in grid.muscle])
        colour = MARKS[index % len(MARKS)][0]
        shape = SHAPES[index % len(SHAPES)]
        dots.append(Dots(name, pairs(grid.x_mm[own], grid.y_mm[own]), shape, colour))
    half = len(names) // 2
    low = 40 * np.floor(min(grid.y_mm) / 40)
    panels = [
        Panel(
            title,
            Axis("mm from the midline, patient's left positive", -80, 80, range(-80, 81, 40)),
            Axis("mm above the medial canthi", low, 80, range(int(low), 81, 40)),
            dots=chosen,
        )
        for title, chosen in (("Muscles, first half", dots[:half]), ("and second", dots[half:]))
    ]
    return graph_svg(
        panels,
        title="Muscle elements of the default face",
        description="Each point is an element: a small piece of a muscle with an equal share of "
        "its motor endplates.",
    )


def spread_figure() -> str:
    """The kernel by volume, and the field of full effect by dose."""
    known = model_facts().spread
    radius = np.linspace(0, 25, 101)

    def density(volume_ml: float) -> Array:
        sigma = spread.width_mm(
            np.array([volume_ml]),
            sigma_mm=float(calibrated().sigma_mm),
            reference_ml=known.reference_ml.value,
            exponent=known.volume_exponent.value,
        )
        return 1000 * spread.kernel(radius**2, sigma)

    volumes = (0.02, 0.1, 0.5)
    kernels = [Line(f"{volume:g} mL", pairs(radius, density(volume))) for volume in volumes]
    top = float(np.ceil(density(volumes[0])[0] + 0.5))
    model, doses = Model(calibrated()), np.geomspace(0.5, 16, 25)
    widths = [
        Line(
            f"{volume:g} mL",
            [(dose, model.field_mm(BOTOX, dose, volume_ml=volume, day=28)) for dose in doses],
        )
        for volume in volumes
    ]
    return graph_svg(
        [
            Panel(
                "Density of one unit",
                Axis("mm from the point", 0, 25, range(0, 26, 5)),
                Axis("thousandths of a unit per mm²", 0, top, np.arange(0, top + 1, 2)),
                lines=kernels,
            ),
            Panel(
                "Field in frontalis with half the full effect, day 28",
                Axis("units of Botox Cosmetic at one point", 0.5, 16, (0.5, 1, 2, 4, 8, 16), True),
                Axis("width in mm", 0, 50, range(0, 51, 10)),
                lines=widths,
            ),
        ],
        title="Spread by volume and dose",
        description="A larger volume lowers the peak and widens the field; a larger dose widens "
        "it with the root of its logarithm. No width in millimetres was found to compare with.",
    )


def _solved(days: Array, rates: Array) -> Array:
    """The last amount of the chain by a stiff solver, the slow reference."""
    chain = np.diag(-rates) + np.diag(rates[:-1], k=-1)
    found = solve_ivp(
        lambda _, amounts: chain @ amounts,
        (0, days[-1]),
        np.eye(len(rates))[0],
        t_eval=days,
        method="Radau",
        rtol=1e-8,
        atol=1e-10,
    )
    return found.y[-1]


def kinetics() -> str:
    """The closed form beside a solver, and the chain of Lebeda without decay."""
    parameters, chain = calibrated(), np.array(chain_rates_per_day())
    fitted = chain * np.array([parameters.onset_speed, 1, 1, 1])
    lines, dots = [], []
    fine, coarse = np.linspace(0, 240, 241), np.array([1, 2, 4, 7, 14, 30, 60, 90, 120, 180, 240.0])
    for product, shape in zip((BOTOX, "dysport"), ("ring", "square"), strict=True):
        rates = np.array([*fitted, parameters.action(product).decay_per_day])
        name = load().products[product].name
        lines.append(Line(f"{name}, closed form", pairs(fine, active_fraction(fine, rates))))
        dots.append(Dots(f"{name}, solver", pairs(coarse, _solved(coarse, rates)), shape))
    early, few = np.linspace(0, 14, 141), np.array([0.25, 0.5, 1, 2, 3, 5, 7, 10, 14])
    onset_lines, onset_dots = [], []
    for name, rates, shape in (
        ("bulk movement as in the foot (Lebeda 2008)", chain, "ring"),
        ("bulk movement as fitted", fitted, "square"),
    ):
        # The last step of the published chain does not decay: the remainder is 1 - lytic.
        never = np.array([*rates, 1e-9])
        onset_lines.append(Line(name, pairs(early, 100 * (1 - active_fraction(early, never)))))
        onset_dots.append(
            Dots(f"{name}, solver", pairs(few, 100 * (1 - _solved(few, never))), shape)
        )
    return graph_svg(
        [
            Panel(
                "Active light chain",
                Axis("days", 0, 240, range(0, 241, 30)),
                Axis("share of what was injected", 0, 1, (0, 0.25, 0.5, 0.75, 1)),
                lines=lines,
                dots=dots,
            ),
            Panel(
                "Onset: tension of the published chain, no decay",
                Axis("days", 0, 14, range(0, 15, 2)),
                Axis("% of tension left", 0, 100, range(0, 101, 25)),
                lines=onset_lines,
                dots=onset_dots,
            ),
        ],
        title="Kinetics: the closed form and a solver",
        description="Curves are the closed form of the model, points a stiff solver of the same "
        "chain of steps; they lie on each other.",
    )


# Recordings in percent: units at one corrugator, what was lost. The rows are in the literature.
WINN_UNITS = 8.0


def response_figure() -> str:
    """The curve of response, and what corrugator loses by dose beside recordings."""
    parameters, ceiling = calibrated(), model_facts().response.ceiling_fraction
    active = np.geomspace(0.05, 50, 61)
    curve = 100 * response.blocked(active, hill=parameters.hill, ceiling=ceiling.value)
    model = Model(parameters)
    median, low, high = [], [], []
    doses = (0.5, 1, 2, 4, 8, 16, 32)
    for dose in doses:
        points = both(site="corrugator-medial", units=dose / 2)
        points += both(site="corrugator-lateral", units=dose / 2)
        found = model.injecting(*points)
        left = strength(found, "corrugator")
        for values, name in ((median, "median"), (low, "high"), (high, "low")):
            values.append((dose, 100 * (1 - on(found, 22, getattr(left, name)))))
    seen = {row.id: row.value for row in load().literature if row.source == "winn-2013"}
    return graph_svg(
        [
            Panel(
                "At an element",
                Axis("active density against that at half effect", 0.05, 50, (0.1, 1, 10), True),
                Axis("% of endplates blocked", 0, 100, range(0, 101, 25)),
                lines=[
                    Line("Hill curve", pairs(active, curve)),
                    Line(
                        "ceiling, with the range seen in recordings (Sloop 1996)",
                        [(0.05, 100 * ceiling.value), (50, 100 * ceiling.value)],
                        [(0.05, 100 * (ceiling.low or 0)), (50, 100 * (ceiling.low or 0))],
                        [(0.05, 100 * (ceiling.high or 1)), (50, 100 * (ceiling.high or 1))],
                    ),
                ],
            ),
            Panel(
                "Of a corrugator, week 3",
                Axis("units of Botox Cosmetic into one corrugator", 0.5, 32, doses, True),
                Axis("% of strength lost", 0, 100, range(0, 101, 25)),
                lines=[Line("model, median and 90% of patients", median, low, high)],
                dots=[
                    Dots(
                        "recorded after 8 U, 2-4 weeks (Winn 2013)",
                        [(WINN_UNITS, value) for value in seen.values()],
                        "diamond",
                    )
                ],
            ),
        ],
        title="Response",
        description="Left: the share of blocked endplates rises with active density to a ceiling. "
        "Right: what a whole corrugator loses, beside muscle recordings that were not fitted.",
    )


FIGURES: dict[str, Callable[[], str]] = {
    "face": face,
    "spread": spread_figure,
    "kinetics": kinetics,
    "response": response_figure,
}
