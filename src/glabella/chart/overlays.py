"""Layers over the face: muscles, danger zones, midline, thirds, line of convergence, sites."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final
from xml.sax.saxutils import escape

import numpy as np

from glabella import facts
from glabella.chart.shape import Point, fitted, mirrored, rounded, smooth, strokes
from glabella.chart.skin_layer import skin_layer
from glabella.chart.style import ACCENT, INK_SOFT, STOP, element, number
from glabella.face import Face, Side, place_site
from glabella.face.muscles import outline
from glabella.face.sites import locate, sides_of
from glabella.facts.anatomy import DangerZone, MuscleFacts

MUSCLE_FILL: Final = "#b4544a"
MUSCLE_SPARED: Final = "#6b4a7a"
# The direction of a muscle's fibres on the patient's left, degrees from the horizontal.
FIBRES: Final = {
    "frontalis": 96.0,
    "corrugator": 30.0,
    "procerus": 90.0,
    "depressor-supercilii": 84.0,
    "orbicularis-oculi": 0.0,
    "levator-palpebrae": 90.0,
    "lateral-rectus": 0.0,
    "nasalis": 62.0,
    "levator-labii-alaeque-nasi": 111.0,
    "zygomaticus": 65.0,
    "masseter": 98.0,
    "depressor-anguli-oris": 104.0,
    "depressor-labii": 118.0,
    "mentalis": 84.0,
    "platysma": 88.0,
}
FIBRE_GAP_MM: Final = 1.9
MOUTH_RINGS: Final = ((22, 4), (25, 7.5), (28, 11), (31, 14.5))
EYE_RINGS: Final = ((17.5, 14), (20.5, 17), (23.6, 20), (26.8, 22.6), (30, 25))
HATCH_GAP_MM: Final = 2.6
# A cross in a ring, around a site.
TARGET: Final = "M-1.9 0a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0M-1.1 0H1.1M0-1.1V1.1"


def layer(face: Face, name: str, prefix: str) -> str:
    """One named layer as a group; raises KeyError for a layer that does not exist."""
    return f'<g data-layer="{name}">{DRAWERS[name](face, prefix)}</g>'


def _muscles(face: Face, prefix: str) -> str:
    drawn = ""
    for muscle, known in facts.load().anatomy.muscles.items():
        sides = (Side.LEFT, Side.RIGHT) if known.paired else (Side.MIDLINE,)
        for side in sides:
            drawn += _muscle(face, prefix, muscle, known, side)
    return drawn


def _muscle(face: Face, prefix: str, muscle: str, known: MuscleFacts, side: Side) -> str:
    """A muscle with its fibres; one that is never a target is empty and has a broken edge."""
    polygon = outline(face, muscle, side)
    clip = f"{prefix}clip-{muscle}-{side}"
    path = rounded(polygon)
    colour = MUSCLE_SPARED if known.sentinel else MUSCLE_FILL
    words = f"{known.name}, {side}" + (": never a target" if known.sentinel else "")
    fill = element("path", d=path, fill=colour, fill_opacity=0.05 if known.sentinel else 0.13)
    broken = {"stroke_dasharray": "1.2 0.8"} if known.sentinel else {}
    edge = element(
        "path", d=path, fill="none", stroke=colour, stroke_width=0.3, stroke_opacity=0.6, **broken
    )
    fibres = element(
        "path", d=_fibres(face, muscle, polygon, side), fill="none", stroke=colour,
        stroke_width=0.26, stroke_opacity=0.25 if known.sentinel else 0.5,
        clip_path=f"url(#{clip})",
    )  # fmt: skip
    shape = element("clipPath", element("path", d=path), id=clip)
    return element(
        "g", element("title", escape(words)) + shape + fill + fibres + edge,
        data_muscle=muscle, data_side=side,
    )  # fmt: skip


def _fibres(face: Face, muscle: str, polygon: list[Point], side: Side) -> str:
    if muscle == "orbicularis-oculi":
        return _rings(face, side, (31, 1), EYE_RINGS)
    if muscle == "orbicularis-oris":
        return _rings(face, side, (0, -67), MOUTH_RINGS)
    degrees = FIBRES.get(muscle, 90.0)
    angle = math.radians(180 - degrees if side is Side.RIGHT else degrees)
    along, across = (
        np.array((math.cos(angle), math.sin(angle))),
        (-math.sin(angle), math.cos(angle)),
    )
    corners = np.array(polygon)
    offsets = corners @ np.array(across)
    segments: list[tuple[Point, Point]] = []
    for at in np.arange(offsets.min() + FIBRE_GAP_MM / 2, offsets.max(), FIBRE_GAP_MM):
        before, after = offsets - at, np.roll(offsets, -1) - at
        cut = before * after < 0
        share = (before[cut] / (before[cut] - after[cut]))[:, None]
        hits = corners[cut] + share * (np.roll(corners, -1, axis=0)[cut] - corners[cut])
        ends = [(float(x), float(y)) for x, y in hits[np.argsort(hits @ along)]]
        segments += zip(ends[::2], ends[1::2], strict=True)
    return strokes(segments)


def _rings(face: Face, side: Side, centre: Point, radii: Sequence[Point]) -> str:
    """The fibres around an eye or the mouth."""
    drawn = ""
    for across, up in radii:
        nodes = [
            (centre[0] + across * math.cos(turn), centre[1] + up * math.sin(turn))
            for turn in (i * math.tau / 16 for i in range(16))
        ]
        drawn += smooth(mirrored(fitted(face, nodes), side.sign), closed=True)
    return drawn


def _danger(face: Face, prefix: str) -> str:
    drawn = ""
    for code, zone in facts.load().anatomy.danger_zones.items():
        middle = locate(face, zone.x, Side.LEFT, axis="x") == 0
        for side in (Side.MIDLINE,) if middle else (Side.LEFT, Side.RIGHT):
            x = side.sign * locate(face, zone.x, side, axis="x")
            y = locate(face, zone.y, side, axis="y")
            label = element("title", escape(f"{zone.name}: {zone.harm}, {side}"))
            drawn += element(
                "g", label + _hatched(f"{prefix}danger-{code}-{side}", x, y, zone), data_zone=code
            )
    return drawn


def _hatched(clip: str, x: float, y: float, zone: DangerZone) -> str:
    """An ellipse with a broken edge and hatching, so that it does not rest on colour."""
    rx, ry = zone.half_width_mm, zone.half_height_mm
    ellipse = element("ellipse", cx=x, cy=-y, rx=rx, ry=ry)
    count = int((rx + ry) / HATCH_GAP_MM)
    hatch = [
        ((x + i * HATCH_GAP_MM - ry, y - ry), (x + i * HATCH_GAP_MM + ry, y + ry))
        for i in range(-count, count + 1)
    ]
    return (
        element("clipPath", ellipse, id=clip)
        + element("ellipse", cx=x, cy=-y, rx=rx, ry=ry, fill=STOP, fill_opacity=0.05)
        + element(
            "path", d=strokes(hatch), stroke=STOP, stroke_width=0.22, stroke_opacity=0.35,
            fill="none", clip_path=f"url(#{clip})",
        )
        + element(
            "ellipse", cx=x, cy=-y, rx=rx, ry=ry, fill="none", stroke=STOP, stroke_width=0.35,
            stroke_opacity=0.7, stroke_dasharray="1.6 1.2",
        )
    )  # fmt: skip


def _rule(start: Point, end: Point, dash: str) -> str:
    return element(
        "path", d=strokes([(start, end)]), stroke=ACCENT, stroke_width=0.25, stroke_opacity=0.6,
        stroke_dasharray=dash, fill="none",
    )  # fmt: skip


def _tag(x: float, y: float, words: str) -> str:
    """A word at the edge, on a halo that is a text of its own for the PDF writer."""
    at: dict[str, str | float] = {"x": x, "y": -y, "font_size": 2.5, "text_anchor": "end"}
    halo: dict[str, str | float] = {"stroke": "#ffffff", "stroke_width": 0.7}
    return element(
        "text", escape(words), **at, **halo, fill="#ffffff", aria_hidden="true"
    ) + element("text", escape(words), **at, fill=INK_SOFT)


def _midline(face: Face, prefix: str) -> str:
    return _rule((0, face.hairline_mm + 3), (0, face.chin_mm - 3), "2.4 1 0.5 1")


def _thirds(face: Face, prefix: str) -> str:
    ((_, nose),) = fitted(face, [(0, -49.5)])
    brow = face.hairline_mm - face.forehead_height_mm
    heights = {"hairline": face.hairline_mm, "brow": brow, "nose": nose, "chin": face.chin_mm}
    half = face.interpupillary_mm * 1.16
    return "".join(
        _rule((-half, y), (half, y), "1.4 1.4") + _tag(half + 6, y + 1, name)
        for name, y in heights.items()
    )


def _c_line(face: Face, prefix: str) -> str:
    half = face.temporal_crest_mm
    nodes = [(share * half, face.c_line_mm - 3.2 * share**2) for share in (-1, -0.5, 0, 0.5, 1)]
    curve = element(
        "path", d=smooth(nodes), fill="none", stroke=ACCENT, stroke_width=0.4,
        stroke_dasharray="3 1.4",
    )  # fmt: skip
    label = element("title", "Line of convergence: skin above it moves down, below it moves up")
    return label + curve + _tag(half + 9, face.c_line_mm - 3.4, "C-line")


def _sites(face: Face, prefix: str) -> str:
    drawn = ""
    for site, known in facts.load().anatomy.sites.items():
        for side in sides_of(site):
            x_mm, y_mm, _ = place_site(face, site, side)
            at = f"translate({number(side.sign * x_mm)} {number(-y_mm)})"
            mark = element("title", escape(f"{known.name}, {side}")) + element("path", d=TARGET)
            drawn += element("g", mark, transform=at, data_site=site)
    return element("g", drawn, fill="none", stroke=ACCENT, stroke_width=0.24, opacity=0.5)


DRAWERS: Final[dict[str, Callable[[Face, str], str]]] = {
    "muscles": _muscles,
    "danger": _danger,
    "midline": _midline,
    "thirds": _thirds,
    "c-line": _c_line,
    "sites": _sites,
    "skin": skin_layer,
}
