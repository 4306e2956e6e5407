"""Milliseconds of one forecast, as the clinic asks for it while points are dragged."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bench.measure import Figures, cpu_seconds, print_table
from glabella.plan import forecast, read_plan

EXAMPLES = Path(__file__).parents[1] / "examples"
PLANS = ("three-areas", "first-visit", "second-treatment")
AIM_MS = 20.0
HEAD = ("", "ms", "least to most", "first call")


def run(*, calls: int) -> None:
    """Measure and print: warm calls take turns over the plans."""
    plans = {
        name: read_plan((EXAMPLES / f"{name}.json").read_text(encoding="utf-8")) for name in PLANS
    }
    first = {name: 1000 * cpu_seconds(partial(forecast, plan)) for name, plan in plans.items()}
    warm: dict[str, list[float]] = {name: [] for name in plans}
    for _ in range(calls):
        for name, plan in plans.items():
            warm[name].append(1000 * cpu_seconds(partial(forecast, plan)))
    found = {name: Figures.of(times) for name, times in warm.items()}
    reached = found[PLANS[0]].median
    word = "reached" if reached <= AIM_MS else "missed"
    print_table(
        f"Forecast of one plan, warm, CPU milliseconds of one thread, {calls} calls",
        HEAD,
        [[name, *times.show(".1f"), f"{first[name]:.0f}"] for name, times in found.items()],
        note=[f"Aim: {AIM_MS:g} ms for {PLANS[0]}; {word} with {reached:.1f} ms."],
    )
