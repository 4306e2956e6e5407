"""Laws: what trials and injectors found in words, each tried on the model by an experiment.

A finding is a direction or an order, not a number. Its experiment runs forecasts or arms of a
trial and says what it expected and what it found. A law that the model does not hold is shown as
such; nothing is tuned to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from glabella import facts
from glabella.plan.parameters import Parameters, calibrated
from glabella.trials import (
    laws_of_dose,
    laws_of_mouth,
    laws_of_place,
    laws_of_skin,
    laws_of_time,
)
from glabella.trials.experiment import Found, Model

Experiment = Callable[[Model], Found]

EXPERIMENTS: dict[str, Experiment] = {
    experiment.__name__.replace("_", "-"): experiment
    for room in (laws_of_place, laws_of_dose, laws_of_time, laws_of_mouth, laws_of_skin)
    for experiment in room.EXPERIMENTS
}


@dataclass(frozen=True, slots=True)
class Law:
    """One published finding beside what the model does: what was expected, what was found."""

    id: str
    about: str
    says: str
    source: str
    expected: str
    found: str
    held: bool


def laws(parameters: Parameters | None = None) -> tuple[Law, ...]:
    """Try every finding that the model has a word for, in the order of findings.toml."""
    model = Model(parameters or calibrated())
    return tuple(
        _tried(finding, EXPERIMENTS[finding.id](model))
        for finding in facts.load().findings
        if finding.no_word is None
    )


def _tried(finding: facts.PublishedFinding, found: Found) -> Law:
    return Law(
        id=finding.id,
        about=finding.about,
        says=finding.value,
        source=finding.source,
        expected=found.expected,
        found=found.words,
        held=bool(found.held),
    )


def as_text(tried: tuple[Law, ...]) -> str:
    """Each law as a paragraph, then the findings that the model cannot be asked."""
    held = sum(law.held for law in tried)
    told = [
        f"{'held    ' if law.held else 'NOT HELD'}  {law.id}: {law.says} [{law.source}].\n"
        f"          expected: {law.expected}\n"
        f"          found: {law.found}"
        for law in tried
    ]
    silent = [
        f"  {finding.id}: {finding.no_word}"
        for finding in facts.load().findings
        if finding.no_word is not None
    ]
    head = f"Laws: {held} of {len(tried)} hold"
    tail = f"No word for {len(silent)} findings:\n" + "\n".join(silent)
    return "\n\n".join([head, "\n".join(told), tail]) + "\n"


def as_json(tried: tuple[Law, ...]) -> list[dict[str, object]]:
    """The laws as plain values."""
    return [asdict(law) for law in tried]
