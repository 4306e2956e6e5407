"""What a privilege is for: a technique and an area, under one code.

An area of the face in which toxin goes into muscle has its own code ("glabella"); droplets in the
skin have "droplets:" before their region; what lies in no named area is "elsewhere".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from glabella import facts
from glabella.clinic.patients.measures import AREA_NAMES

ELSEWHERE = "elsewhere"
DRAWN = "drawn"
IN_MUSCLE, IN_SKIN = "Toxin in muscle", "Droplets in the skin"
DROPLETS = "droplets:"


@dataclass(frozen=True, slots=True)
class Scope:
    """One technique in one area."""

    code: str
    name: str
    technique: str

    @property
    def words(self) -> str:
        lower = f"{self.name[0].lower()}{self.name[1:]}"
        return f"droplets, {lower}" if self.technique == IN_SKIN else lower


class Lies(Protocol):
    """A point as far as its place tells what it is for."""

    @property
    def area(self) -> str: ...

    @property
    def region(self) -> str: ...


def scope_of(point: Lies) -> str:
    """The code of what a point of the chart is for."""
    if not point.region:
        return point.area or ELSEWHERE
    named = point.region in facts.load().model.skin.regions
    return f"{DROPLETS}{point.region if named else DRAWN}"


def scopes() -> dict[str, Scope]:
    """Every technique and area that the facts know, by its code."""
    muscle = {code: Scope(code, name, IN_MUSCLE) for code, name in AREA_NAMES.items()}
    muscle[ELSEWHERE] = Scope(ELSEWHERE, "Outside the named areas", IN_MUSCLE)
    skin = {
        f"{DROPLETS}{code}": Scope(f"{DROPLETS}{code}", region.name, IN_SKIN)
        for code, region in facts.load().model.skin.regions.items()
    }
    drawn = Scope(f"{DROPLETS}{DRAWN}", "A region drawn by hand", IN_SKIN)
    return muscle | skin | {drawn.code: drawn}


def scope_words(codes: Iterable[str]) -> str:
    """Areas as a sentence names them, in their fixed order."""
    known, asked = scopes(), set(codes)
    named = [scope.words for code, scope in known.items() if code in asked]
    return ", ".join([*named, *sorted(asked - known.keys())])


def product_kinds() -> dict[str, str]:
    """Each generic name with the products that bear it."""
    kinds: dict[str, list[str]] = {}
    for product in facts.load().products.values():
        kinds.setdefault(product.generic, []).append(product.name)
    return {generic: f"{generic} ({', '.join(names)})" for generic, names in kinds.items()}


def kind_of(product: str) -> str:
    """The generic name of a product."""
    known = facts.load().products.get(product)
    return known.generic if known else product


def product_name(product: str) -> str:
    known = facts.load().products.get(product)
    return known.name if known else product
