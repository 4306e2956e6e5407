"""What is spoken about before a consent: risks of the areas, and use outside the label."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from glabella import facts
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.facts.before import Risk
from glabella.facts.safety import Complication


class ToldRisk(msgspec.Struct, frozen=True, kw_only=True):
    """A risk as it was told on that day, with how often and how long where a source says so."""

    code: str
    name: str
    what: str
    often: tuple[str, ...] = ()
    lasts: str = ""
    source: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """All that was told: risks, and what lies outside the label."""

    risks: tuple[ToldRisk, ...]
    off_label: tuple[str, ...] = ()
    alternatives: bool = True
    photos: dict[str, bool] = {}


def _often(known: Complication | None) -> tuple[str, ...]:
    if known is None:
        return ()
    sources = facts.load().sources
    return tuple(
        f"{rate.value:g} %: {(rate.note or '').rstrip('.')} ({sources[rate.source].citation})"
        for rate in known.rates
    )


def _lasts(known: Complication | None) -> str:
    if known is None or known.lasts_days is None:
        return ""
    low, high = known.lasts_days.value
    return f"Lasts {low:g} to {high:g} days" if low else f"Gone within {high:g} days"


def _risk(code: str, risk: Risk) -> ToldRisk:
    known = facts.load().safety.complications.get(risk.complication or "")
    return ToldRisk(
        code=code,
        name=risk.name,
        what=risk.what.value,
        often=_often(known),
        lasts=_lasts(known),
        source=facts.load().sources[risk.what.source].citation,
    )


def risks_of(areas: Iterable[str]) -> tuple[ToldRisk, ...]:
    """The risks of these areas, those of every treatment among them."""
    wanted = set(areas)
    return tuple(
        _risk(code, risk)
        for code, risk in facts.load().before.risks.items()
        if not risk.areas or wanted & set(risk.areas)
    )


def off_label(areas: Iterable[str], products: Iterable[str]) -> tuple[str, ...]:
    """Which areas the labels of the products do not cover, in words."""
    wanted = list(areas)
    lines = []
    for code in products:
        product = facts.product(code)
        beyond = [
            AREA_NAMES.get(area, area).lower() for area in wanted if area not in product.areas
        ]
        if beyond:
            lines.append(
                f"{product.name}: its label does not cover {', '.join(beyond)}. "
                "Such use is off label: it rests on practice and studies, not on an approval."
            )
    return tuple(lines)


def sections(body: str) -> list[tuple[str, str]]:
    """Heading and words of each part of a text."""
    parts: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("#"):
            parts.append((line.lstrip("# ").strip(), []))
        elif line.strip() or parts:
            if not parts:
                parts.append(("", []))
            parts[-1][1].append(line)
    return [(heading, "\n".join(lines).strip()) for heading, lines in parts]
