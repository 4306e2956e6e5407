"""A plan and its forecast on one sheet: face, curves, brow profile and sources in one SVG."""

from __future__ import annotations

import textwrap
from typing import Final
from xml.sax.saxutils import escape

from glabella import facts
from glabella.chart.brow import brow_moves, brow_svg
from glabella.chart.curves import curves_svg
from glabella.chart.face import face_svg, view_of
from glabella.chart.names import full_date, percent
from glabella.chart.plot import text
from glabella.chart.points import ChartPoint
from glabella.chart.style import FONT, INK, INK_SOFT, attributes, element, product_style
from glabella.face import Face
from glabella.plan.place import place
from glabella.plan.plan import Plan
from glabella.plan.result import Forecast

WIDTH: Final = 1120.0
MARGIN: Final = 32.0
FACE_WIDTH, FACE_HEIGHT = 620.0, 760.0
SIDE_X: Final = 690.0
LINE: Final = 15.0
WRAP: Final = 172
SUMMARY_WRAP, SUMMARY_LINE = 140, 18.0
# The day on which a treatment is judged.
SHOWN_DAY: Final = 30


def plan_svg(plan: Plan, forecast: Forecast) -> str:
    """Face with points, curves with intervals, and what it all stands on."""
    face = Face.fit(plan.patient.sex, plan.patient.measures)
    points = plan_points(face, plan)
    drawing = face_svg(
        face, points=points, layers=("midline", "c-line"), title="Injection points",
        view=view_of(face, points, ("head", "whole")), prefix="sheet-",
    )  # fmt: skip
    notes = _notes(forecast)
    summary = textwrap.wrap(_summary(forecast, points), SUMMARY_WRAP)
    top = 66.0 + SUMMARY_LINE * len(summary)
    foot = top + FACE_HEIGHT + 34
    height = foot + LINE * len(notes) + MARGIN
    heading = plan.title or "Plan and forecast"
    words = (
        text(MARGIN, 44, heading, font_size=22, font_weight="650", fill=INK)
        + "".join(
            text(MARGIN, 66 + SUMMARY_LINE * i, line, font_size=13)
            for i, line in enumerate(summary)
        )
        + text(MARGIN, top + FACE_HEIGHT + 8, "The patient's left is on the right. Ring: dermis, "
               "dot: muscle, square: bone.", font_size=11)
    )  # fmt: skip
    parts = _placed(drawing, MARGIN, top, FACE_WIDTH, FACE_HEIGHT) + _beside(forecast, top)
    footer = "".join(
        text(MARGIN, foot + LINE * i, line, font_size=10.5) for i, line in enumerate(notes)
    )
    return _sheet(height, heading, words + parts + footer)


def _beside(forecast: Forecast, top: float) -> str:
    """Curves beside the face, and the brow below them where it moves."""
    curves = curves_svg(forecast, prefix="sheet-")
    if not brow_moves(forecast):
        return _placed(curves, SIDE_X, top, 398, FACE_HEIGHT)
    title = f"Brow at rest on day {SHOWN_DAY}, mm"
    return (
        _placed(curves, SIDE_X, top, 398, 540)
        + text(SIDE_X, top + 566, title, font_size=12.5, font_weight="600", fill=INK)
        + _placed(brow_svg(forecast, SHOWN_DAY, prefix="sheet-"), SIDE_X, top + 576, 398, 126)
    )


def plan_points(face: Face, plan: Plan) -> list[ChartPoint]:
    """The points of the plan's last date, protocols laid out on this face, numbered in order."""
    last = max(treatment.date for treatment in plan.treatments)
    today = [treatment for treatment in plan.treatments if treatment.date == last]
    doses = [dose for treatment in today for dose in place(face, treatment)]
    return [
        ChartPoint(
            number=number, x_mm=dose.x_mm, y_mm=dose.y_mm, side=dose.side, depth=dose.depth,
            units=round(dose.units.amount, 4 if dose.in_skin else 2), product_id=dose.units.product,
            key=f"point-{number}", name=dose.at(), region="skin" if dose.in_skin else "",
        )
        for number, dose in enumerate(doses, start=1)
    ]  # fmt: skip


def _summary(forecast: Forecast, points: list[ChartPoint]) -> str:
    totals: dict[str, float] = {}
    for point in points:
        totals[point.product_id] = totals.get(point.product_id, 0.0) + point.units
    doses = " and ".join(
        f"{round(units, 1):g} U {facts.product(product).name} ({product_style(product).letter})"
        for product, units in totals.items()
    )
    risks = ", ".join(f"{r.name.lower()} {percent(r.probability)}" for r in forecast.risks)
    when = full_date(forecast.start)
    return f"{doses} on {when}. Forecast over {forecast.drawn} drawn patients. Risks: {risks}."


def _notes(forecast: Forecast) -> list[str]:
    """Findings, then sources and assumptions, wrapped to the sheet."""
    lines: list[str] = []
    for finding in forecast.findings:
        lines += textwrap.wrap(f"{finding.severity}: {finding.message} {finding.mend}", WRAP)
    sources = "; ".join(forecast.sources.values())
    lines += textwrap.wrap(f"Sources: {sources}", WRAP)
    lines.append(
        f"{len(forecast.assumptions)} assumptions; "
        "`glabella facts --assumptions` lists them with their reasons."
    )
    lines.append(
        f"Bands hold 90 of 100 drawn patients. Facts {forecast.facts_digest[:12]}. "
        "A forecast, not a promise."
    )
    return lines


def _placed(svg: str, x: float, y: float, width: float, height: float) -> str:
    """A picture placed inside another one."""
    place = attributes({"x": x, "y": y, "width": width, "height": height})
    return svg.replace("<svg", f"<svg{place}", 1)


def _sheet(height: float, title: str, body: str) -> str:
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH:g} {height:g}",
            "width": WIDTH,
            "height": height,
            "role": "img",
            "font-family": FONT,
            "fill": INK_SOFT,
        }
    )
    paper = element("rect", width=WIDTH, height=height, fill="#ffffff")
    return f"<svg{opening}>{element('title', escape(title))}{paper}{body}</svg>\n"
