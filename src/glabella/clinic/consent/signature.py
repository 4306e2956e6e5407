"""A drawn signature: strokes of points, kept as they were drawn."""

from __future__ import annotations

import math
from itertools import pairwise
from xml.sax.saxutils import quoteattr

import msgspec
from django.utils.safestring import mark_safe

from glabella.errors import RecordError

WIDTH, HEIGHT = 1000, 333
MOST_POINTS = 6000
SHORTEST = 80.0

Strokes = list[list[tuple[float, float]]]


class SignatureRefused(RecordError):
    """What was drawn is no signature."""


def read(text: str) -> Strokes:
    """The strokes of a signature; refuses what is damaged, empty or only a dot."""
    try:
        strokes = msgspec.json.decode(text or "[]", type=Strokes)
    except msgspec.DecodeError as error:
        raise SignatureRefused("The signature came damaged. Draw it again.") from error
    points = [point for stroke in strokes for point in stroke]
    if len(points) > MOST_POINTS:
        raise SignatureRefused("The signature is too long. Clear it and draw it again.")
    if any(not (0 <= x <= WIDTH and 0 <= y <= HEIGHT) for x, y in points):
        raise SignatureRefused("The signature came damaged. Draw it again.")
    if length(strokes) < SHORTEST:
        raise SignatureRefused("Please sign in the box, or type your name instead.")
    return strokes


def length(strokes: Strokes) -> float:
    return sum(math.dist(a, b) for stroke in strokes for a, b in pairwise(stroke))


def svg(strokes: Strokes, *, name: str) -> str:
    """The signature as it was drawn."""
    lines = "".join(
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in stroke)}"/>'
        for stroke in strokes
        if stroke
    )
    label = quoteattr(f"Signature of {name}")
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="300" '
        f'height="100" role="img" aria-label={label}><g fill="none" stroke="#15212b" '
        f'stroke-width="5" stroke-linecap="round" stroke-linejoin="round">{lines}</g></svg>'
    )
    return mark_safe(drawn)  # noqa: S308 - numbers, and a name that is quoted
