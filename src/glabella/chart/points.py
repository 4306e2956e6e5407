"""Injection points: shape for depth, colour and letter for product, units inside.

Droplets are small rings without words: a hundred of them have the same units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from glabella.chart.style import INK, PRODUCTS, element, number, product_style
from glabella.face import Side
from glabella.facts.anatomy import Depth

Place = Literal["below", "above", "right", "left"]

RADIUS_MM: Final = 2.5
DROPLET_MM: Final = 1.05
# Type size of the units inside a point, by the number of characters.
UNITS_SIZES_MM: Final = (2.7, 2.5, 1.95, 1.55)
CAPTION_SIZE_MM: Final = 2.5
# A finger needs 44 px; on the smallest tablet the chart has about 4.6 px for a millimetre.
TOUCH_MM: Final = 5.3
CAPTION_OFFSETS: Final[dict[Place, tuple[float, float, str]]] = {
    "below": (0.0, 5.4, "middle"),
    "above": (0.0, -3.5, "middle"),
    "right": (3.3, 0.9, "start"),
    "left": (-3.3, 0.9, "end"),
}
CAPTION_BOX_MM: Final = (4.6, 2.6)
PAPER: Final = "#ffffff"


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One injection on the chart; x is the distance from the midline on its side.

    A droplet has the name of its `region`.
    """

    number: int
    x_mm: float
    y_mm: float
    side: Side
    depth: Depth
    units: float
    product_id: str
    key: str = ""
    name: str = ""
    region: str = ""

    @property
    def signed_x_mm(self) -> float:
        """x with the patient's left positive."""
        return Side(self.side).sign * self.x_mm


def label_places(points: Sequence[ChartPoint]) -> dict[str, Place]:
    """Where each point's caption goes so that it covers no other point and no other caption."""
    points = [point for point in points if not point.region]
    taken = [_box(p.signed_x_mm, p.y_mm, 2 * RADIUS_MM, 2 * RADIUS_MM) for p in points]
    places: dict[str, Place] = {}
    for i, point in enumerate(points):
        others = taken[:i] + taken[i + 1 :]
        order = sorted(CAPTION_OFFSETS, key=lambda place: _clashes(_caption(point, place), others))
        places[point.key or str(point.number)] = order[0]
        taken.append(_caption(point, order[0]))
    return places


def points_layer(points: Sequence[ChartPoint], *, ghost: Sequence[ChartPoint] = ()) -> str:
    """All points of a chart; those of the last visit pale underneath."""
    places = label_places(points)
    below = "".join(_ghost(point) for point in ghost)
    single = [point for point in points if not point.region]
    above = _droplets(points) + "".join(_point(p, places[p.key or str(p.number)]) for p in single)
    return element("g", below, data_layer="ghost") + f'<g data-layer="points">{above}</g>'


def _droplets(points: Sequence[ChartPoint]) -> str:
    """Droplets as small rings, those of a region and product in one group with one title."""
    groups: dict[tuple[str, str], list[ChartPoint]] = {}
    for point in points:
        if point.region:
            groups.setdefault((point.region, point.product_id), []).append(point)
    drawn = ""
    for (region, product_id), own in groups.items():
        style = product_style(product_id)
        rings = "".join(
            element("circle", cx=point.signed_x_mm, cy=-point.y_mm, r=DROPLET_MM) for point in own
        )
        title = element("title", _text(f"{len(own)} droplets, {region}, {own[0].units:g} U each"))
        drawn += element(
            "g", title + rings, class_="droplets", fill=PAPER, fill_opacity=0.75,
            stroke=style.colour, stroke_width=0.5,
        )  # fmt: skip
    return drawn


def stencils(prefix: str) -> str:
    """One empty point for each product and depth, for the page to copy from."""
    drawn = ""
    for product_id in PRODUCTS:
        for depth in ("dermis", "muscle", "bone"):
            sample = ChartPoint(0, 0, 0, Side.MIDLINE, depth, 0, product_id)
            drawn += element(
                "g", _body(sample, "below"), id=f"{prefix}stencil-{product_id}-{depth}"
            )
    return drawn


def _point(point: ChartPoint, place: Place) -> str:
    label = point.name or f"{point.side} point {point.number}"
    at = f"translate({number(point.signed_x_mm)} {number(-point.y_mm)})"
    return element(
        "g",
        element("title", _text(f"{label}, {point.units:g} U, {point.depth}"))
        + _body(point, place),
        class_="point", data_key=point.key, data_depth=point.depth, transform=at,
    )  # fmt: skip


def _body(point: ChartPoint, place: Place) -> str:
    style = product_style(point.product_id)
    x, y, anchor = CAPTION_OFFSETS[place]
    hollow = point.depth == "dermis"
    amount = f"{point.units:g}"
    size = UNITS_SIZES_MM[min(len(amount), len(UNITS_SIZES_MM)) - 1]
    units = element(
        "text", amount, y=round(0.355 * size, 2), text_anchor="middle", font_size=size,
        font_weight="700", fill=style.colour if hollow else PAPER, class_="point-units",
    )  # fmt: skip
    words = f"{style.letter}{point.number}"
    place_of: dict[str, str | float] = {
        "x": x, "y": y, "text_anchor": anchor, "font_size": CAPTION_SIZE_MM,
        "font_weight": "600", "class_": "point-caption",
    }  # fmt: skip
    # The halo is a text of its own, since the PDF writer paints a stroke over its fill.
    caption = element(
        "text", words, **place_of, fill=PAPER, stroke=PAPER, stroke_width=0.8,
        stroke_opacity=0.85, stroke_linejoin="round", aria_hidden="true",
    ) + element("text", words, **place_of, fill=style.colour)  # fmt: skip
    touch = element("circle", r=TOUCH_MM, fill=PAPER, fill_opacity=0, class_="point-touch")
    return touch + shape(point.depth, style.colour) + units + caption


def shape(depth: Depth, colour: str, radius: float = RADIUS_MM) -> str:
    """Ring in the dermis, dot in the muscle, square on the bone."""
    if depth == "bone":
        side = 1.84 * radius
        return element(
            "rect", x=-side / 2, y=-side / 2, width=side, height=side, rx=0.35, fill=colour,
            stroke=PAPER, stroke_width=0.4, class_="point-shape",
        )  # fmt: skip
    if depth == "dermis":
        return element(
            "circle", r=radius - 0.2, fill=PAPER, stroke=colour, stroke_width=0.75,
            class_="point-shape",
        )  # fmt: skip
    return element(
        "circle", r=radius, fill=colour, stroke=PAPER, stroke_width=0.4, class_="point-shape"
    )


def _ghost(point: ChartPoint) -> str:
    at = f"translate({number(point.signed_x_mm)} {number(-point.y_mm)})"
    ring = element(
        "circle",
        r=DROPLET_MM if point.region else RADIUS_MM,
        fill="none",
        stroke=INK,
        stroke_width=0.3,
        stroke_dasharray="1 0.8",
    )
    return element("g", ring, transform=at, opacity=0.45)


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


Box = tuple[float, float, float, float]


def _box(x: float, y: float, width: float, height: float) -> Box:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _caption(point: ChartPoint, place: Place) -> Box:
    x, y, _ = CAPTION_OFFSETS[place]
    width, height = CAPTION_BOX_MM
    shift = {"right": width / 2, "left": -width / 2}.get(place, 0.0)
    return _box(point.signed_x_mm + x + shift, point.y_mm - y + height / 2 - 0.4, width, height)


def _clashes(box: Box, others: Sequence[Box]) -> float:
    """The area that a box shares with others, in mm²."""
    return sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in others
    )
