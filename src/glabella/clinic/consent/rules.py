"""What a consent needs, and which treatments it is for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from glabella import facts
from glabella.clinic.charted import Charted
from glabella.clinic.patients.measures import AREA_NAMES
from glabella.errors import RecordError
from glabella.plan.finding import Finding

NEVER_OVERRIDDEN = frozenset({"consent-withdrawn"})
WHO = "An injector, a prescriber or a supervisor can."


class ConsentRefused(RecordError):
    """The consent cannot be kept as it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One consent as the gate sees it."""

    state: str
    areas: frozenset[str]
    products: frozenset[str]
    valid_until: date
    signed_at: datetime | None
    withdrawn_at: datetime | None


def check_for(areas: Sequence[str], products: Sequence[str]) -> None:
    if not areas:
        raise ConsentRefused("Choose what the consent is for: at least one area.")
    if not products:
        raise ConsentRefused("Choose the product, or the products, that may be used.")
    if unknown := set(products) - set(facts.load().products):
        raise ConsentRefused(f"Glabella does not know the product `{unknown.pop()}`.")


def check_told(
    *, risks: Iterable[str], discussed: Iterable[str], alternatives: bool, off_label: bool
) -> None:
    """Refuse a consent of which a step was left out."""
    known, left = facts.load().before.risks, set(risks) - set(discussed)
    if left:
        raise ConsentRefused(f"Not discussed yet: {known[min(left)].name}.")
    if not alternatives:
        raise ConsentRefused("Speak about what else there is, doing nothing included.")
    if not off_label:
        raise ConsentRefused("Say what lies outside the label.")


def check_answered(*, questions: str, replies: str) -> None:
    if questions.strip() and not replies.strip():
        raise ConsentRefused("There are questions without an answer.")


def check_signer(*, signer: str, name: str, relation: str, is_minor: bool) -> None:
    if not name.strip():
        raise ConsentRefused("Write the name of who signs.")
    if is_minor and signer != "representative":
        raise ConsentRefused("The patient is under age: somebody with the right to must sign.")
    if signer == "representative" and not relation.strip():
        raise ConsentRefused("Say by what right this person signs, such as parent or guardian.")


def check_text(title: str, body: str) -> None:
    if not title.strip() or len(body.strip()) < 1:
        raise ConsentRefused("The text needs a title and words.")


def free_from(signed_at: datetime, *, cooling_off_hours: int) -> datetime:
    return signed_at + timedelta(hours=cooling_off_hours)


def _stop(code: str, message: str, mend: str, source: str = "") -> Finding:
    mend = f"{mend} {WHO}"
    return Finding(code=code, severity="stop", message=message, mend=mend, source=source)


def findings_of(
    consents: Sequence[Standing], charted: Charted, *, now: datetime, cooling_off_hours: int
) -> list[Finding]:
    """Whether the consents of a patient, latest first, cover what is charted."""
    good = [
        one
        for one in consents
        if one.state == "taken" and not one.withdrawn_at and one.valid_until >= charted.on
    ]
    if not good:
        return [_none_good(consents)]
    ripe = [one for one in good if _ripe(one, now=now, hours=cooling_off_hours)]
    if left := _uncovered(good, charted):
        return [_not_for(good, charted, left)]
    if _uncovered(ripe, charted) or not ripe:
        return [_cooling(good, hours=cooling_off_hours)]
    return []


def _ripe(one: Standing, *, now: datetime, hours: int) -> bool:
    return one.signed_at is not None and free_from(one.signed_at, cooling_off_hours=hours) <= now


def _uncovered(consents: Iterable[Standing], charted: Charted) -> set[str]:
    """Areas that no consent covers with all the products; `product` stands for those alone."""
    fitting = [one for one in consents if charted.products <= one.products]
    covered = frozenset[str]().union(*(one.areas for one in fitting))
    left = set(charted.areas - covered)
    return left | ({"product"} if charted.products and not fitting else set())


def _none_good(consents: Sequence[Standing]) -> Finding:
    last = consents[0] if consents else None
    if last is None:
        return _stop("no-consent", "There is no consent.", "Talk it through and take it.")
    if last.withdrawn_at:
        when = f"{timezone.localtime(last.withdrawn_at):%d %b %Y, %H:%M}"
        return _stop("consent-withdrawn", f"The consent was withdrawn on {when}.", "Ask again.")
    if last.state == "open":
        return _stop("no-consent", "The consent is not signed yet.", "Let the patient sign.")
    if last.state == "signed":
        return _stop(
            "no-consent", "The patient signed; nobody has taken the consent yet.", "Take it."
        )
    return _stop(
        "consent-over", f"The consent stood until {last.valid_until:%d %b %Y}.", "Take a new one."
    )


def _not_for(good: Sequence[Standing], charted: Charted, left: set[str]) -> Finding:
    areas = [AREA_NAMES.get(area, area).lower() for area in sorted(left - {"product"})]
    products = charted.products - frozenset[str]().union(*(one.products for one in good))
    names = [facts.product(code).name for code in sorted(products)]
    what = ", ".join([*areas, *names]) or "these products together"
    return _stop(
        "consent-not-for", f"The consent is not for: {what}.", "Talk it through and take a new one."
    )


def _cooling(good: Sequence[Standing], *, hours: int) -> Finding:
    signed = [one.signed_at for one in good if one.signed_at]
    until = timezone.localtime(free_from(max(signed), cooling_off_hours=hours))
    time = facts.load().before.time_to_decide
    return _stop(
        "cooling-off",
        f"This clinic waits {hours} hours from consent to treatment: until "
        f"{until:%d %b %Y, %H:%M}. {time.value}",
        "Treat after that.",
        time.source,
    )
