"""Graphs and the validation figure: valid pictures, told in words, with every row in its place."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from glabella.chart.graph import Axis, Dots, Line, Panel, Shape, graph_svg, mark
from glabella.chart.style import ACCENT, STOP
from glabella.chart.validation_figure import LABEL, PLOT, ShownRow, validation_svg
from tests.chart.drawing import SVG, nodes, parsed, words

ROW = ShownRow(
    group="glabella, none or mild",
    label="Botox Cosmetic 20 U, day 30 · trial & <signs>",
    unit="%",
    use="fitted",
    published=80,
    predicted=75,
    low=60,
    high=90,
)
ACROSS, UP = Axis("days", 0, 10, (0, 5, 10)), Axis("%", 0, 100, (0, 50, 100))


def row(**changes: object) -> ShownRow:
    return dataclasses.replace(ROW, **changes)


# Graphs


def panel(**changes: object) -> Panel:
    line = Line("model", [(0, 0), (5, 50), (10, 100)])
    return dataclasses.replace(Panel("A <panel>", ACROSS, UP, lines=[line]), **changes)


def test_a_graph_has_a_title_and_a_description_for_those_who_cannot_see_it() -> None:
    root = parsed(graph_svg([panel()], title="Spread & dose", description="What it <shows>."))
    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    told = {node.attrib.get("id"): node.text for node in root}
    assert [told[name] for name in named] == ["Spread & dose", "What it <shows>."]


def test_a_curve_runs_through_its_points() -> None:
    root = parsed(graph_svg([panel()], title="t", description="d"))
    (curve,) = (
        nodes(path.attrib["d"])
        for path in root.iter(f"{SVG}path")
        if path.attrib.get("stroke") == ACCENT and len(nodes(path.attrib["d"])) == 3
    )
    (x0, y0), (x1, y1), (x2, y2) = curve
    assert (x0 + x2) / 2 == pytest.approx(x1)
    assert (y0 + y2) / 2 == pytest.approx(y1)
    assert x0 < x2
    assert y0 > y2, "larger is higher up"


def test_a_logarithmic_axis_spaces_doublings_alike() -> None:
    axis = Axis("U", 1, 16, (1, 2, 4, 8, 16), log=True)
    shares = [axis.share(value) for value in axis.ticks]
    gaps = [b - a for a, b in itertools.pairwise(shares)]
    assert gaps == pytest.approx([0.25] * 4)


@pytest.mark.parametrize(("value", "share"), [(-5, 0), (0, 0), (5, 0.5), (10, 1), (20, 1)])
def test_an_axis_holds_values_within_its_ends(value: float, share: float) -> None:
    assert ACROSS.share(value) == pytest.approx(share)
    assert Axis("U", 1, 16, (), log=True).share(0) == 0


def test_lines_of_one_panel_differ_in_dash_too() -> None:
    lines = [Line(str(n), [(0, n), (10, n)]) for n in range(6)]
    root = parsed(graph_svg([panel(lines=lines)], title="t", description="d"))
    keys = [
        path.attrib.get("stroke-dasharray", "")
        for path in root.iter(f"{SVG}path")
        if path.attrib.get("stroke-width") == "2"
    ]
    assert len(set(keys)) == 6


def test_every_line_and_every_kind_of_dot_is_in_the_key() -> None:
    dots = [Dots("seen", [(3, 40)], "diamond", reach=[(20, 60)])]
    root = parsed(graph_svg([panel(dots=dots)], title="t", description="d"))
    assert {"model", "seen", "A <panel>", "days", "%"} <= set(words(root))


@pytest.mark.parametrize("shape", ["dot", "ring", "square", "diamond", "cross"])
def test_each_shape_is_its_own(shape: Shape) -> None:
    drawn = mark(shape, 10, 10, "#000000")
    assert parsed(drawn.replace("<", f'<g xmlns="{SVG[1:-1]}"><', 1) + "</g>") is not None
    others = {"dot", "ring", "square", "diamond", "cross"} - {shape}
    assert all(mark(other, 10, 10, "#000000") != drawn for other in others)  # type: ignore[arg-type]


# The validation figure


def test_the_figure_says_in_words_what_it_shows() -> None:
    root = parsed(validation_svg([ROW, row(use="not fitted", published=95)]))
    described = next(node.text or "" for node in root.iter(f"{SVG}desc"))
    assert "fitted to: 1, of them 100% inside" in described
    assert "not fitted to: 1, of them 0% inside" in described
    assert any("trial & <signs>" in word for word in words(root))


def test_rows_stand_in_the_column_of_their_use_under_their_group() -> None:
    other = row(use="not fitted", group="forehead, relapsed", label="other")
    root = parsed(validation_svg([ROW, other]))
    places = {node.text: float(node.attrib["x"]) for node in root.iter(f"{SVG}text")}
    assert places[ROW.label] == places[ROW.group]
    assert places["other"] == places["forehead, relapsed"] > places[ROW.label] + LABEL + PLOT


def test_a_row_from_memory_is_not_drawn() -> None:
    root = parsed(validation_svg([ROW, row(use="from memory", label="remembered")]))
    assert "remembered" not in words(root)


def test_the_bar_is_the_interval_and_the_stroke_its_middle() -> None:
    root = parsed(validation_svg([ROW]))
    bar = max(
        (r for r in root.iter(f"{SVG}rect") if r.attrib.get("fill") == ACCENT),
        key=lambda r: float(r.attrib["y"]),
    )
    assert float(bar.attrib["width"]) == pytest.approx(PLOT * (90 - 60) / 100)
    strokes = [
        nodes(p.attrib["d"].replace("v", "L0 "))[0][0]
        for p in root.iter(f"{SVG}path")
        if p.attrib.get("stroke") == ACCENT
    ]
    left = float(bar.attrib["x"])
    assert max(strokes) == pytest.approx(left + PLOT * (75 - 60) / 100)


def test_a_number_outside_its_interval_is_a_cross_in_another_colour() -> None:
    def crosses(*rows: ShownRow) -> int:
        root = parsed(validation_svg(rows))
        return sum(p.attrib.get("stroke") == STOP for p in root.iter(f"{SVG}path"))

    # One cross stands in the key.
    assert crosses(ROW) == 1
    assert crosses(ROW, row(published=95)) == 2
    assert crosses(row(published=60), row(published=90)) == 1, "the ends belong to the interval"


def test_rare_shares_have_a_scale_of_their_own_and_days_end_on_a_full_hundred() -> None:
    rare = row(published=2, predicted=2, low=0, high=5, group="eyelid, lid ptosis")
    lasting = row(unit="d", published=140, predicted=120, low=90, high=160, group="duration")
    shown = set(words(parsed(validation_svg([ROW, rare, lasting]))))
    assert {"100 %", "20 %", "200 d"} <= shown


def test_a_figure_without_rows_is_still_a_picture() -> None:
    root = parsed(validation_svg([]))
    assert "Rows that the model was fitted to: 0, of them none inside the interval" in words(root)
