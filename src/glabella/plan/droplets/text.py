"""A droplet plan as text to read in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from glabella import facts
from glabella.plan.droplets.layout import DropletPlan, MuscleLoss, SkinChange, Told
from glabella.plan.report import findings_text, table

# Muscles that keep nearly everything in nearly everyone take one line together.
HARDLY = 0.9


def as_text(plan: DropletPlan) -> str:
    """Grid, mix, what it does to skin and muscle, findings, evidence, and what is not known."""
    parts = [
        _header(plan),
        _regions(plan),
        _left_out(plan),
        _skin(plan),
        _muscles(plan.muscles),
        _risks(plan),
        findings_text(plan.findings),
        _evidence(plan),
        "Not known\n" + "\n".join(f"  {one}" for one in plan.not_known),
        _basis(plan),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _header(plan: DropletPlan) -> str:
    layout = plan.layout
    product = facts.product(layout.product).name
    when = plan.plan.treatments[-1].date
    wider = (
        f" (the grid stands {layout.neighbours_mm:g} mm apart, which fits more)"
        if layout.neighbours_mm > layout.spacing_mm
        else ""
    )
    return (
        f"{counted(layout.droplets, 'droplet')} on {when:%d %B %Y}: {layout.units:.4g} U {product} "
        f"in {layout.volume_ml:.2f} mL, {counted(layout.syringes, 'syringe')} of 1 mL, "
        f"{counted(layout.vials, 'vial')}.\n"
        f"{layout.name}: {layout.basis}.\n"
        f"Each droplet: {layout.units_per_droplet:.3g} U {product} in {layout.droplet_ml:.3g} mL "
        f"({layout.units_per_ml:g} U {product} per mL), neighbours at least "
        f"{layout.spacing_mm:g} mm apart{wider}.\n"
        f"Mix: {layout.mixing}\n"
        "A forecast supports the injector's judgement; it does not replace it."
    )


def counted(count: int, word: str) -> str:
    """A number with its word, one or many."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _regions(plan: DropletPlan) -> str:
    product = facts.product(plan.layout.product).name
    rows = [
        [
            one.name,
            "",
            str(one.droplets),
            f"{one.units:.3g} U {product}",
            f"{one.volume_ml:.2f} mL",
            one.discomfort,
        ]
        for one in plan.layout.regions
    ]
    return "Regions\n" + table(["", "", "droplets", "units", "volume", "discomfort"], rows)


def _left_out(plan: DropletPlan) -> str:
    if not plan.layout.left_out:
        return "No place of the grid lies where none should: nothing was left out."
    lines = [
        f"  {one.region}: {one.droplets} left out over `{one.name}` (risk: {one.harm}): {one.why}."
        for one in plan.layout.left_out
    ]
    return "Left out\n" + "\n".join(lines)


def _skin(plan: DropletPlan) -> str:
    if not plan.skin:
        return "Pores and sebum: too little arrives in any region to tell of."
    rows = [[f"{one.what} {one.name.lower()}", "", *_change(one)] for one in plan.skin]
    head = ["", "", "fullest change", "half of it by", "fullest", "half gone by"]
    return (
        "Pores and sebum, against before (sizes are not proven)\n"
        + table(head, rows)
        + "\nTexts: "
        + "; ".join(one.text for one in plan.onset)
        + "."
    )


def _change(one: SkinChange) -> list[str]:
    return [
        f"{_less(one.lost)} [{_less(one.lost_low)} to {_less(one.lost_high)}]",
        "later" if one.half_day is None else f"day {one.half_day}",
        f"day {one.fullest_day}",
        "later" if one.gone_day is None else f"day {one.gone_day}",
    ]


def _less(share: float) -> str:
    """A share that is lost, without a sign where it is none."""
    return f"{round(-100 * share) + 0:d}%"


def _muscles(losses: Sequence[MuscleLoss]) -> str:
    if not losses:
        return "Muscles under the droplets keep their strength."
    told = [one for one in losses if one.kept_low < HARDLY]
    hardly = dict.fromkeys(one.name for one in losses if one.kept_low >= HARDLY)
    rows = [
        [
            f"{one.name.split(',')[0]} {one.side}",
            "",
            f"{one.kept:.0%} [{one.kept_low:.0%} to {one.kept_high:.0%}]",
            f"day {one.day}",
            f"{one.weeks:g} weeks" if one.weeks else "no time",
        ]
        for one in told
    ]
    lines = ["What superficial fibres keep of their strength when weakest"]
    if rows:
        lines.append(table(["", "", "keeps", "weakest", "below 95% for"], rows))
    if hardly:
        lines.append(f"Hardly touched: {', '.join(hardly)}.")
    return "\n".join(lines)


def _risks(plan: DropletPlan) -> str:
    lines = [
        f"  {risk.name:<20} {risk.probability:>6.1%}  {risk.definition}" for risk in plan.risks
    ]
    return "Unwanted results, share of drawn patients\n" + "\n".join(lines)


def _evidence(plan: DropletPlan) -> str:
    return "\n".join(
        [
            "Evidence",
            *_lines("for", plan.evidence_for),
            *_lines("against", plan.evidence_against),
            *_lines("compared", plan.compared),
            *_lines("in all", plan.totals),
            *_lines("comfort", plan.comfort),
            *_lines("protocol", plan.remarks),
        ]
    )


def _lines(word: str, ones: Iterable[Told]) -> list[str]:
    return [f"  {word}: {one.text} ({one.source})" for one in ones]


def _basis(plan: DropletPlan) -> str:
    return (
        f"Stands on {len(plan.sources)} sources and {len(plan.assumptions)} assumptions. "
        "`glabella facts droplets` lists what is known of droplets."
    )
