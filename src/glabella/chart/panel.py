"""The forecast panel as plain values: what the page beside the face shows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from glabella.chart import below
from glabella.chart.brow import brow_moves, brow_svg, brow_words, nearest
from glabella.chart.curves import curves_svg
from glabella.chart.names import full_date, percent, short_area_name, source_text, when
from glabella.face import Side
from glabella.plan.finding import Finding
from glabella.plan.report import learned_words
from glabella.plan.result import AreaCourse, Forecast, GradeCurve, Risk

TABLE_DAYS: Final = (7, 14, 30, 60, 90, 120, 150, 180)
GRAVE: Final = {"stop": 0, "warn": 1, "note": 2}
# Differences between sides below this share of patients are not worth two rows.
SAME_SHARE: Final = 0.01
COMMON, UNCOMMON = 0.1, 0.02
# What is told of a plan that moves brows, or the mouth, even when no drawn patient has it.
ABOVE: Final = {"lid_ptosis", "brow_ptosis", "spock_brow", "asymmetry"}
BELOW: Final = {"smile_asymmetry", "lip_incompetence"}


def panel(forecast: Forecast | None, *, fixed_day: int | None = None) -> dict[str, Any] | None:
    """Everything that the panel of the chart page shows; None stays None.

    A panel on paper or without a slider tells of one `fixed_day`, and says so.
    """
    if forecast is None:
        return None
    index = nearest(forecast.days, fixed_day or 0)
    shown_brows = forecast.brow if brow_moves(forecast) else ()
    told_anyway = (ABOVE if shown_brows else set()) | (BELOW if below.mouth(forecast) else set())
    days = [day for day in TABLE_DAYS if day <= max(forecast.days)]
    return {
        "start": full_date(forecast.start),
        "fixed_day": None if fixed_day is None else forecast.days[index],
        "last_day": max(forecast.days),
        "drawn": forecast.drawn,
        "whose": learned_words(forecast.learned),
        "table_days": days,
        "grades": [_grade_row(forecast, grades, days, index) for grades in _by_sides(forecast)],
        "brows": [
            {"side": brow.side, "key": f"day-brow-{brow.side}", "words": brow_words(brow, index)}
            for brow in sorted(shown_brows, key=lambda brow: brow.side != Side.RIGHT)
        ],
        "below": below.tables(forecast, index),
        "courses": [_course(forecast, course) for course in forecast.courses],
        "risks": [
            _risk(risk)
            for risk in forecast.risks
            if risk.probability > 0 or risk.event in told_anyway
        ],
        "findings": [_finding(f) for f in sorted(forecast.findings, key=_gravity)],
        "curves_svg": curves_svg(forecast),
        "brow_svg": brow_svg(forecast, fixed_day or 0) if shown_brows else "",
        "sources": sorted(forecast.sources.items()),
        "assumptions": forecast.assumptions,
    }


def _by_sides(forecast: Forecast) -> list[list[GradeCurve]]:
    """The curves at maximum movement by area; one row where both sides are alike."""
    by_area: dict[str, list[GradeCurve]] = defaultdict(list)
    for grade in forecast.grades:
        if grade.at == "maximum":
            by_area[grade.area].append(grade)
    rows: list[list[GradeCurve]] = []
    for found in by_area.values():
        first = found[0].none_or_mild
        alike = all(
            abs(a - b) <= SAME_SHARE
            for other in found[1:]
            for a, b in zip(first, other.none_or_mild, strict=True)
        )
        rows += [found] if alike else [[grade] for grade in found]
    return rows


def _grade_row(
    forecast: Forecast, grades: list[GradeCurve], days: list[int], now: int
) -> dict[str, Any]:
    grade = grades[0]
    name = short_area_name(grade.area)
    one_side = len(grades) == 1 and grade.side is not Side.MIDLINE
    cells = []
    for day in days:
        i = nearest(forecast.days, day)
        band = f"{grade.grade.low[i]:.1f} to {grade.grade.high[i]:.1f}"
        cells.append({"share": percent(grade.none_or_mild[i]),
                      "grade": f"{grade.grade.median[i]:.1f}", "range": band})  # fmt: skip
    return {
        "name": f"{name}, {grade.side}" if one_side else name,
        "key": f"day-{grade.area}-{grade.side}",
        "cells": cells,
        "share_now": f"{percent(grade.none_or_mild[now])} none or mild",
        "grade_now": f"{grade.grade.median[now]:.1f}",
    }


def _course(forecast: Forecast, course: AreaCourse) -> dict[str, str]:
    horizon = max(forecast.days)
    side = "" if course.side is Side.MIDLINE else f", {course.side}"
    return {
        "name": short_area_name(course.area) + side,
        "onset": when(course.onset, horizon),
        "peak": when(course.peak, horizon),
        "wear_off": when(course.wear_off, horizon),
        "responders": percent(course.responders),
    }


def _risk(risk: Risk) -> dict[str, str]:
    level = "common" if risk.probability >= COMMON else "uncommon"
    if risk.probability < UNCOMMON:
        level = "rare"
    return {
        "name": risk.name,
        "share": percent(risk.probability),
        "level": level,
        "definition": risk.definition,
        "source": source_text(risk.source),
    }


def _gravity(finding: Finding) -> int:
    return GRAVE[finding.severity]


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "severity": finding.severity,
        "message": finding.message,
        "mend": finding.mend,
        "source_text": source_text(finding.source) if finding.source else "",
    }
