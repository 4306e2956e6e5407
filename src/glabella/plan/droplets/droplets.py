"""From a region to droplets: grid, mix, forecast, and what is not known."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import Face, Side
from glabella.facts import Fact
from glabella.plan.droplets.grid import Grid, Shape, fill
from glabella.plan.droplets.layout import (
    DropletPlan,
    Layout,
    LeftOut,
    MuscleLoss,
    RegionDroplets,
    SkinChange,
    Told,
)
from glabella.plan.droplets.mix import Mix, droplet_facts, mix_of
from glabella.plan.droplets.region import Region
from glabella.plan.droplets.shapes import shapes_of
from glabella.plan.forecast import forecast
from glabella.plan.goals.person import refuse_nobody
from glabella.plan.plan import Injection, Plan, Treatment
from glabella.plan.result import Curve, Forecast

# A droplet or a syringe more than this share of one is one more.
SLACK = 1e-9
# What counts as weaker, and is told of a muscle: less than this of its strength.
WEAKER = 0.95
TOLD_OF = 0.98
NOT_KNOWN = "not known"


def droplets(region: Region) -> DropletPlan:
    """A plan of droplets for a region: where, how many, of what, and what they will do.

    Raises InputError, UnitsError or GeometryError for a region that cannot be meant.
    """
    layout = lay_out(region)
    plan = plan_of(region, layout)
    found = forecast(plan)
    known, skin = droplet_facts(), facts.load().model.skin
    protocol = known.protocols.get(layout.protocol)
    remarks = (protocol.depth, *protocol.remarks) if protocol else ()
    told = {
        "comfort": _told(known.comfort),
        "onset": _told(known.onset),
        "evidence_for": _told((*known.saw, *skin.saw)),
        "evidence_against": _told((*known.saw_not, *skin.saw_not)),
        "totals": _told(known.totals),
        "compared": _told(known.compared),
        "remarks": _told(remarks),
    }
    used = {one.source for ones in told.values() for one in ones} | {layout.source}
    used |= {one.source for one in layout.left_out}
    cited = facts.load().sources
    return DropletPlan(
        layout=layout,
        skin=skin_changes(found),
        muscles=muscle_losses(found),
        risks=found.risks,
        findings=found.findings,
        **told,
        not_known=_not_known(layout),
        plan=plan,
        sources=found.sources | {key: cited[key].citation for key in sorted(used) if key},
        assumptions=(*found.assumptions, *_assumed()),
    )


def lay_out(region: Region, *, taken: Iterable[tuple[float, float]] = ()) -> Layout:
    """The grid of a region and what it holds, without a forecast.

    `taken` are places (x signed, y) in mm where droplets lie already: new ones keep off them.
    """
    refuse_nobody(region.patient)
    mix = mix_of(region)
    face = Face.fit(region.patient.sex, region.patient.measures)
    shapes = shapes_of(region, face, spacing_mm=mix.spacing_mm)
    grid = fill(face, shapes, mix.spacing_mm, tuple(taken))
    if not len(grid.x_mm):
        raise InputError(_nothing_left(grid, mix))
    count, full = len(grid.x_mm), droplet_facts().limits.syringe_ml.value
    order = sorted(range(count), key=lambda i: int(grid.shape[i]))
    return Layout(
        product=mix.product,
        protocol=mix.protocol,
        name=mix.name,
        basis=mix.basis,
        source=mix.source,
        units_per_ml=mix.units_per_ml,
        droplet_ml=mix.droplet_ml,
        units_per_droplet=mix.units,
        spacing_mm=mix.spacing_mm,
        neighbours_mm=grid.spacing_mm,
        mixing=mix.mixing,
        droplets=count,
        units=count * mix.units,
        volume_ml=count * mix.droplet_ml,
        syringes=math.ceil(count * mix.droplet_ml / full - SLACK),
        vials=math.ceil(count * mix.units / region.vial_units - SLACK),
        regions=_by_region(grid, shapes, mix),
        left_out=_left_out(grid, shapes),
        injections=tuple(_injection(grid, i, mix) for i in order),
        regions_of=tuple(shapes[int(grid.shape[i])].key for i in order),
    )


def _nothing_left(grid: Grid, mix: Mix) -> str:
    zones = {droplet_facts().keep_off[zone].name for _, zone in grid.left_out}
    if zones:
        return (
            f"No droplet is left: the region lies where none should ({', '.join(sorted(zones))}). "
            "Choose or draw another region."
        )
    return (
        f"The region is too small for one droplet at {mix.spacing_mm:g} mm. Draw it larger, or "
        "give a smaller `spacing_mm`."
    )


def _injection(grid: Grid, i: int, mix: Mix) -> Injection:
    x_mm = float(grid.x_mm[i])
    return Injection(
        units=mix.units,
        x_mm=abs(x_mm),
        y_mm=float(grid.y_mm[i]),
        side=Side.LEFT if x_mm > 0 else Side.RIGHT if x_mm < 0 else Side.MIDLINE,
        depth="dermis",
        volume_ml=mix.droplet_ml,
    )


def _by_region(grid: Grid, shapes: tuple[Shape, ...], mix: Mix) -> tuple[RegionDroplets, ...]:
    counted = Counter(grid.shape.tolist())
    known = droplet_facts().discomfort
    return tuple(
        RegionDroplets(
            region=shape.key,
            name=shape.name,
            droplets=counted[number],
            units=counted[number] * mix.units,
            volume_ml=counted[number] * mix.droplet_ml,
            discomfort=known[shape.key].value if shape.key in known else NOT_KNOWN,
        )
        for number, shape in enumerate(shapes)
    )


def _left_out(grid: Grid, shapes: tuple[Shape, ...]) -> tuple[LeftOut, ...]:
    zones = droplet_facts().keep_off
    return tuple(
        LeftOut(
            region=shapes[number].name,
            zone=zone,
            name=zones[zone].name,
            harm=zones[zone].harm,
            droplets=len(places),
            places_mm=places,
            why=zones[zone].basis.value,
            source=zones[zone].basis.source,
        )
        for (number, zone), places in sorted(grid.left_out.items())
    )


def plan_of(region: Region, layout: Layout) -> Plan:
    """The plan of a region's droplets, with what was given before."""
    planned = Treatment(
        date=region.date,
        product=region.product,
        injections=layout.injections,
        vial_units=region.vial_units,
        # A syringe that is topped up holds another mix than the vial.
        diluent_ml=None if region.topped_up else region.diluent_ml,
    )
    return Plan(
        patient=region.patient,
        treatments=(*region.treatments, planned),
        reviews=region.reviews,
        horizon_days=region.horizon_days,
        title=region.title,
    )


def skin_changes(found: Forecast) -> tuple[SkinChange, ...]:
    """Pores and sebum of each region that droplets reach: how much, and when."""
    names = facts.load().model.skin.regions
    return tuple(
        _change(found.days, one.region, names[one.region].name, what, curve)
        for one in found.skin
        for what, curve in (("pores", one.pores), ("sebum", one.sebum))
    )


def _change(days: tuple[int, ...], region: str, name: str, what: str, curve: Curve) -> SkinChange:
    lost = [1 - left for left in curve.median]
    top = max(range(len(days)), key=lost.__getitem__)
    half = lost[top] / 2
    rise = next((day for day, one in zip(days, lost, strict=True) if one >= half), None)
    fall = next((days[i] for i in range(top, len(days)) if lost[i] < half), None)
    return SkinChange(
        region=region,
        name=name,
        what=what,
        lost=round(lost[top], 3),
        lost_low=round(1 - curve.high[top], 3),
        lost_high=round(1 - curve.low[top], 3),
        half_day=rise,
        fullest_day=days[top],
        gone_day=fall,
    )


def muscle_losses(found: Forecast) -> tuple[MuscleLoss, ...]:
    """What the fibres under droplets lose, weakest first; muscles that keep all are not told of."""
    names = facts.load().anatomy.muscles
    losses = []
    for one in found.muscles:
        if min(one.strength.low) >= TOLD_OF:
            continue
        left = one.strength.median
        weakest = min(range(len(left)), key=left.__getitem__)
        weak = [day for day, kept in zip(found.days, left, strict=True) if kept < WEAKER]
        losses.append(
            MuscleLoss(
                muscle=one.muscle,
                name=names[one.muscle].name,
                side=str(one.side),
                day=found.days[weakest],
                kept=left[weakest],
                kept_low=one.strength.low[weakest],
                kept_high=one.strength.high[weakest],
                weeks=round((weak[-1] - weak[0]) / 7, 1) if weak else 0.0,
            )
        )
    return tuple(sorted(losses, key=lambda loss: loss.kept_low))


def _not_known(layout: Layout) -> tuple[str, ...]:
    known = droplet_facts()
    found = list(known.not_known)
    protocol = known.protocols.get(layout.protocol)
    if protocol and protocol.spacing_mm is None:
        found.append(f"Spacing: the text gives none; {layout.spacing_mm:g} mm is yours.")
    if protocol and protocol.droplets_per_ml is None:
        found.append(f"Size of a droplet: the text gives none; {layout.droplet_ml:g} mL is yours.")
    if protocol is None:
        found.append("Mix, droplet and spacing are your own: no text stands behind them.")
    silent = [one.name for one in layout.regions if one.discomfort == NOT_KNOWN]
    if silent:
        found.append(f"Discomfort: no text that was read tells of it in {', '.join(silent)}.")
    if protocol:
        beside = [
            one.name
            for one in layout.regions
            if one.region in facts.load().model.skin.regions and one.region not in protocol.regions
        ]
        if beside:
            found.append(f"The text does not tell of this mix in {', '.join(beside)}.")
    found.append("How much pores and sebum change: no size is proven, and two studies saw none.")
    return tuple(found)


def _told(ones: Iterable[Fact[str]]) -> tuple[Told, ...]:
    return tuple(Told(text=one.value, source=one.source) for one in ones)


def _assumed() -> tuple[str, ...]:
    return tuple(
        f"{path}: {fact.value if not isinstance(fact.value, tuple) else 'outline'} {fact.unit} "
        f"({fact.reason})"
        for path, fact in facts.walk(droplet_facts(), "droplets")
        if fact.kind == "assumption"
    )
