"""Limits over time: intervals, and units of one product over all indications, the face too.

Units of two products are never added. Where one label counts another product against its own
limit, each product's share of that limit is taken, and the shares are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from glabella import facts
from glabella.facts import Fact
from glabella.plan.body.judged import ROUNDED, JudgedSession
from glabella.plan.body.session import Given, indication_of
from glabella.plan.finding import Finding
from glabella.plan.judged import finding
from glabella.plan.together import counted_together

OTHER_TOXIN = "other-toxin-recently"


def interval(judged: JudgedSession) -> Iterator[Finding]:
    """Days since this indication was last treated, with whatever product."""
    session, own = judged.session, judged.limits.interval_days
    least = own or judged.product.limits.minimum_interval_days
    before = [
        one
        for one in session.earlier
        if one.indication == session.indication and one.date < session.date
    ]
    if not before or least is None:
        return
    last = max(before, key=lambda one: one.date)
    days = (session.date - last.date).days
    if days < least.value:
        told = "" if own else f" That is the interval of {judged.product.name} in general."
        yield finding(
            "interval",
            "warn",
            f"Day {days} after {judged.indication.name} was last treated "
            f"({facts.product(last.product).name}): the interval is {least.value:g} days.{told}",
            fact=least,
            mend=f"Wait until {last.date + timedelta(days=least.value)}, or record why.",
        )


def window(judged: JudgedSession) -> Iterator[Finding]:
    """Units of this indication over its own period, such as 30 days."""
    limits, session = judged.limits, judged.session
    if limits.window_units is None or limits.window_days is None:
        return
    earlier = [
        one
        for one in _within(judged, limits.window_days)
        if one.product == session.product and one.indication == session.indication
    ]
    given = round(judged.units + sum(one.units for one in earlier), 2)
    if given > limits.window_units.value + ROUNDED:
        yield finding(
            "window-maximum",
            "stop",
            f"{given:g} U {judged.product.name} for {judged.indication.name} within "
            f"{limits.window_days.value:g} days: the limit is {limits.window_units.value:g} U.",
            fact=limits.window_units,
            mend="Lower the units or wait.",
        )


def session_maximum(judged: JudgedSession) -> Iterator[Finding]:
    """All that is given of this product on one day, over all indications."""
    limits, session = judged.product.limits, judged.session
    if limits.session_units is None or limits.session_of == "face":
        return
    same_day = [
        one
        for one in session.earlier
        if one.date == session.date and one.product == session.product
    ]
    given = round(judged.units + sum(one.units for one in same_day), 2)
    if given > limits.session_units.value + ROUNDED:
        yield finding(
            "session-maximum",
            "stop",
            f"{given:g} U {judged.product.name} in one session{_named(same_day)}: the limit over "
            f"all indications is {limits.session_units.value:g} U.",
            fact=limits.session_units,
            mend="Lower the units.",
        )


def cumulative(judged: JudgedSession) -> Iterator[Finding]:
    """Units of this product over the label's period, over all indications, the face too."""
    limits, session = judged.product.limits, judged.session
    most, days = limits.cumulative_units, limits.cumulative_days
    if most is None or days is None:
        return
    if judged.is_child:
        yield finding(
            "cumulative-not-known",
            "note",
            f"The limit of {judged.product.name} over several months was seen for adults only; "
            "that of children is not known here.",
            fact=most,
        )
        return
    earlier = _within(judged, days)
    own = [one for one in earlier if one.product == session.product]
    given = round(judged.units + sum(one.units for one in own), 2)
    if given > most.value + ROUNDED:
        yield finding(
            "cumulative-maximum",
            "stop",
            f"{given:g} U {judged.product.name} within {days.value:g} days{_named(own)}: the limit "
            f"over all indications is {most.value:g} U.",
            fact=most,
            mend="Lower the units or wait.",
        )
    else:
        yield from counted_together(judged.product, given, _by_product(earlier))


def other_toxins(judged: JudgedSession) -> Iterator[Finding]:
    """Another toxin not long ago: its units cannot be added, and labels list it as interacting."""
    least = judged.product.limits.cumulative_days or judged.product.limits.minimum_interval_days
    if least is None:
        return
    pair = facts.load().body.counted_together.get(judged.session.product)
    others = {
        one.product: one
        for one in _within(judged, least)
        if one.product != judged.session.product and not (pair and one.product == pair.product)
    }
    caution = next(
        (one.text for one in judged.product.interactions if one.code == OTHER_TOXIN), None
    )
    for product, one in others.items():
        yield finding(
            "other-toxin",
            "warn",
            f"{one.units:g} U {facts.product(product).name} {_where(one)} on {one.date}: units of "
            f"two products cannot be added, so no limit over both is known."
            f"{f' {caution.value}' if caution else ''}",
            fact=caution,
            mend="Weigh it, and record why.",
        )


def _by_product(earlier: list[Given]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for one in earlier:
        sums[one.product] = sums.get(one.product, 0.0) + one.units
    return sums


def _within(judged: JudgedSession, days: Fact[float]) -> list[Given]:
    """What was given in the days before the session and on its day."""
    since = judged.session.date - timedelta(days=days.value)
    return [one for one in judged.session.earlier if one.date > since]


def _where(one: Given) -> str:
    return f"for {indication_of(one.indication).name}" if one.indication else "in the face"


def _named(earlier: list[Given]) -> str:
    """The earlier sessions that count, so that nobody has to look for them."""
    if not earlier:
        return ""
    told = ", ".join(f"{one.units:g} U {_where(one)} on {one.date}" for one in earlier)
    return f", with {told}"
