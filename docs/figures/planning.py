"""The figure of planning backwards: what more units buy, and what the label's do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from glabella.chart.graph import MARKS, Axis, Dots, Line, Panel, graph_svg
from glabella.plan.goals.aims import aims_of
from glabella.plan.goals.goal import AreaGoal, Goal
from glabella.plan.optimise import optimise
from glabella.plan.plan import LineArea, LineGrades, Patient
from glabella.plan.search.alternatives import compare
from glabella.plan.search.front import front
from glabella.plan.search.proposal import AreaOutcome, Outcome

UNITS = Axis("units of Botox Cosmetic", 0, 70, range(0, 71, 10))
SHARE = Axis("share", 0, 1, (0, 0.25, 0.5, 0.75, 1))
LINES: dict[LineArea, LineGrades] = {
    "glabella": LineGrades(maximum=3, rest=1),
    "forehead": LineGrades(maximum=2, rest=1),
    "lateral-canthal": LineGrades(maximum=2, rest=0),
}


def trade_off() -> str:
    """Units against the chance of none or mild lines, and against movement kept."""
    goal = Goal(
        patient=Patient(sex="female", age_years=42, lines=LINES),
        date=date(2026, 11, 20),
        product="botox-cosmetic",
        areas={area: AreaGoal() for area in LINES},
    )
    plans, found = front(goal), optimise(goal)
    [label] = compare(goal, aims_of(goal))
    return graph_svg(
        [
            Panel(
                "None or mild lines on day 30",
                UNITS,
                SHARE,
                lines=[
                    Line(area.replace("-", " "), [(one.units, one.chances[area]) for one in plans])
                    for area in LINES
                ],
                dots=_marked(found.outcome, label, lambda area: area.chance),
            ),
            Panel(
                "Strength kept in the weakest area",
                UNITS,
                SHARE,
                lines=[Line("smoothest plan", [(one.units, one.kept) for one in plans])],
                dots=_marked(found.outcome, label, lambda area: area.kept),
            ),
        ],
        title="What more units buy",
        description="The smoothest plan for each total of units: chances of none or mild lines "
        "rise steeply and then hardly at all, while strength falls; the proposal for a natural "
        "look and the label's protocol are marked.",
    )


def _marked(proposal: Outcome, label: Outcome, of: Callable[[AreaOutcome], float]) -> list[Dots]:
    """The proposal and the label's protocol, each at the least of its areas."""
    return [
        Dots(name, [(one.units, min(of(area) for area in one.areas))], shape, colour)
        for name, one, shape, colour in (
            ("proposal, natural", proposal, "dot", MARKS[3][0]),
            ("label's protocol", label, "square", MARKS[4][0]),
        )
    ]


FIGURES: dict[str, Callable[[], str]] = {"trade-off": trade_off}
