"""The readings of a place as a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from glabella.clinic.coldchain.models import Reading
from glabella.clinic.stock.models import Place

WIDTH, HEIGHT = 720.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 10.0, 10.0, 26.0
MARGIN_CELSIUS = 3.0
MOST_POINTS = 700
# A line is not drawn over a longer silence than this.
BREAK = timedelta(hours=12)


class Scale:
    """From a moment and a temperature to a place in the drawing."""

    def __init__(self, since: datetime, until: datetime, low: float, high: float) -> None:
        self.since, self.span = since, (until - since).total_seconds()
        self.low, self.high = low, high

    def x(self, at: datetime) -> float:
        share = (at - self.since).total_seconds() / self.span
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, celsius: float) -> float:
        share = (celsius - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _scale(place: Place, readings: Sequence[Reading], since: datetime, until: datetime) -> Scale:
    seen = [float(one.celsius) for one in readings]
    low = min([float(place.low_celsius), *seen]) - MARGIN_CELSIUS
    high = max([float(place.high_celsius), *seen]) + MARGIN_CELSIUS
    return Scale(since, until, low, high)


def _lines(scale: Scale, readings: Sequence[Reading]) -> SafeString:
    runs: list[list[Reading]] = [[readings[0]]] if readings else []
    for one, following in pairwise(readings):
        if following.at - one.at > BREAK:
            runs.append([])
        runs[-1].append(following)
    return format_html_join(
        "",
        '<polyline class="cold-line" points="{}"/>',
        (
            (" ".join(f"{scale.x(one.at)},{scale.y(float(one.celsius))}" for one in run),)
            for run in runs
        ),
    )


def _dots(place: Place, scale: Scale, readings: Sequence[Reading]) -> SafeString:
    outside = (
        one for one in readings if not place.low_celsius <= one.celsius <= place.high_celsius
    )
    return format_html_join(
        "",
        '<circle class="cold-out" cx="{}" cy="{}" r="4"/>',
        ((scale.x(one.at), scale.y(float(one.celsius))) for one in outside),
    )


def _days(scale: Scale, since: datetime, until: datetime) -> SafeString:
    first = timezone.localtime(since).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [first + timedelta(days=number) for number in range(1, (until - since).days + 1)]
    return format_html_join(
        "",
        '<line class="cold-day" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>'
        '<text class="cold-text" x="{0}" y="{3}" text-anchor="middle">{4}</text>',
        ((scale.x(day), TOP, HEIGHT - BOTTOM, HEIGHT - 8, f"{day:%d %b}") for day in days),
    )


def _words(place: Place, readings: Sequence[Reading]) -> str:
    if not readings:
        return f"{place.name}: no reading in the last seven days."
    seen = [one.celsius for one in readings]
    return (
        f"{place.name}: {len(seen)} readings in seven days, from {min(seen)} to {max(seen)} °C; "
        f"the range is {place.low_celsius} to {place.high_celsius} °C."
    )


def readings_svg(
    place: Place, readings: Sequence[Reading], *, since: datetime, until: datetime
) -> SafeString:
    """The last days: the range as a band, readings as a line, those outside as dots."""
    # A logger may send every minute: what is outside is never left out.
    step = max(1, len(readings) // MOST_POINTS)
    drawn = [
        one
        for number, one in enumerate(readings)
        if number % step == 0 or not place.low_celsius <= one.celsius <= place.high_celsius
    ]
    scale = _scale(place, drawn, since, until)
    top, bottom = scale.y(float(place.high_celsius)), scale.y(float(place.low_celsius))
    axis = format_html_join(
        "",
        '<text class="cold-text" x="{}" y="{}" text-anchor="end">{} °C</text>',
        (
            (LEFT - 6, scale.y(float(edge)) + 4, f"{edge:g}")
            for edge in (place.low_celsius.normalize(), place.high_celsius.normalize())
        ),
    )
    return mark_safe(  # noqa: S308 - every part is escaped where it is made
        format_html(
            '<svg class="cold" viewBox="0 0 {} {}" role="img" aria-label="{}">'
            '<rect class="cold-band" x="{}" y="{}" width="{}" height="{}"/>',
            WIDTH,
            HEIGHT,
            _words(place, readings),
            LEFT,
            top,
            WIDTH - LEFT - RIGHT,
            bottom - top,
        )
        + _days(scale, since, until)
        + axis
        + _lines(scale, drawn)
        + _dots(place, scale, drawn)
        + "</svg>"
    )
