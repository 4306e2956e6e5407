"""What a forecast stands on: the sources and assumptions behind its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from glabella import facts
from glabella.plan.plan import AreaId, Plan


@dataclass(frozen=True, slots=True)
class Basis:
    """Sources by key with their citation, and the assumptions as sentences."""

    sources: dict[str, str]
    assumptions: tuple[str, ...]


def basis(plan: Plan) -> Basis:
    """Sources and assumptions of the products, the anatomy and the model that a plan uses.

    Areas outside the label that are treated whole bring the texts that tell of them.
    """
    products = frozenset(treatment.product for treatment in plan.treatments)
    areas = frozenset(area for one in plan.treatments for area in one.areas or {})
    return _of(products, areas)


@lru_cache(maxsize=64)
def _of(products: frozenset[str], areas: frozenset[AreaId]) -> Basis:
    known = facts.load()
    rooms = [f"products.{name}." for name in products] + [f"practice.{area}." for area in areas]
    used = [
        (path, fact)
        for path, fact in facts.walk(known)
        if path.startswith(("anatomy.", "model.", *rooms))
    ]
    cited = {fact.source for _, fact in used}
    fitted = (
        {residual.row for residual in known.calibration.residuals} if known.calibration else set()
    )
    cited |= {row.source for row in known.literature if row.id in fitted}
    return Basis(
        sources={key: known.sources[key].citation for key in sorted(cited)},
        assumptions=tuple(
            f"{path}: {fact.value if not isinstance(fact.value, tuple) else 'outline'} {fact.unit}"
            f" ({fact.reason})"
            for path, fact in used
            if fact.kind == "assumption"
        ),
    )
