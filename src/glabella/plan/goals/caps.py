"""The most units that planning may use: of an area, in one session, in a period. Each is cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from glabella import facts
from glabella.errors import InputError
from glabella.face.sites import sides_of
from glabella.facts.practice import DoseRange, PracticeArea
from glabella.facts.schema import Fact, Product
from glabella.plan.goals.goal import Goal
from glabella.plan.place import Dose, total_units
from glabella.plan.plan import LineArea

# Doses of the treatments that were given before, by their place in the goal.
History = Mapping[int, tuple[Dose, ...]]
# Sums of parts of a unit are not exact.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Cap:
    """The most units of the goal's product, where that was read, and how it is said."""

    units: float
    source: str
    words: str


def whole_steps(units: float, step_units: float) -> float:
    """The largest whole number of steps that is not more than `units`."""
    return step_units * int(units / step_units + ROUNDING)


def area_cap(product: Product, area: LineArea) -> Cap:
    """The most units of an area: the label's, else those that a text gives for this product."""
    label = product.areas.get(area)
    if label is not None:
        most = label.most_units
        words = f"the label has {most.value:g} U {product.name} for {label.name.lower()}"
        return Cap(most.value, most.source, words)
    practice = facts.load().practice.get(area)
    named = (
        [
            (_most(practice, found), found.units.source)
            for found in practice.ranges
            if found.product == product.id
        ]
        if practice
        else []
    )
    if practice is None or not named:
        raise InputError(
            f"Glabella knows no units of {product.name} for the area `{area}`: neither its label "
            "nor a text that names it gives any. Choose another product, or leave the area out and "
            "chart it by hand."
        )
    # Where texts differ, the most careful one holds.
    most_units, source = min(named)
    words = f"a text gives at most {most_units:g} U {product.name} for {practice.name.lower()}"
    return Cap(most_units, source, words)


def point_cap(product: Product, area: LineArea) -> Cap:
    """The most units at one point of an area: the label's largest, else an even share of its most.

    Raises InputError as `area_cap` does.
    """
    label = product.areas.get(area)
    if label is not None:
        largest = max((site.units for site in label.sites), key=lambda units: units.value)
        words = f"the label has {largest.value:g} U {product.name} at a point"
        return Cap(largest.value, largest.source, words)
    whole = area_cap(product, area)
    units = whole.units / _points(facts.load().practice[area])
    return Cap(units, whole.source, f"{whole.words}, {units:g} U {product.name} at a point")


def _points(practice: PracticeArea) -> int:
    return sum(len(sides_of(row.site)) for row in practice.sites)


def _most(practice: PracticeArea, found: DoseRange) -> float:
    """The high end of a range, for the whole area."""
    sides = max(len(sides_of(row.site)) for row in practice.sites)
    return found.units.value[1] * {"total": 1, "side": sides, "point": _points(practice)}[found.per]


def session_caps(goal: Goal, history: History, *, step_units: float) -> tuple[Cap, ...]:
    """What else the session is held to: the goal's own limit and those of the product.

    Raises InputError where what was given before leaves no room for a single step.
    """
    product = facts.product(goal.product)
    caps = [*_of_product(goal, product, history)]
    for cap in caps:
        if cap.units < step_units - ROUNDING:
            when = _free_again(goal, product, history, step_units=step_units)
            raise InputError(
                f"No plan: {cap.words}, which leaves {max(cap.units, 0):g} U {product.name}. {when}"
            )
    if goal.most_units is not None:
        caps.append(
            Cap(goal.most_units, "", f"the goal allows {goal.most_units:g} U {product.name}")
        )
    return tuple(caps)


def _of_product(goal: Goal, product: Product, history: History) -> Iterator[Cap]:
    limits = product.limits
    if limits.session_units:
        today = _given(goal, history, after=goal.date - timedelta(days=1))
        yield _left(limits.session_units, product, today, "in one session")
    if limits.cumulative_units and limits.cumulative_days:
        days = limits.cumulative_days.value
        given = _given(goal, history, after=goal.date - timedelta(days=days))
        yield _left(limits.cumulative_units, product, given, f"in {days:g} days")


def _left(limit: Fact[float], product: Product, given: float, when: str) -> Cap:
    words = f"the limit is {limit.value:g} U {product.name} {when}"
    if given:
        words += f", and {given:g} U {product.name} were given before"
    return Cap(limit.value - given, limit.source, words)


def _given(goal: Goal, history: History, *, after: date) -> float:
    """Units of the goal's product that were given after a day."""
    doses = [
        dose
        for index, placed in history.items()
        if goal.treatments[index].product == goal.product and goal.treatments[index].date > after
        for dose in placed
    ]
    return total_units(tuple(doses), goal.product).amount


def _free_again(goal: Goal, product: Product, history: History, *, step_units: float) -> str:
    """From when a step fits under the limit of a period again."""
    limits = product.limits
    if limits.cumulative_units is None or limits.cumulative_days is None:
        return "Choose another day, or another product."
    for treatment in sorted(goal.treatments, key=lambda one: one.date):
        left = limits.cumulative_units.value - _given(goal, history, after=treatment.date)
        if left >= step_units:
            day = treatment.date + timedelta(days=limits.cumulative_days.value)
            return f"Wait until {max(day, goal.date):%d %B %Y}, or choose another product."
    return "Choose another product."
