"""A protocol and a session's findings as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from glabella import facts
from glabella.facts.body import BodyProtocol, Code, Indication, MuscleDose, Span
from glabella.facts.schema import Fact
from glabella.plan.body.judged import JudgedSession, target_name
from glabella.plan.body.patient_rules import GUIDANCE_NAMES
from glabella.plan.body.session import BodySession, indication_of
from glabella.plan.body.unknown import not_known
from glabella.plan.finding import Finding

WIDTH = 96
NO_FORECAST = "No forecast: the model is calibrated for muscles of the face only."
MARKS = {"stop": "STOP", "warn": "warn", "note": "note"}


def list_text() -> str:
    """All indications with the products that a dose was seen of."""
    lines = []
    for key, indication in facts.load().body.indications.items():
        named = ", ".join(facts.product(one).name for one in indication.products) or "no product"
        lines.append(f"{key:28} {indication.name:34} {named}")
    return "\n".join(lines) + "\n"


def protocol_text(indication_id: str, product_id: str = "") -> str:
    """What sources say of an indication, with one product or with each."""
    indication = indication_of(indication_id)
    chosen = [product_id] if product_id else list(indication.products)
    lines = [indication.name, *_wrapped(indication.about.value, "  ")]
    if indication.scale:
        scale = facts.load().body.scales[indication.scale]
        lines += _wrapped(f"Before and after: {scale.name}. {scale.about.value}", "  ")
    lines += [line for code in indication.codes for line in _wrapped(_code(code), "  ")]
    for product in chosen:
        lines += ["", *_product(indication, product)]
    lines += ["", *(line for one in indication.remarks for line in _wrapped(one.value, "  "))]
    return "\n".join([*lines, "", f"  {NO_FORECAST}"]) + "\n"


def _product(indication: Indication, product_id: str) -> Iterator[str]:
    product = facts.product(product_id)
    protocol = indication.products.get(product_id)
    if protocol is None:
        yield f"{product.name}: no dose for {indication.name} was seen in a source."
        return
    yield f"{product.name} ({product.generic})"
    if code := facts.load().body.product_codes.get(product_id):
        yield f"  {_code(code)}"
    for words, fact in limit_rows(protocol):
        yield f"  {words:32} {fact}"
    for row in protocol.muscles:
        yield f"    {target_name(row.target):32} {muscle_words(row)}"
    for one in (protocol.needle, protocol.guidance_text, *protocol.technique):
        if one:
            yield from _wrapped(one.value, "  ")
    for caution in (*protocol.contraindications, *protocol.cautions):
        yield from _wrapped(caution.text.value, "  ! ")
    if product.boxed_warning:
        yield from _wrapped(f"Boxed warning: {product.boxed_warning.value}", "  ! ")
    if missing := not_known(indication, product_id):
        yield from _wrapped(f"Not known: {'; '.join(missing)}.", "  ")
    sources = sorted({fact.source for _, fact in facts.walk(protocol)})
    yield from _wrapped(f"Sources: {', '.join(sources)}.", "  ")


def limit_rows(protocol: BodyProtocol) -> list[tuple[str, str]]:
    """The limits of a protocol as words and values, those that are known."""
    limits = protocol.limits
    per = "on each side" if limits.units_per == "side" else "in all"
    named: tuple[tuple[str, Fact[Span] | Fact[float] | None, str], ...] = (
        (f"units {per}", limits.units, "U"),
        (f"units {per} by weight", limits.units_per_kg, "U/kg"),
        ("units at most", limits.most_units, "U"),
        ("whole dose from", limits.full_dose_from_kg, "kg"),
        ("whole dose", limits.full_dose_units, "U"),
        ("all limbs together", limits.combined_units, "U"),
        ("all limbs together by weight", limits.combined_per_kg, "U/kg"),
        (f"sites {per}", limits.sites, ""),
        ("units at a site", limits.site_units, "U"),
        ("units at a site at most", limits.site_most_units, "U"),
        ("volume at a site", limits.site_ml, "mL"),
        ("muscles at most", limits.muscles, ""),
        ("interval", limits.interval_days, "days"),
        ("units within the window", limits.window_units, "U"),
        ("window", limits.window_days, "days"),
        ("from age", limits.least_age_years, "years"),
        ("to age", limits.most_age_years, "years"),
    )
    rows = [(words, f"{_value(fact)} {unit}".strip()) for words, fact, unit in named if fact]
    mixes = ", ".join(
        f"{d.vial_units:g} U in {d.diluent_ml.value:g} mL" for d in protocol.dilutions
    )
    ways = ", ".join(GUIDANCE_NAMES[one] for one in protocol.guidance)
    return rows + [(w, t) for w, t in (("dilution", mixes), ("guidance", ways)) if t]


def muscle_words(row: MuscleDose) -> str:
    """Units and sites of a muscle, or that they are not known."""
    per = "on each side" if row.per == "side" else "in all"
    units = (
        f"{_value(row.units)} U"
        if row.units
        else f"{_value(row.units_per_kg)} U/kg"
        if row.units_per_kg
        else f"at most {row.most_units.value:g} U"
        if row.most_units
        else "units not known"
    )
    known = row.units or row.units_per_kg or row.most_units
    sites = f", {_value(row.sites)} {_site_word(row.sites.value[1])}" if row.sites else ""
    return f"{units}{f' {per}' if known else ''}{sites}"


def _site_word(count: float) -> str:
    return "site" if count == 1 else "sites"


def session_text(session: BodySession, findings: tuple[Finding, ...]) -> str:
    """A session with its findings."""
    judged = JudgedSession(session)
    name = judged.product.name
    count = len(session.injections)
    lines = [
        session.title or judged.indication.name,
        f"  {judged.units:g} U {name} in {count} {_site_word(count)} on {session.date}",
        *(
            f"    {group.words:40} {group.units:6g} U {name} in {len(group.injections)}"
            for group in judged.by_muscle()
        ),
        "",
    ]
    for one in findings:
        lines += _wrapped(f"{MARKS[one.severity]}  {one.message} {one.mend}".strip(), "  ")
    return "\n".join(lines) + "\n"


def _code(code: Code) -> str:
    return f"{code.system} {code.code}: {code.text.value}"


def _value(fact: Fact[Span] | Fact[float]) -> str:
    if isinstance(fact.value, tuple):
        low, high = fact.value
        if low == high:
            return f"{high:g}"
        return f"up to {high:g}" if low == 0 else f"{low:g} to {high:g}"
    return f"{fact.value:g}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent))
