"""A protocol laid down: the label's units at its sites, the lowest where it gives a range.

What no source gives is never filled in: then the units, or the sites, have to be said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import Side
from glabella.facts.body import MuscleDose
from glabella.plan.body.judged import JudgedSession, target_name
from glabella.plan.body.session import BodyInjection, BodyPatient, BodySession, indication_of

HUNDREDTHS = 100
BOTH = (Side.LEFT, Side.RIGHT)
# Any day serves to ask a protocol: it looks at no calendar.
SOME_DAY = date(2000, 1, 1)


def split(total: float, parts: int) -> tuple[float, ...]:
    """A total in hundredths of a unit over so many sites, as evenly as they go; nothing is lost.

    >>> split(200, 3)
    (66.67, 66.67, 66.66)
    """
    whole, left = divmod(round(total * HUNDREDTHS), parts)
    return tuple((whole + (i < left)) / HUNDREDTHS for i in range(parts))


def lay(
    indication_id: str,
    product_id: str,
    patient: BodyPatient,
    *,
    targets: Sequence[str] = (),
    sides: Sequence[Side] = BOTH,
    units: float | None = None,
    sites: int | None = None,
) -> tuple[BodyInjection, ...]:
    """The injections of a protocol, or of some of its muscles, on the sides that are asked for.

    `units` and `sites` say what is put into each muscle on each side where the label's are not
    wanted or not known. Raises InputError saying what is missing.
    """
    judged = _asked(indication_id, product_id, patient)
    protocol = judged.protocol
    if protocol is None:
        raise InputError(
            f"No dose of {facts.product(product_id).name} for {judged.indication.name} was seen in "
            f"a source. Products with one: {', '.join(judged.indication.products) or 'none'}."
        )
    rows = [row for row in protocol.muscles if not targets or row.target in targets]
    if stray := [one for one in targets if one not in {row.target for row in rows}]:
        raise InputError(f"The protocol has no `{stray[0]}`. It names: {_named(protocol.muscles)}.")
    wanted = BOTH if judged.indication.laterality == "both" else tuple(dict.fromkeys(sides))
    return tuple(
        injection
        for row in rows
        for side in (wanted if _paired(row.target) else (Side.MIDLINE,))
        for injection in _row(judged, row, side, units, sites)
    )


def _asked(indication_id: str, product_id: str, patient: BodyPatient) -> JudgedSession:
    indication_of(indication_id)
    return JudgedSession(
        BodySession(
            patient=patient, indication=indication_id, product=product_id, date=SOME_DAY,
            injections=(),
        )
    )  # fmt: skip


def _row(
    judged: JudgedSession, row: MuscleDose, side: Side, units: float | None, sites: int | None
) -> list[BodyInjection]:
    assert judged.protocol is not None
    amount = _units(judged, row) if units is None else units
    return [
        BodyInjection(target=row.target, side=side, units=part, depth=judged.protocol.depth)
        for part in split(amount, _sites(judged, row, amount) if sites is None else sites)
    ]


def _units(judged: JudgedSession, row: MuscleDose) -> float:
    if judged.needs_weight and judged.weight_kg is None:
        raise InputError("The dose goes by weight: give the weight in kg first.")
    found = judged.muscle_units(row)
    if found is None and not _paired(row.target):
        found = judged.total_units()
    if found is None:
        raise InputError(
            f"{target_name(row.target)}: no source that was seen gives units of "
            f"{judged.product.name} there. Type the units."
        )
    return found.low


def _sites(judged: JudgedSession, row: MuscleDose, units: float) -> int:
    """The fewest sites that the label gives, or more where one site may not hold so much."""
    span = row.sites
    if span is None:
        raise InputError(
            f"{target_name(row.target)}: the number of sites was not seen in a source. Type it."
        )
    fewest, most_sites = int(span.value[0]), int(span.value[1])
    most = judged.limits.site_most_units
    while most and fewest < most_sites and units / fewest > most.value:
        fewest += 1
    return fewest


def _paired(target: str) -> bool:
    return facts.load().body_maps.targets[target].paired


def _named(rows: Sequence[MuscleDose]) -> str:
    return ", ".join(row.target for row in rows)
