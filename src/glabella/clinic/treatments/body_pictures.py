"""The pictures of a session outside the face with its points, for its pages and its print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import mark_safe

from glabella import chart, facts
from glabella.clinic.treatments import preview
from glabella.clinic.treatments.points import Placed
from glabella.plan.body.session import indication_of


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of an indication, drawn with the points that lie on it."""

    map: str
    name: str
    svg: str


def chart_points(points: Sequence[Placed]) -> dict[str, list[chart.ChartPoint]]:
    """Points by the picture that they lie on, each named."""
    targets = facts.load().body_maps.targets
    drawn: dict[str, list[chart.ChartPoint]] = {}
    for one, shown in zip(points, preview.svg_points(points), strict=True):
        named = replace(shown, name=preview.point_name(one))
        drawn.setdefault(targets[one.target].map, []).append(named)
    return drawn


def pictures(
    indication_id: str,
    points: Sequence[Placed],
    *,
    ghost: Sequence[Placed] = (),
    editable: bool = False,
) -> list[Picture]:
    """All pictures of an indication; the last session's points lie pale underneath."""
    indication, known = indication_of(indication_id), facts.load().body_maps.maps
    named = chart.targets_of(indication, points[0].product if points else "")
    now, before = chart_points(points), chart_points(ghost)
    return [
        Picture(
            key,
            known[key].name,
            # body_svg escapes every text that it is given.
            mark_safe(  # noqa: S308
                chart.body_svg(
                    key,
                    points=now.get(key, ()),
                    ghost=before.get(key, ()),
                    prefix=f"{key}-",
                    named=(*named, *(point.target for point in points)),
                    editable=editable,
                )
            ),
        )
        for key in indication.maps
    ]


def one_picture(indication_id: str, points: Sequence[Placed], *, title: str) -> str:
    """All of them in one drawing, for a record and its print."""
    indication = indication_of(indication_id)
    product = points[0].product if points else ""
    drawn = chart.pictures_svg(indication, product, chart_points(points), title=title)
    return mark_safe(drawn)  # noqa: S308 - escaped by pictures_svg
