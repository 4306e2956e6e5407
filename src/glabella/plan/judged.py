"""One treatment under judgement: what every rule is given, and how it speaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from glabella import facts
from glabella.face.frame import Face
from glabella.facts import Fact, Product
from glabella.plan.finding import Finding, Severity
from glabella.plan.place import Dose
from glabella.plan.plan import Plan, Treatment


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One treatment of a plan under judgement, with what came before it."""

    plan: Plan
    face: Face
    treatment: Treatment
    doses: tuple[Dose, ...]
    earlier: tuple[tuple[Treatment, tuple[Dose, ...]], ...]

    @property
    def product(self) -> Product:
        return facts.product(self.treatment.product)

    @property
    def meant(self) -> tuple[Dose, ...]:
        """The doses that are meant for muscles: all but droplets in the skin."""
        return tuple(dose for dose in self.doses if not dose.in_skin)

    @property
    def session(self) -> tuple[Dose, ...]:
        """All doses of this product on this day, those of its other treatments included."""
        return (*self.doses, *self._same_day())

    def area_doses(self, area: str) -> tuple[Dose, ...]:
        """The session's doses for the muscles of an area."""
        return tuple(dose for dose in self.session if dose.area == area and not dose.in_skin)

    @property
    def least_interval(self) -> Fact[float]:
        """Days from one treatment to the next by the label, or by practice where it says none."""
        limits = self.product.limits
        return limits.minimum_interval_days or facts.load().safety.retreatment_days

    @property
    def recent(self) -> tuple[Dose, ...]:
        """Doses of this day and of the interval before it, this treatment's own left out.

        What is added to a treatment is judged together with it.
        """
        days = self.least_interval.value
        return tuple(
            dose
            for treatment, placed in self.earlier
            if 0 <= (self.treatment.date - treatment.date).days < days
            for dose in placed
        )

    def _same_day(self) -> Iterator[Dose]:
        for treatment, placed in self.earlier:
            if treatment.date == self.treatment.date and treatment.product == self.product.id:
                yield from placed


def treated_areas(doses: Iterable[Dose]) -> set[str]:
    """The areas that doses treat; droplets treat the skin."""
    return {"skin" if dose.in_skin else dose.area for dose in doses}


def finding(
    code: str,
    severity: Severity,
    message: str,
    *,
    fact: Fact[Any] | None = None,
    mend: str = "",
    where: str = "",
) -> Finding:
    """A finding with the source of the fact that it stands on."""
    source = fact.source if fact else ""
    return Finding(
        code=code, severity=severity, message=message, mend=mend, source=source, where=where
    )
