"""Mouth, jaw and skin in tables and curves, only where toxin gets there."""

import msgspec
import pytest

from glabella.chart import below, curves_svg, face_svg, frames, panel
from glabella.chart.brow import nearest
from glabella.face import Face, Side
from glabella.plan import Forecast
from glabella.plan.result import Curve, JawCurve
from tests.chart.drawing import by_id, parsed, words


def test_a_plan_of_the_upper_face_says_nothing_of_what_lies_below(told: Forecast) -> None:
    assert below.plots(told) == []
    assert panel(told)["below"] == []
    assert panel(told)["brows"]


def test_a_plan_of_the_lower_face_tells_of_mouth_jaw_and_skin_and_not_of_brows(
    told_below: Forecast,
) -> None:
    shown = panel(told_below)
    assert [table.title for table in shown["below"]] == ["Mouth", "Width of the jaw", "Skin"]
    assert shown["brows"] == []
    assert shown["brow_svg"] == ""
    assert "Uneven smile" in [risk["name"] for risk in shown["risks"]]
    for title in ("Mouth, mm against rest before", "Width of the jaw, mm a side"):
        assert title in words(parsed(curves_svg(told_below)))


def test_a_trace_of_toxin_at_the_mouth_is_no_table(told: Forecast, told_below: Forecast) -> None:
    still = tuple(
        msgspec.structs.replace(curve, **{
            name: Curve(median=(value,) * 9, low=(value - 1,) * 9, high=(value,) * 9)
            for name, value in (("rest_mm", 0.0), ("smile_mm", 8.75), ("upper_lip_mm", 6.0))
        })
        for curve in told_below.mouth
    )  # fmt: skip
    assert below.tables(msgspec.structs.replace(told, mouth=still), 0) == []


def test_risks_that_no_drawn_patient_has_are_told_where_something_moves(
    told: Forecast, told_below: Forecast
) -> None:
    none = [msgspec.structs.replace(risk, probability=0.0) for risk in told.risks]
    events = {risk["name"] for risk in panel(msgspec.structs.replace(told, risks=none))["risks"]}
    assert events == {"Drooping upper lid", "Brow drop", "Spock brow", "Uneven brows"}
    none = [msgspec.structs.replace(risk, probability=0.0) for risk in told_below.risks]
    shown = panel(msgspec.structs.replace(told_below, risks=none))["risks"]
    assert {risk["name"] for risk in shown} == {"Uneven smile", "Weak lips"}


def test_the_right_side_stands_first_and_every_cell_has_its_own_key(told_below: Forecast) -> None:
    tables = below.tables(told_below, 0)
    assert [row.name for row in tables[0].rows] == ["right", "left"]
    keys = [key for table in tables for row in table.rows for key, _ in row.cells]
    assert len(keys) == len(set(keys))
    assert all(len(row.cells) == len(table.columns) for table in tables for row in table.rows)


def test_the_words_of_a_day_are_those_of_the_frames(face: Face, told_below: Forecast) -> None:
    moving = frames(face, told_below)
    for said in moving["texts"][::9]:
        index = nearest(told_below.days, said["day"])
        wanted = below.texts(told_below, index)
        assert wanted
        assert wanted.items() <= said["texts"].items()


def test_a_corner_that_is_freed_is_told_higher_and_a_jaw_slimmer(told_below: Forecast) -> None:
    said = below.texts(told_below, nearest(told_below.days, 60))
    assert said["day-mouth-left-rest"].startswith("+")
    assert said["day-jaw-right"].startswith("−")
    assert said["day-skin-cheek-pores"].partition("%")[0].isdigit()


def test_sides_that_differ_are_two_curves(told_below: Forecast) -> None:
    def flat(value: float) -> Curve:
        days = (value,) * len(told_below.days)
        return Curve(median=days, low=days, high=days)

    jaw = tuple(
        JawCurve(side=side, width_mm=flat(value))
        for side, value in ((Side.LEFT, -3), (Side.RIGHT, 0))
    )
    uneven = msgspec.structs.replace(told_below, mouth=(), skin=(), jaw=jaw)
    (plot,) = below.plots(uneven)
    assert [trace.label for trace in plot.traces] == ["Jaw L", "Jaw R"]
    assert len({trace.dash for trace in plot.traces}) == 2
    assert plot.low <= -3


def test_a_plot_holds_all_of_its_bands_and_zero(told_below: Forecast) -> None:
    for plot in below.plots(told_below)[:2]:
        assert plot.low <= 0 <= plot.high
        for trace in plot.traces:
            assert plot.low <= min(trace.curve.low)
            assert max(trace.curve.high) <= plot.high


@pytest.mark.parametrize("part", ["mouth", "jaw-line", "skin", "teeth", "chin-fold"])
def test_what_moves_below_is_in_the_picture(face: Face, told_below: Forecast, part: str) -> None:
    ids = by_id(parsed(face_svg(face)))
    assert f"part-{part}" in ids
    moving = frames(face, told_below)
    named = {
        name
        for listed in moving["expressions"].values()
        for frame in listed
        for name in frame["parts"]
    }
    assert part in named


def test_the_line_of_the_day_runs_through_every_plot(told_below: Forecast, told: Forecast) -> None:
    def runs(forecast: Forecast) -> int:
        now = by_id(parsed(curves_svg(forecast)))["part-now"]
        return next(iter(now)).attrib["d"].count("M")

    assert runs(told_below) == runs(told) + len(below.plots(told_below))
