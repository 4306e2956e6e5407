"""The skin as a layer: regions that droplets fill, and zones that they keep off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import escape

import numpy as np

from glabella import facts
from glabella.chart.shape import Point, strokes
from glabella.chart.style import ACCENT, STOP, element, number
from glabella.face import Face, Side
from glabella.plan.droplets.grid import keep_off_outlines
from glabella.plan.skin import region_outline

HATCH_GAP_MM: Final = 2.6
SIDES: Final = (Side.LEFT, Side.RIGHT)


def skin_layer(face: Face, prefix: str) -> str:
    """Regions of both sides with a broken edge, zones to keep off hatched over them."""
    return _regions(face) + _zones(face, prefix)


def _regions(face: Face) -> str:
    drawn = ""
    for name, region in facts.load().model.skin.regions.items():
        corners = [(float(x), float(y)) for x, y in region_outline(face, name)]
        for side in SIDES:
            path = straight([(side.sign * x, y) for x, y in corners])
            drawn += element(
                "path", element("title", escape(f"{region.name}, {side}")), d=path, fill=ACCENT,
                fill_opacity=0.05, stroke=ACCENT, stroke_width=0.35, stroke_opacity=0.65,
                stroke_dasharray="1.4 1", data_region=name, data_side=side.value,
            )  # fmt: skip
    return drawn


def _zones(face: Face, prefix: str) -> str:
    drawn = ""
    for key, zone in facts.load().droplets.keep_off.items():
        for side in SIDES:
            label = element("title", escape(f"No droplets: {zone.name} ({zone.harm}), {side}"))
            outlines = [
                [(side.sign * float(x), float(y)) for x, y in corners]
                for corners in keep_off_outlines(face, zone)
            ]
            clip = f"{prefix}keep-off-{key}-{side}"
            drawn += element(
                "g", label + _hatched(clip, outlines), data_keep_off=key, data_side=side.value
            )
    return drawn


def _hatched(clip: str, outlines: list[list[Point]]) -> str:
    path = "".join(straight(corners) for corners in outlines)
    every = np.array([corner for corners in outlines for corner in corners])
    low, high = every.min(axis=0), every.max(axis=0)
    tall = float(high[1] - low[1])
    starts = np.arange(low[0] - tall, high[0], HATCH_GAP_MM)
    hatch = [((float(x), float(low[1])), (float(x) + tall, float(high[1]))) for x in starts]
    return (
        element("clipPath", element("path", d=path), id=clip)
        + element("path", d=path, fill=STOP, fill_opacity=0.04)
        + element("path", d=strokes(hatch), stroke=STOP, stroke_width=0.22, stroke_opacity=0.32,
                  fill="none", clip_path=f"url(#{clip})")
        + element("path", d=path, fill="none", stroke=STOP, stroke_width=0.3, stroke_opacity=0.6,
                  stroke_dasharray="1.6 1.2")
    )  # fmt: skip


def straight(corners: Iterable[Point]) -> str:
    """A closed path with straight edges."""
    return "M" + "L".join(f"{number(x)} {number(-y)}" for x, y in corners) + "Z"
