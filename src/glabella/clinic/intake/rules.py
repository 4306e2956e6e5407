"""What follows from the answers of a history, and how long it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from glabella import facts
from glabella.clinic.intake.answers import Answers, Confirmed, EarlierToxin
from glabella.clinic.intake.questions import DYSMORPHIA, EARLIER_TOXIN, asked, name_of
from glabella.errors import RecordError
from glabella.facts import Caution, Fact
from glabella.plan.finding import Finding, Severity

# Findings whose matter is the note, not a caution.
NOTES = frozenset({"bruising-medicines"})


class IntakeRefused(RecordError):
    """The history cannot be kept as it is."""


def check_answers(answers: Answers, *, today: date) -> None:
    """Refuse a history with questions left open, or with toxin in the future."""
    if missing := sorted(set(asked()) - set(answers.said)):
        raise IntakeRefused(f"There is no answer yet to: {asked()[missing[0]].text}")
    if any(one.on > today for one in answers.earlier):
        raise IntakeRefused("An earlier treatment lies in the future. Check its date.")


def check_last(number: int, *, last: int) -> None:
    """Only the last history counts, so only that one is gone through."""
    if number != last:
        raise IntakeRefused("A newer history came in meanwhile. Go through that one.")


def check_confirmed(answers: Answers, confirmed: Iterable[Confirmed]) -> None:
    """Every answer that matters is gone through, and one that does not stand says why."""
    found = {one.code: one for one in confirmed}
    for code in answers.to_heed():
        if code not in found:
            raise IntakeRefused(f"Not gone through yet: {name_of(code)}.")
        if not found[code].stands and not found[code].note.strip():
            raise IntakeRefused(f"{name_of(code)}: say why the answer does not stand.")


def conditions_of(answers: Answers, confirmed: Iterable[Confirmed]) -> list[str]:
    """The conditions that plans are held against: answers that stand, of what the facts know."""
    known = facts.load().conditions
    stand = {one.code for one in confirmed if one.stands}
    return [code for code in answers.to_heed() if code in stand and code in known]


def is_stale(at: datetime, *, now: datetime, days: int) -> bool:
    return now - at > timedelta(days=days)


def _of(caution: Caution, severity: Severity, words: str) -> Finding:
    name = facts.load().conditions[caution.code].name
    return Finding(
        code=f"screening:{caution.code}",
        severity=severity,
        message=f"{words}{name}. {caution.text.value}",
        source=caution.text.source,
    )


def cautions(conditions: Iterable[str]) -> list[Finding]:
    """What holds whatever the product: cautions beyond the labels."""
    found = set(conditions)
    return [
        _of(one, "note" if one.code in NOTES else "warn", "")
        for one in facts.load().safety.screening
        if one.code in found
    ]


def always_stops(conditions: Iterable[str]) -> list[Finding]:
    """What every product on the shelf is contraindicated with."""
    found, products = set(conditions), list(facts.load().products.values())
    first = {one.code: one for one in products[0].contraindications}
    common = set(first).intersection(
        *({one.code for one in product.contraindications} for product in products)
    )
    return [
        _of(one, "stop", "Contraindicated with every product here: ")
        for code, one in first.items()
        if code in common & found
    ]


def by_product(conditions: Iterable[str]) -> dict[str, list[tuple[str, Severity, Fact[str]]]]:
    """For each product what its label says of these conditions: (code, severity, text)."""
    found = set(conditions)
    kinds: tuple[tuple[str, Severity], ...] = (
        ("contraindications", "stop"),
        ("warnings", "warn"),
        ("interactions", "warn"),
    )
    return {
        product.id: [
            (one.code, severity, one.text)
            for group, severity in kinds
            for one in getattr(product, group)
            if one.code in found
        ]
        for product in facts.load().products.values()
    }


def earlier_within(earlier: Iterable[EarlierToxin], *, on: date) -> list[Finding]:
    """Toxin that was given elsewhere within its interval, counted on the day of treatment."""
    return [found for one in earlier for found in _within(one, on=on)]


def _within(one: EarlierToxin, *, on: date) -> list[Finding]:
    known = facts.load()
    product = known.products.get(one.product)
    own = product.limits.minimum_interval_days if product else None
    interval = own or known.safety.retreatment_days
    days = (on - one.on).days
    if not 0 <= days < interval.value:
        return []
    where = f" at {one.where}" if one.where else ""
    whose = "the label's interval" if own else "the usual interval"
    return [
        Finding(
            code="toxin-elsewhere",
            severity="warn",
            message=f"{one.amount}{where}, {days} days ago: {whose} is {interval.value:g} days.",
            mend=f"Wait until {one.on + timedelta(days=int(interval.value)):%d %b %Y}, "
            "or clear it with the prescriber.",
            source=interval.source,
        )
    ]


def appearance(answers: Answers, confirmed: Mapping[str, Confirmed]) -> list[Finding]:
    """Answers about one's looks that ask for a talk; our own questions, and no diagnosis."""
    told = [
        code
        for code, one in answers.said.items()
        if (code.startswith("looks-") or code == DYSMORPHIA)
        and one.answer != "no"
        and (code not in confirmed or confirmed[code].stands)
    ]
    if not told:
        return []
    before = facts.load().before
    return [
        Finding(
            code="screening:appearance",
            severity="warn",
            message=f"{len(told)} of the questions on looks ask for a talk. "
            f"{before.dysmorphia_tool.value} {before.expectations.value}",
            mend="Talk about it before consent; a tested questionnaire can be noted beside it.",
            source=before.dysmorphia_tool.source,
        )
    ]


def age(years: int) -> list[Finding]:
    """What is said of a patient under age, whatever the product."""
    under = facts.load().before.under_18
    if years >= adult_years():
        return []
    return [
        Finding(
            code="under-age",
            severity="stop",
            message=f"The patient is {years}. {under.value}",
            mend="Do not treat for looks. A treatment for an illness has its own chart.",
            source=under.source,
        )
    ]


def adult_years() -> int:
    """From which age the labels of the products hold."""
    limits = (product.limits.minimum_age_years for product in facts.load().products.values())
    return max(int(one.value) for one in limits if one)


def untold(*, conditions: Iterable[str], earlier: Iterable[EarlierToxin]) -> bool:
    """Whether earlier toxin was said to be there and no line tells which and when."""
    return EARLIER_TOXIN in set(conditions) and not list(earlier)
