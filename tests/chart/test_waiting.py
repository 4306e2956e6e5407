"""The bars of what is waited for: whole, in order, and readable without colour."""

from __future__ import annotations

import itertools
from datetime import date
from xml.etree import ElementTree

from glabella import chart

TODAY = date(2024, 3, 16)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*bars: chart.WaitBar) -> ElementTree.Element:
    return ElementTree.fromstring(chart.waiting_svg(bars, today=TODAY, title="Back & well"))


def bar(low: date | None, median: date | None, high: date | None) -> chart.WaitBar:
    return chart.WaitBar("upper lid, left", low, median, high)


USUAL = bar(date(2024, 4, 3), date(2024, 6, 20), date(2024, 8, 1))


def words(picture: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def test_a_bar_runs_from_the_first_to_the_last_date_with_a_mark_between() -> None:
    picture = drawn(USUAL)
    (rect,) = picture.iter(f"{SVG}rect")
    (mark,) = picture.iter(f"{SVG}circle")
    left, width = float(rect.attrib["x"]), float(rect.attrib["width"])
    assert left < float(mark.attrib["cx"]) < left + width


def test_the_dates_are_written_too() -> None:
    told = words(drawn(USUAL))
    assert "20 Jun 2024 (3 Apr 2024 to 1 Aug 2024)" in told
    assert "upper lid, left" in told
    assert "today" in told


def test_what_lies_beyond_the_calendar_runs_to_its_end_and_says_later() -> None:
    picture = drawn(bar(date(2024, 5, 1), None, None))
    assert any("later (1 May 2024 to later)" in line for line in words(picture))
    assert not list(picture.iter(f"{SVG}circle"))


def test_what_is_back_already_is_a_short_bar_at_today() -> None:
    (rect,) = drawn(bar(TODAY, TODAY, TODAY)).iter(f"{SVG}rect")
    assert float(rect.attrib["width"]) > 0


def test_names_of_months_keep_apart() -> None:
    far = bar(date(2024, 4, 1), date(2025, 3, 1), date(2026, 3, 1))
    months = [
        float(text.attrib["x"])
        for text in drawn(far).iter(f"{SVG}text")
        if (text.text or "")[-5:-2] == " 20"
    ]
    assert all(later - earlier >= 40 for earlier, later in itertools.pairwise(months))


def test_the_picture_has_a_name() -> None:
    assert drawn(USUAL).attrib["aria-label"] == "Back & well"
