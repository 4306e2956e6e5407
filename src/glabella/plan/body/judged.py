"""A body session under judgement: what each rule is given, and how numbers of labels become units.

A dose by weight is worth nothing without the weight: what needs it is None until it is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from glabella import facts
from glabella.face.frame import Side
from glabella.facts import Fact, Product
from glabella.facts.body import BodyLimits, BodyProtocol, Indication, MuscleDose, Per, Span
from glabella.plan.body.session import BodyInjection, BodySession, indication_of

NO_LIMITS = BodyLimits()
# Units are kept to the hundredth; a sum of them is never off by more.
NEAR = 1e-6
ROUNDED = 0.006


@dataclass(frozen=True, slots=True)
class Bounds:
    """From how many to how many units, and the fact that says so."""

    low: float
    high: float
    fact: Fact[Any]

    def words(self, unit: str = "U") -> str:
        if abs(self.low - self.high) < NEAR:
            return f"{self.high:g} {unit}"
        if self.low == 0:
            return f"at most {self.high:g} {unit}"
        return f"{self.low:g} to {self.high:g} {unit}"


@dataclass(frozen=True, slots=True)
class Group:
    """Injections that one limit is held against, with words for them."""

    words: str
    injections: tuple[BodyInjection, ...]

    @property
    def units(self) -> float:
        return round(sum(one.units for one in self.injections), 2)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedSession:
    """A session with what is known of its indication and product."""

    session: BodySession

    @property
    def indication(self) -> Indication:
        return indication_of(self.session.indication)

    @property
    def product(self) -> Product:
        return facts.product(self.session.product)

    @property
    def protocol(self) -> BodyProtocol | None:
        return self.session.protocol

    @property
    def limits(self) -> BodyLimits:
        return self.protocol.limits if self.protocol else NO_LIMITS

    @property
    def weight_kg(self) -> float | None:
        return self.session.patient.weight_kg

    @property
    def is_child(self) -> bool:
        return self.session.patient.age_years < facts.load().body.adult_years.value

    @property
    def units(self) -> float:
        return round(sum(one.units for one in self.session.injections), 2)

    def dose(self, target: str) -> MuscleDose | None:
        """What the protocol says of a muscle."""
        rows = self.protocol.muscles if self.protocol else ()
        return next((row for row in rows if row.target == target), None)

    def groups(self, per: Per, target: str = "") -> tuple[Group, ...]:
        """The session's injections, of one muscle or of all, as a limit counts them."""
        own = [one for one in self.session.injections if not target or one.target == target]
        what = target_name(target) if target else ""
        if per == "session":
            return (Group(what, tuple(own)),) if own else ()
        sides = {side: tuple(one for one in own if one.side is side) for side in Side}
        return tuple(
            Group(f"{what}, {side}" if what else f"{side} side", found)
            for side, found in sides.items()
            if found
        )

    def by_muscle(self) -> tuple[Group, ...]:
        """Each muscle on each side."""
        targets = dict.fromkeys(one.target for one in self.session.injections)
        return tuple(group for target in targets for group in self.groups("side", target))

    def at_weight(self, span: Fact[Span] | None) -> Bounds | None:
        """A dose by weight as units for this patient."""
        if span is None or self.weight_kg is None:
            return None
        low, high = span.value
        return Bounds(round(low * self.weight_kg, 2), round(high * self.weight_kg, 2), span)

    def muscle_units(self, dose: MuscleDose) -> Bounds | None:
        """Units of a muscle by its label, for this patient."""
        if dose.units is not None:
            return Bounds(*dose.units.value, dose.units)
        return self.at_weight(dose.units_per_kg)

    def total_units(self) -> Bounds | None:
        """Units in all by the label, for this patient: by weight, and never above the most."""
        limits = self.limits
        if limits.units is not None:
            return Bounds(*limits.units.value, limits.units)
        full, from_kg = limits.full_dose_units, limits.full_dose_from_kg
        if full and from_kg and self.weight_kg is not None and self.weight_kg >= from_kg.value:
            return Bounds(full.value, full.value, full)
        found = self.at_weight(limits.units_per_kg)
        if found is None or limits.most_units is None:
            return found
        most = limits.most_units
        if found.high <= most.value:
            return found
        return Bounds(min(found.low, most.value), most.value, most)

    @property
    def needs_weight(self) -> bool:
        by_muscle = self.protocol.muscles if self.protocol else ()
        return self.limits.units_per_kg is not None or any(row.units_per_kg for row in by_muscle)


def target_name(target: str) -> str:
    return facts.load().body_maps.targets[target].name


def names(targets: Iterable[str]) -> str:
    return ", ".join(target_name(target) for target in dict.fromkeys(targets))
