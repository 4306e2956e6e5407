"""A body session on one sheet: the pictures of its indication with the points, and its totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from glabella import facts
from glabella.chart.body import body_svg, place_of
from glabella.chart.plot import text
from glabella.chart.points import ChartPoint
from glabella.chart.style import FONT, INK, INK_SOFT, attributes, element
from glabella.face import Side
from glabella.facts.body import Indication
from glabella.plan.body.session import BodyInjection, BodySession, indication_of

WIDTH: Final = 1120.0
MARGIN: Final = 32.0
GAP: Final = 20.0
TOP: Final = 92.0
# No picture is higher than this, however few there are.
HEIGHT: Final = 640.0


def session_points(session: BodySession) -> dict[str, list[ChartPoint]]:
    """The injections of a session at their marks, by picture, numbered in order."""
    targets = facts.load().body_maps.targets
    used: Counter[tuple[str, Side]] = Counter()
    drawn: dict[str, list[ChartPoint]] = {}
    for number, one in enumerate(session.injections, start=1):
        key = (one.target, one.side if targets[one.target].paired else Side.MIDLINE)
        drawn.setdefault(targets[one.target].map, []).append(
            _point(number, one, used[key], session.product)
        )
        used[key] += 1
    return drawn


def _point(number: int, one: BodyInjection, index: int, product_id: str) -> ChartPoint:
    target = facts.load().body_maps.targets[one.target]
    x, y = place_of(one.target, one.side, index)
    side = one.side
    if not target.paired:
        side = Side.MIDLINE if x == 0 else Side.LEFT if x > 0 else Side.RIGHT
    return ChartPoint(
        number=number, x_mm=abs(x), y_mm=y, side=side, depth=one.depth, units=round(one.units, 2),
        product_id=product_id, key=f"point-{number}", name=f"{target.name}, {one.side}",
    )  # fmt: skip


def session_svg(session: BodySession) -> str:
    """The pictures side by side, each with its points, under one line of what was given."""
    indication = indication_of(session.indication)
    points = session_points(session)
    total = sum(one.units for one in session.injections)
    heading = session.title or indication.name
    words = (
        f"{round(total, 2):g} U {facts.product(session.product).name} in "
        f"{len(session.injections)} sites on {session.date}. Ring: dermis, dot: muscle."
    )
    drawn, height = _pictures(indication, session.product, points)
    body = text(MARGIN, 44, heading, font_size=22, font_weight="650", fill=INK)
    body += text(MARGIN, 68, words, font_size=13) + drawn
    whole = TOP + height + MARGIN
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH:g} {whole:g}",
            "width": WIDTH,
            "height": whole,
            "role": "img",
            "font-family": FONT,
            "fill": INK_SOFT,
        }
    )
    paper = element("rect", width=WIDTH, height=whole, fill="#ffffff")
    return f"<svg{opening}>{element('title', escape(heading))}{paper}{body}</svg>\n"


def pictures_svg(
    indication: Indication,
    product_id: str,
    points: Mapping[str, Sequence[ChartPoint]],
    *,
    title: str,
) -> str:
    """The pictures of an indication in one drawing, without any words but its title."""
    drawn, height = _pictures(indication, product_id, points)
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"{MARGIN:g} {TOP:g} {WIDTH - 2 * MARGIN:g} {height:g}",
            "role": "img",
            "aria-label": title,
            "class": "body-sheet",
            "font-family": FONT,
        }
    )
    return f"<svg{opening}>{element('title', escape(title))}{drawn}</svg>"


def _pictures(
    indication: Indication, product_id: str, points: Mapping[str, Sequence[ChartPoint]]
) -> tuple[str, float]:
    """The pictures in a row, as wide as fits, and how high the highest is."""
    boxes = [facts.load().body_maps.maps[one].box for one in indication.maps]
    room = WIDTH - 2 * MARGIN - GAP * (len(boxes) - 1)
    scale = min(room / sum(box[2] for box in boxes), HEIGHT / max(box[3] for box in boxes))
    named = targets_of(indication, product_id)
    x = MARGIN + (room - scale * sum(box[2] for box in boxes)) / 2
    drawn = ""
    for key, box in zip(indication.maps, boxes, strict=True):
        own = body_svg(key, points=points.get(key, ()), prefix=f"sheet-{key}-", named=named)
        place = {"x": x, "y": TOP, "width": scale * box[2], "height": scale * box[3]}
        drawn += own.replace("<svg", f"<svg{attributes(place)}", 1)
        x += scale * box[2] + GAP
    return drawn, scale * max(box[3] for box in boxes)


def targets_of(indication: Indication, product_id: str) -> tuple[str, ...]:
    """The muscles and places that the protocol of a product names, or that of any product."""
    own = indication.products.get(product_id)
    protocols = (own,) if own else tuple(indication.products.values())
    return tuple(dict.fromkeys(row.target for one in protocols for row in one.muscles))
