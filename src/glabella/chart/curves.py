"""Curves of a forecast: line severity, when it works, and the strength of the muscles."""

from __future__ import annotations

from collections import defaultdict
from typing import Final
from xml.sax.saxutils import escape

from glabella.chart.below import plots
from glabella.chart.names import muscle_name, on_day, short_area_name
from glabella.chart.plot import (
    LABEL_STEP,
    Frame,
    Trace,
    band,
    day_axis,
    grid,
    key,
    key_rows,
    line,
    text,
)
from glabella.chart.style import FONT, INK, INK_SOFT, attributes, element, number
from glabella.face import Side
from glabella.plan.result import AreaCourse, Curve, Forecast, GradeCurve, MuscleCurve

WIDTH: Final = 380.0
LEFT, RIGHT_MARGIN = 92.0, 18.0
PLOT_HEIGHT: Final = 112.0
ROW: Final = 22.0
GRADES: Final = ((0.0, "none"), (1.0, "mild"), (2.0, "moderate"), (3.0, "severe"))
STRENGTHS: Final = ((0.0, "0%"), (0.5, "50%"), (1.0, "100%"))
# Colour and dash of each area and muscle.
MARKS: Final[dict[str, tuple[str, str]]] = {
    "glabella": ("#0b5563", ""),
    "forehead": ("#9a5b00", "7 3"),
    "lateral-canthal": ("#7a3a86", "2 3"),
    "corrugator": ("#0b5563", ""),
    "procerus": ("#2f7f52", "1.5 2.5"),
    "depressor-supercilii": ("#3d6ea5", "7 2 1.5 2"),
    "frontalis": ("#9a5b00", "7 3"),
    "orbicularis-oculi": ("#7a3a86", "2 3"),
    "levator-palpebrae": ("#a3231c", "4 2"),
    "lateral-rectus": ("#a3231c", "1.5 1.5"),
    "zygomaticus": ("#a3231c", "7 2"),
    "depressor-labii": ("#a3231c", "3 2 1 2"),
    "bunny-lines": ("#2f7f52", "1.5 2.5"),
    "nasalis": ("#2f7f52", "5 2"),
    "levator-labii-alaeque-nasi": ("#2f7f52", "7 2 1.5 2"),
    "depressor-septi": ("#2f7f52", "2 4"),
    "lip-lines": ("#b0456a", "4 2"),
    "orbicularis-oris": ("#b0456a", "4 2"),
    "mouth-corner": ("#b0456a", "8 2 2 2"),
    "depressor-anguli-oris": ("#b0456a", "8 2 2 2"),
    "chin": ("#3d6ea5", "3 3"),
    "mentalis": ("#3d6ea5", "3 3"),
    "masseter": ("#5b4a8a", ""),
    "platysma": ("#5c6b00", "9 3"),
}
OTHER_MARK: Final = (INK, "")
# Two sides closer than this share of the scale are drawn as one curve.
SAME: Final = 0.06
# A muscle that never falls below this is left out of the picture.
UNTOUCHED: Final = 0.97


def curves_svg(forecast: Forecast, *, prefix: str = "") -> str:
    """Severity by day, the course of each area, and muscle strength, on one axis of days."""
    grades = grade_traces(forecast)
    strengths = strength_traces(forecast)
    top = 24.0 + LABEL_STEP * key_rows(grades, WIDTH)
    severity = _frame(forecast, top, 0, GRADES[-1][0])
    course_top = top + PLOT_HEIGHT + 46
    courses = _shown_courses(forecast)
    bars = ROW * len(courses) + 4
    key_height = LABEL_STEP * key_rows(strengths, WIDTH)
    strength_top = course_top + ROW * len(courses) + 44 + key_height
    strength = _frame(forecast, strength_top, 0, 1)
    tops = [severity.top, course_top + 6, strength_top]
    below, height = _below(forecast, strength_top + PLOT_HEIGHT + 40, tops)
    body = (
        element("title", "Forecast by day with the range of 90 of 100 patients")
        + text(0, 13, "Line severity in movement", fill=INK, font_weight="600", font_size=12.5)
        + key(0, 30, grades, WIDTH)
        + _plot(forecast, severity, grades, list(GRADES))
        + day_axis(severity, forecast.start)
        + _courses(forecast, severity, course_top, courses)
        + text(0, strength_top - 16 - key_height, "Muscle strength left", fill=INK,
               font_weight="600", font_size=12.5)
        + key(0, strength_top + 1 - key_height, strengths, WIDTH)
        + _plot(forecast, strength, strengths, list(STRENGTHS))
        + day_axis(strength, forecast.start)
        + below
        + _now(prefix, tops, [PLOT_HEIGHT, bars] + [PLOT_HEIGHT] * (len(tops) - 2))
    )  # fmt: skip
    return _svg(WIDTH, height, body, "Forecast curves")


def _below(forecast: Forecast, top: float, tops: list[float]) -> tuple[str, float]:
    """Mouth, jaw and skin under the others where toxin gets there; adds to the `tops` of plots."""
    drawn = ""
    for plot in plots(forecast):
        traces = list(plot.traces)
        keys = LABEL_STEP * key_rows(traces, WIDTH)
        frame = _frame(forecast, top + 18 + keys, plot.low, plot.high)
        drawn += text(0, top + 7, plot.title, fill=INK, font_weight="600", font_size=12.5)
        drawn += key(0, top + 24, traces, WIDTH)
        drawn += _plot(forecast, frame, traces, list(plot.values))
        drawn += day_axis(frame, forecast.start)
        tops.append(frame.top)
        top = frame.top + PLOT_HEIGHT + 40
    return drawn, top


def now_shift(forecast: Forecast, day: int) -> str:
    """Where the line of the chosen day stands, as a transform."""
    return f"translate({number(_frame(forecast, 0, 0, 1).x(day))} 0)"


def grade_traces(forecast: Forecast) -> list[Trace]:
    """Severity at maximum movement, one curve an area unless its sides differ."""
    by_area: dict[str, list[GradeCurve]] = defaultdict(list)
    for grade in forecast.grades:
        if grade.at == "maximum":
            by_area[grade.area].append(grade)
    drawn: list[Trace] = []
    for area, found in by_area.items():
        sided = [(g.side, g.grade) for g in found]
        drawn += _traces(short_area_name(area), area, sided, GRADES[-1][0])
    return drawn


def strength_traces(forecast: Forecast) -> list[Trace]:
    """Strength of each muscle that the plan reaches, one curve unless its sides differ."""
    by_muscle: dict[str, list[MuscleCurve]] = defaultdict(list)
    for muscle in forecast.muscles:
        by_muscle[muscle.muscle].append(muscle)
    drawn: list[Trace] = []
    for name, found in by_muscle.items():
        if min(min(m.strength.median) for m in found) < UNTOUCHED:
            short = muscle_name(name).partition(",")[0]
            drawn += _traces(short, name, [(m.side, m.strength) for m in found], 1)
    return drawn


def _traces(label: str, mark: str, sided: list[tuple[Side, Curve]], scale: float) -> list[Trace]:
    colour, dash = MARKS.get(mark, OTHER_MARK)
    first = sided[0][1]
    alike = all(
        abs(a - b) < SAME * scale
        for _, c in sided[1:]
        for a, b in zip(first.median, c.median, strict=True)
    )
    if alike:
        return [Trace(label, first, colour, dash)]
    other_dash = "1 2" if not dash else f"{dash} 7 2"
    return [
        Trace(
            f"{label} {side[0].upper()}", curve, colour, dash if side is Side.LEFT else other_dash
        )
        for side, curve in sided
    ]


def _frame(forecast: Forecast, top: float, low: float, high: float) -> Frame:
    width = WIDTH - LEFT - RIGHT_MARGIN
    return Frame(LEFT, top, width, PLOT_HEIGHT, max(forecast.days), low, high)


def _plot(
    forecast: Forecast, frame: Frame, traces: list[Trace], values: list[tuple[float, str]]
) -> str:
    bands = "".join(band(frame, forecast.days, trace) for trace in traces)
    lines = "".join(line(frame, forecast.days, trace) for trace in traces)
    return grid(frame, values) + bands + lines


def _shown_courses(forecast: Forecast) -> list[tuple[str, AreaCourse]]:
    """One row an area, two where the sides wear off on different days."""
    by_area: dict[str, list[AreaCourse]] = defaultdict(list)
    for course in forecast.courses:
        by_area[course.area].append(course)
    rows: list[tuple[str, AreaCourse]] = []
    for area, found in by_area.items():
        one = len({(c.onset.median_days, c.wear_off.median_days) for c in found}) == 1
        name = short_area_name(area)
        rows += [(name, found[0])] if one else [(f"{name}, {c.side}", c) for c in found]
    return rows


def _courses(
    forecast: Forecast, frame: Frame, top: float, rows: list[tuple[str, AreaCourse]]
) -> str:
    """Bars from onset to wear-off, a diamond at the peak, whiskers for 90 of 100 patients."""
    if not rows:
        return ""
    drawn = text(0, top, "Works from, peaks (◆) and wears off", fill=INK, font_weight="600",
                 font_size=12.5)  # fmt: skip
    for i, (name, course) in enumerate(rows):
        drawn += _bar(forecast, frame, top + ROW * (i + 1) - 4, name, course)
    return drawn


def _bar(forecast: Forecast, frame: Frame, y: float, name: str, course: AreaCourse) -> str:
    colour, _ = MARKS.get(course.area, OTHER_MARK)
    side = f" {course.side[0].upper()}" if "," in name else ""
    label = name.partition(",")[0] + side
    drawn = text(frame.left - 6, y + 4, label, text_anchor="end", font_size=10)
    if course.onset.median_days is None:
        return drawn + text(frame.left, y + 4, "no visible effect in the median patient")
    start = frame.x(course.onset.median_days)
    open_end = course.wear_off.median_days is None
    end = frame.x(frame.last_day if open_end else course.wear_off.median_days or 0)
    drawn += element(
        "rect", x=start, y=y - 4, width=max(1.0, end - start), height=8, rx=0 if open_end else 4,
        fill=colour, fill_opacity=0.28,
    )  # fmt: skip
    low = course.wear_off.low_days
    if low is not None:
        high = course.wear_off.high_days or frame.last_day
        whisker = f"M{number(frame.x(low))} {number(y)}H{number(frame.x(high))}"
        drawn += element("path", d=whisker, stroke=colour, stroke_width=1.4)
    if course.peak.median_days is not None:
        x = frame.x(course.peak.median_days)
        drawn += element("path", d=f"M{number(x)} {number(y - 5)}l5 5-5 5-5-5z", fill=colour)
    if not open_end:
        words = on_day(forecast.start, course.wear_off.median_days or 0)
        drawn += element(
            "path", d=f"M{number(end)} {number(y - 6)}v12", stroke=colour, stroke_width=2.4
        )
        drawn += text(end + 5, y - 3.5, words, font_size=10, fill=INK) if end < 320 else ""
    return drawn


def _now(prefix: str, tops: list[float], heights: list[float]) -> str:
    """The line of the chosen day through each plot, at day 0 until the page moves it."""
    runs = "".join(f"M0 {number(t)}v{number(h)}" for t, h in zip(tops, heights, strict=True))
    path = element("path", d=runs, stroke=INK, stroke_width=1.2, stroke_opacity=0.65)
    return element("g", path, id=f"{prefix}part-now", transform=f"translate({number(LEFT)} 0)")


def _svg(width: float, height: float, body: str, title: str) -> str:
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "role": "img",
            "aria-label": escape(title),
            "font-family": FONT,
            "fill": INK_SOFT,
        }
    )
    return f"<svg{opening}>{body}</svg>"
