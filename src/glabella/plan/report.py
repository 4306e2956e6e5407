"""A forecast as text to read in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from glabella import facts
from glabella.face.frame import Side
from glabella.plan.finding import Finding
from glabella.plan.result import Curve, Forecast, Interval, Learned

SHOWN_DAYS = (0, 1, 3, 7, 14, 30, 60, 90, 120, 150, 180)
# A muscle that keeps at least this much in nine patients of ten is not listed.
UNTOUCHED = 0.98
# Heights and widths are written to this many mm.
SHOWN_MM = 0.1
GRADES = "0 none, 1 mild, 2 moderate, 3 severe"


def as_text(forecast: Forecast, days: Sequence[int] = SHOWN_DAYS) -> str:
    """The day tables, dates, risks, findings and the basis, in this order."""
    parts = [
        _header(forecast),
        _lines(forecast, days),
        _strength(forecast, days),
        _brow(forecast, days),
        _mouth_and_jaw(forecast, days),
        _skin(forecast, days),
        _courses(forecast),
        _risks(forecast),
        findings_text(forecast.findings),
        _basis(forecast),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _header(forecast: Forecast) -> str:
    names = " and ".join(facts.product(product).name for product in forecast.products)
    return (
        f"Forecast from {forecast.start:%d %B %Y}, {names}.\n"
        f"Medians with 90% intervals over {forecast.drawn} drawn patients. A forecast supports "
        "the injector's judgement; it does not replace it.\n" + learned_words(forecast.learned)
    ).rstrip()


def learned_words(learned: Learned | None) -> str:
    """Whose forecast or proposal it is: the population's, or this patient's own."""
    if learned is None:
        return ""
    seen = "1 review" if learned.reviews == 1 else f"{learned.reviews} reviews"
    if learned.used:
        return f"This patient's own: weighed by {seen} ({learned.effective:g} effective draws)."
    return (
        f"The population's: too few drawn patients ({learned.effective:g}) explain what was seen "
        f"at {seen}."
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns aligned by width: the first to the left, the others to the right."""
    everything = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in everything) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index < 2 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in everything
    )


def _on(forecast: Forecast, days: Sequence[int]) -> list[int]:
    return [forecast.days.index(day) for day in days if day in forecast.days]


def _day_cells(forecast: Forecast, index: int) -> list[str]:
    day = forecast.days[index]
    return [f"day {day}", f"{forecast.start + timedelta(days=day):%d %b %Y}"]


def _name(area: str, side: Side) -> str:
    return area if side is Side.MIDLINE else f"{area} {side}"


def _lines(forecast: Forecast, days: Sequence[int]) -> str:
    if not forecast.grades:
        return "Lines: no baseline grade in the plan, so no grade is forecast."
    head = ["", ""]
    for course in forecast.grades:
        head += [f"{_name(course.area, course.side)} at {course.at}", "none/mild"]
    rows = []
    for index in _on(forecast, days):
        row = _day_cells(forecast, index)
        for course in forecast.grades:
            row += [_with_interval(course.grade, index, 1), f"{course.none_or_mild[index]:.0%}"]
        rows.append(row)
    return f"Line grades ({GRADES}) and the share of patients rated none or mild\n" + table(
        head, rows
    )


def _with_interval(curve: Curve, index: int, digits: int) -> str:
    low, high = curve.low[index], curve.high[index]
    return f"{curve.median[index]:.{digits}f} [{low:.{digits}f} to {high:.{digits}f}]"


def _strength(forecast: Forecast, days: Sequence[int]) -> str:
    known = facts.load().anatomy.muscles
    shown = _on(forecast, [day for day in days if day > 0])
    rows = [
        [
            f"{known[course.muscle].name.split(',')[0]} {course.side}",
            "",
            *(
                f"{course.strength.median[i]:.0%} [{course.strength.low[i]:.0%} to "
                f"{course.strength.high[i]:.0%}]"
                for i in shown
            ),
        ]
        for course in forecast.muscles
        if min(course.strength.low) < UNTOUCHED
    ]
    if not rows:
        return ""
    return "Strength left\n" + table(["", "", *_days(forecast, shown)], rows)


def _days(forecast: Forecast, shown: Sequence[int]) -> list[str]:
    return [f"day {forecast.days[index]}" for index in shown]


def _brow(forecast: Forecast, days: Sequence[int]) -> str:
    shown = _on(forecast, [day for day in days if day > 0])
    curves = [
        (f"brow {place} {course.side}", curve)
        for course in forecast.brow
        for place, curve in (
            ("medial", course.medial_mm),
            ("peak", course.peak_mm),
            ("lateral", course.lateral_mm),
        )
    ]
    curves += [(f"upper lid {lid.side}", lid.margin_mm) for lid in forecast.lid]
    if not any(_moves(curve) for _, curve in curves):
        return ""
    rows = [[name, "", *(_signed(curve, index) for index in shown)] for name, curve in curves]
    return "Change of the brow at rest and of the upper lid margin, mm, up positive\n" + table(
        ["", "", *_days(forecast, shown)], rows
    )


def _mouth_and_jaw(forecast: Forecast, days: Sequence[int]) -> str:
    """Only what toxin reaches: plans of the upper face do not have it."""
    curves = [
        (f"{what} {mouth.side}", curve)
        for mouth in forecast.mouth
        for what, curve in (
            ("mouth corner at rest", mouth.rest_mm),
            ("mouth corner in a smile", mouth.smile_mm),
            ("upper lip in a smile", mouth.upper_lip_mm),
        )
    ]
    curves += [(f"jaw width {jaw.side}", jaw.width_mm) for jaw in forecast.jaw]
    if not curves:
        return ""
    # Day 0 is shown too: an untreated smile is no zero.
    shown = _on(forecast, days)
    rows = [[name, "", *(_signed(curve, index) for index in shown)] for name, curve in curves]
    return (
        "Mouth and jaw against the face at rest before treatment, mm, up and wider positive\n"
        + (table(["", "", *_days(forecast, shown)], rows))
    )


def _skin(forecast: Forecast, days: Sequence[int]) -> str:
    if not forecast.skin:
        return ""
    shown = _on(forecast, [day for day in days if day > 0])
    rows = [
        [
            f"{what} {one.region}",
            "",
            *(f"{curve.median[i]:.0%} [{curve.low[i]:.0%} to {curve.high[i]:.0%}]" for i in shown),
        ]
        for one in forecast.skin
        for what, curve in (("pores", one.pores), ("sebum", one.sebum))
    ]
    return "Skin under droplets, against before (sizes are not proven)\n" + table(
        ["", "", *_days(forecast, shown)], rows
    )


def _moves(curve: Curve) -> bool:
    return any(abs(value) >= SHOWN_MM / 2 for value in (*curve.low, *curve.high))


def _signed(curve: Curve, index: int) -> str:
    # Adding 0 takes the sign off a zero.
    low, median, high = (
        round(values[index], 1) + 0.0 for values in (curve.low, curve.median, curve.high)
    )
    return f"{median:+.1f} [{low:+.1f} to {high:+.1f}]"


def _courses(forecast: Forecast) -> str:
    if not forecast.courses:
        return ""
    head = ["", "", "onset", "fullest", "worn off", "respond"]
    rows = [
        [
            _name(course.area, course.side),
            "",
            _span(course.onset),
            _span(course.peak),
            _span(course.wear_off),
            f"{course.responders:.0%}",
        ]
        for course in forecast.courses
    ]
    return "When the effect shows, is fullest, and has worn off (half a grade)\n" + table(
        head, rows
    )


def _span(interval: Interval) -> str:
    def one(days: float | None) -> str:
        return "later" if days is None else f"{days:.0f}"

    when = f" ({interval.median:%d %b %Y})" if interval.median else ""
    return (
        f"day {one(interval.median_days)}{when} "
        f"[{one(interval.low_days)} to {one(interval.high_days)}]"
    )


def _risks(forecast: Forecast) -> str:
    lines = [
        f"  {risk.name:<20} {risk.probability:>6.1%}  {risk.definition}" for risk in forecast.risks
    ]
    return "Unwanted results, share of drawn patients\n" + "\n".join(lines)


def findings_text(findings: Sequence[Finding]) -> str:
    """Findings with what would mend them and their sources."""
    if not findings:
        return "Findings: none."
    known, lines = facts.load().sources, ["Findings"]
    for finding in findings:
        lines.append(f"  {finding.severity.upper()} {finding.code}: {finding.message}")
        if finding.mend:
            lines.append(f"      To mend: {finding.mend}")
        if finding.source in known:
            lines.append(f"      Source: {known[finding.source].citation}")
    return "\n".join(lines)


def _basis(forecast: Forecast) -> str:
    return (
        f"Stands on {len(forecast.sources)} sources and {len(forecast.assumptions)} assumptions "
        f"(facts {forecast.facts_digest[:12]}). `glabella cite PLAN.json` lists the sources, "
        "`glabella facts --assumptions` what stands on none."
    )
