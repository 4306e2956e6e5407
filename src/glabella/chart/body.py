"""Body charts: pictures of head, eyes, limbs, armpits and bladder with muscles and points.

A picture has units of its own. Points are drawn as on the face: depth as shape, product as letter
and colour. Seen from behind, the patient's left is on the left of the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final
from xml.sax.saxutils import escape

from glabella import facts
from glabella.chart.face import face_svg
from glabella.chart.overlays import MUSCLE_FILL
from glabella.chart.points import ChartPoint, points_layer, stencils
from glabella.chart.shape import Point, mirrored, rounded, smooth
from glabella.chart.style import (
    ACCENT,
    CONTOUR,
    FOLD,
    FONT,
    HAIR,
    INK_SOFT,
    SKIN,
    attributes,
    element,
    number,
)
from glabella.face import Face, Measures, Side
from glabella.facts.body import BodyMap, Shape, Target

LOOKS: Final[dict[str, dict[str, str | float]]] = {
    "skin": {"fill": SKIN, "stroke": CONTOUR, "stroke_width": 0.6},
    "hair": {"fill": HAIR, "fill_opacity": 0.85},
    "organ": {"fill": "#f6e3de", "stroke": "#b98378", "stroke_width": 0.9},
    "starch": {
        "fill": "#3f2f6e", "fill_opacity": 0.16, "stroke": "#3f2f6e", "stroke_width": 0.5,
        "stroke_dasharray": "0.6 1.1",
    },
    "trigone": {
        "fill": "#b98378", "fill_opacity": 0.18, "stroke": "#b98378", "stroke_width": 0.5,
        "stroke_dasharray": "1.6 1.2",
    },
    "iris": {"fill": "#6f7f84"},
    "pupil": {"fill": "#26302f"},
    "mark": {"fill": "none", "stroke": "#b98378", "stroke_width": 0.6},
    "line": {"fill": "none", "stroke": FOLD, "stroke_width": 0.6, "stroke_linecap": "round"},
    "soft": {
        "fill": "none", "stroke": CONTOUR, "stroke_width": 0.5, "stroke_opacity": 0.6,
        "stroke_linecap": "round",
    },
}  # fmt: skip
# A small cross: where a site of a muscle is marked.
CROSS: Final = "M-1.2 0H1.2M0-1.2V1.2"
TAG_SIZE: Final = 4.2
TAG_INSET: Final = 3.0
FACE_LAYERS: Final = ("muscles",)


def body_svg(
    map_id: str,
    *,
    points: Sequence[ChartPoint] = (),
    ghost: Sequence[ChartPoint] = (),
    title: str = "",
    prefix: str = "",
    named: Iterable[str] = (),
    editable: bool = False,
) -> str:
    """One picture as SVG text; `named` are the targets to show, all of the picture if none."""
    known = facts.load().body_maps
    picture = known.maps[map_id]
    shown = {
        key: target
        for key, target in known.targets.items()
        if target.map == map_id and (not named or key in set(named))
    }
    words = title or picture.name
    above = (
        "".join(_target(picture, key, target) for key, target in shown.items())
        + _tags(picture)
        + points_layer(_all_drawn(picture, points), ghost=_all_drawn(picture, ghost))
    )  # fmt: skip
    if picture.on_the_face:
        return _over_the_face(picture, above, title=words, prefix=prefix, editable=editable)
    shapes = "".join(_shape(picture, shape) for shape in picture.shapes)
    below = f'<g aria-hidden="true">{shapes}</g>'
    defs = f"<defs>{stencils(prefix)}</defs>" if editable else ""
    return _svg(picture, defs + below + above, title=words, editable=editable, map_id=map_id)


def place_of(target_id: str, side: Side, index: int) -> Point:
    """Where the n-th site of a target is marked, on its own picture, x from the middle."""
    target = facts.load().body_maps.targets[target_id]
    x, y = target.sites[index % len(target.sites)]
    return (abs(x), y) if target.paired else (x, y)


def _flip(picture: BodyMap) -> int:
    return -1 if picture.from_behind else 1


def _drawn(picture: BodyMap, point: ChartPoint) -> ChartPoint:
    """The point where it is seen: from behind, left and right change places."""
    if not picture.from_behind or point.side is Side.MIDLINE:
        return point
    return replace(point, side=Side.RIGHT if point.side is Side.LEFT else Side.LEFT)


def _all_drawn(picture: BodyMap, points: Sequence[ChartPoint]) -> list[ChartPoint]:
    return [_drawn(picture, point) for point in points]


def _shape(picture: BodyMap, shape: Shape) -> str:
    style = LOOKS[shape.look]
    nodes = list(shape.nodes)
    if shape.join:
        # The first and the last node lie on the middle, or the line between the halves is straight.
        whole = [*nodes, *reversed([node for node in mirrored(nodes) if node[0] != 0])]
        return element("path", d=smooth(whole, closed=True), **style)
    signs = (1, -1) if shape.both else (_flip(picture),)
    return "".join(
        element("path", d=smooth(mirrored(nodes, sign), closed=shape.closed), **style)
        for sign in signs
    )


def _target(picture: BodyMap, key: str, target: Target) -> str:
    """A muscle with its sites on each side, named for those who hear the picture."""
    drawn = ""
    for side in (Side.LEFT, Side.RIGHT) if target.paired else (Side.MIDLINE,):
        sign = (side.sign or 1) * _flip(picture)
        words = escape(f"{target.name}, {side}" + (", deep" if target.deep else ""))
        body = element("title", words)
        if target.outline:
            body += _muscle(mirrored(target.outline, sign), deep=target.deep)
        for x, y in mirrored(target.sites, sign):
            at = f"translate({number(x)} {number(-y)})"
            body += element("path", d=CROSS, transform=at, stroke=ACCENT, stroke_width=0.4)
        drawn += element("g", body, data_target=key, data_side=str(side))
    return drawn


def _muscle(nodes: list[Point], *, deep: bool) -> str:
    broken = {"stroke_dasharray": "1.4 1"} if deep else {}
    return element(
        "path", d=rounded(nodes, 0.34), fill=MUSCLE_FILL, fill_opacity=0.05 if deep else 0.14,
        stroke=MUSCLE_FILL, stroke_width=0.4, stroke_opacity=0.65, **broken,
    )  # fmt: skip


def _tags(picture: BodyMap) -> str:
    """Which side of the picture is the patient's left: said, since it differs from behind."""
    x, y, width, _ = picture.box
    sides = ("left", "right") if picture.from_behind else ("right", "left")
    style: dict[str, str | float] = {"font_size": TAG_SIZE, "fill": INK_SOFT, "font_weight": "600"}
    return element(
        "text", sides[0], x=x + TAG_INSET, y=y + TAG_SIZE + 2, **style
    ) + element(
        "text", sides[1], x=x + width - TAG_INSET, y=y + TAG_SIZE + 2, text_anchor="end", **style
    )  # fmt: skip


def _over_the_face(picture: BodyMap, above: str, *, title: str, prefix: str, editable: bool) -> str:
    face = Face.fit("female", Measures())
    return face_svg(
        face, layers=FACE_LAYERS, title=title, prefix=prefix, editable=editable,
        box=_box(picture), over=above,
    )  # fmt: skip


def _box(picture: BodyMap) -> str:
    return " ".join(number(value) for value in picture.box)


def _svg(picture: BodyMap, body: str, *, title: str, editable: bool, map_id: str) -> str:
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": _box(picture),
            "role": "group" if editable else "img",
            "aria-label": title,
            "class": "body-chart",
            "data-map": map_id,
            "font-family": FONT,
        }
    )
    return f"<svg{opening}>{element('title', escape(title))}{body}</svg>"
