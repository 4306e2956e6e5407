"""A correction as text to read in a terminal: the answer first, then what it stands on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date

from glabella import facts
from glabella.face.sites import site_facts
from glabella.plan.corrections.correction import Addition, Correction, Effect, Return
from glabella.plan.finding import Finding
from glabella.plan.plan import Injection

WIDTH = 96
CANNOT_TELL = "the model cannot tell, as too few drawn patients show it."
RULE = "!" * WIDTH


def as_text(told: Correction) -> str:
    """All that a clinician reads at the review, in the order in which it matters."""
    parts = [
        _alarm(told),
        _head(told),
        _noticed(told),
        _proposed(told),
        _refused(told),
        _returns(told),
        _eases(told),
        _findings("Where texts disagree", told.conflicts),
        _findings("Findings on the plan with what is added", told.findings),
        _cumulative(told),
        _agreement(told),
        _basis(told),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _alarm(told: Correction) -> str:
    if not told.alarms:
        return ""
    lines = [RULE, *(_wrapped(alarm.message) for alarm in told.alarms)]
    lines += [_wrapped(told.alarms[0].mend), _source(told.alarms[0].source), RULE]
    return "\n".join(lines)


def _head(told: Correction) -> str:
    when = f"Review of {day_of(told.today)}, day {told.day} after the treatment of "
    # The alarm above has said already what the headline says.
    answer = "Nothing else comes before that." if told.alarms else told.headline
    lines = [f"{when}{day_of(told.treated)}.", answer]
    if told.verdict == "too-early":
        first, best = day_of(told.judge_from), day_of(told.top_up_from)
        lines.append(f"It is judged from {first} on, best on {best}.")
    if told.verdict == "too-soon":
        lines.append(f"Wait until {day_of(told.top_up_from)}.")
    if told.verdict in ("too-early", "too-soon", "wait") and told.normal:
        lines += [
            "",
            *_titled(f"Normal on day {told.day}", told.normal),
            _source(told.normal_source),
        ]
    return "\n".join(lines)


def _noticed(told: Correction) -> str:
    if not told.noticed:
        return ""
    return "\n".join(["Noticed", *(f"  {_wrapped(one.message, 4)}" for one in told.noticed)])


def _proposed(told: Correction) -> str:
    lines: list[str] = []
    for one in told.proposed:
        lines += _addition(one)
    if not lines:
        return ""
    lines += ["  Chances of unwanted results, without and with it (accepted)"]
    lines += [
        f"    {risk.name:<22} {risk.without:>6.1%} {risk.after:>7.1%}  ({risk.limit:.1%})"
        for risk in told.risks
        if risk.after or risk.without
    ]
    title = "The injector's choice, against the advice to wait; texts disagree, see below"
    if not told.late:
        title = "What may be added; waiting is the other choice"
    return "\n".join([title, *lines])


def _addition(one: Addition) -> Iterator[str]:
    product = facts.product(one.treatment.product).name
    yield f"  {one.name}: {one.units:g} U {product} in {_count(one.points, 'point')}"
    for point in one.treatment.injections:
        yield f"    {point.units:g} U {product}, {place_words(point)}"
    yield f"    Why: {_wrapped(one.why, 6)}"
    for effect in one.effects:
        yield f"    {effect_words(effect)}"
    if one.rest:
        yield f"    {one.rest}"


def effect_words(effect: Effect) -> str:
    """From now to the full effect, with the interval, and what was asked."""
    if effect.unit == "chance":
        return (
            f"{effect.what}: now {effect.now:.0%}, two weeks after it {effect.after:.0%}, "
            f"without it {effect.without:.0%}; asked {effect.asked:.0%} or more"
        )
    unit = " mm" if effect.unit == "mm" else ""
    asked = "" if effect.asked is None else f"; asked {effect.asked:.1f}{unit} or less"
    return (
        f"{effect.what}: now {effect.now:.1f}{unit}, two weeks after it {effect.after:.1f} "
        f"[{effect.low:.1f} to {effect.high:.1f}]{unit}, without it {effect.without:.1f}{unit}"
        f"{asked}"
    )


def place_words(point: Injection) -> str:
    """Where a point lies, in words."""
    side = point.side.value if point.side else "midline"
    if point.site:
        return f"{site_facts(point.site).name}, {side}"
    where = f"{point.x_mm:g} mm from the midline" if point.x_mm else "in the midline"
    across = f"{where} on the {side}" if point.x_mm else where
    return f"{across}, {point.y_mm:g} mm above the canthi"


def _refused(told: Correction) -> str:
    if not told.refused:
        return ""
    lines = ["Not proposed"]
    for one in told.refused:
        lines += [f"  {one.name}: {_wrapped(one.why, 4)}", f"    {_source(one.source)}"]
    return "\n".join(line for line in lines if line.strip())


def _returns(told: Correction) -> str:
    if not told.returns:
        return ""
    title = "If nothing is added: predicted back (middle patient, and nine of ten)"
    return "\n".join([title, *(f"  {return_words(one)}" for one in told.returns), *_texts(told)])


def return_words(one: Return) -> str:
    """When something is back: dates, or that it is there already."""
    side = f" {one.side}" if one.side else ""
    when, what = one.when, f"{one.what[0].upper()}{one.what[1:]}{side}"
    if not one.explained:
        return f"{what}: {CANNOT_TELL}"
    middle = day_of(when.median) if when.median else "later than is followed"
    low = day_of(when.low) if when.low else "later"
    high = day_of(when.high) if when.high else "later"
    return f"{what}: {middle} ({low} to {high})"


def _texts(told: Correction) -> Iterator[str]:
    once = {(one.texts, one.source): one for one in told.returns if one.texts}
    for one in once.values():
        assert one.texts is not None
        low, high = one.texts
        name = facts.load().corrections.seen[one.code].name
        span = f"until day {high:g}" if not low else f"{low:g} to {high:g} days"
        until = f"until {day_of(one.text_dates[1])}" if one.text_dates else ""
        apart = " The forecast disagrees." if one.disagrees else ""
        yield f"  Texts on `{name}`: {span}, {until}.{apart} {_wrapped(one.note, 4)}".rstrip()
        yield f"    {_source(one.source)}"


def _eases(told: Correction) -> str:
    if not told.eases:
        return ""
    lines = ["What may ease it, and what is said to"]
    for one in told.eases:
        lines.append(f"  {one.name} [{one.grade}]: {_wrapped(' '.join(one.says), 4)}")
        lines += [f"    {_source(source)}" for source in one.sources]
    return "\n".join(line for line in lines if line.strip())


def _findings(title: str, findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    lines = [title]
    for one in findings:
        lines.append(f"  {one.severity.upper()} {one.code}: {_wrapped(one.message, 6)}")
        if one.mend:
            lines.append(f"      To mend: {one.mend}")
        lines.append(f"      {_source(one.source)}")
    return "\n".join(line for line in lines if line.strip())


def _cumulative(told: Correction) -> str:
    lines = []
    for one in told.cumulative:
        whole = one.given + one.added
        added = f" and {one.added:g} U would be added: {whole:g} U" if one.added else ""
        limit = (
            f"the label has {one.limit:g} U, {one.left:g} U are left"
            if one.limit is not None
            else "the label gives no limit for it: not known"
        )
        lines.append(f"  {one.name}: {one.given:g} U within {one.days} days{added}; {limit}.")
    return "\n".join(["Units so far; products are never added up", *lines])


def _agreement(told: Correction) -> str:
    if not told.agreement:
        return ""
    lines = [f"  {_wrapped(line, 4)}" for line in told.agreement]
    return "\n".join(["Where the review and the forecast disagree", *lines])


def _basis(told: Correction) -> str:
    learned = told.learned
    own = (
        f"Weighed by what was seen ({learned.effective:g} effective draws of {learned.drawn}). "
        if learned is not None and learned.used and learned.effective < learned.drawn
        else ""
    )
    return _wrapped(
        f"{own}Stands on {len(told.sources)} sources and {len(told.assumptions)} assumptions "
        f"(facts {told.facts_digest[:12]}); `--json` lists them. A proposal supports the "
        "injector's judgement; it does not replace it."
    )


def day_of(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _titled(title: str, words: str) -> list[str]:
    return [f"{title}: {_wrapped(words, 2)}"]


def _source(key: str) -> str:
    known = facts.load().sources.get(key)
    return f"Source: {known.citation}" if known and key != "glabella-model" else ""


def _wrapped(words: str, indent: int = 0) -> str:
    return f"\n{' ' * indent}".join(textwrap.wrap(words, WIDTH - indent))
