"""The pages of the model: figures that can be drawn again, tables that agree with the facts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.figures.__main__ import DRAWN, FIGURES, PAGES
from docs.figures.tables import TABLES, fill
from glabella import facts
from glabella.plan import learn, people
from tests.chart.drawing import SVG, parsed
from tests.house.tree import ROOT, files

DOCUMENTS = files(".md", under=PAGES)
STEPS = (
    "face",
    "spread",
    "kinetics",
    "response",
    "expression",
    "mouth",
    "skin",
    "people",
    "raters",
    "learning",
    "planning",
    "trials",
    "calibration",
    "validation",
)
SHOWN = re.compile(r"!\[(?P<alt>[^\]]+)\]\(figures/(?P<name>[\w-]+)\.svg\)")
# An SVG of this size would be a picture of everything.
LARGEST_BYTES = 200_000


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("step", STEPS)
def test_each_step_has_a_page_that_the_index_links(step: str) -> None:
    assert f"({step}.md)" in text(PAGES / "index.md")
    page = text(PAGES / f"{step}.md")
    assert SHOWN.search(page), "no figure"
    assert "## Where it fails" in page or step == "validation"
    assert "<!-- table: " in page or step == "learning"


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.stem)
def test_the_tables_agree_with_the_facts(page: Path) -> None:
    assert text(page) == fill(text(page)), "a table is out of date: run `make figures`"


def test_every_kind_of_table_is_used() -> None:
    used = {name for page in DOCUMENTS for name in re.findall(r"<!-- table: (\w+)", text(page))}
    assert used == set(TABLES)


def test_a_table_of_no_facts_is_refused() -> None:
    with pytest.raises(ValueError, match="No fact lies below"):
        fill("<!-- table: facts model.nothing -->\n<!-- end of table -->")


def test_a_table_is_made_from_the_facts() -> None:
    mark = "<!-- table: facts model.spread.volume_exponent -->"
    made = fill(f"before\n{mark}\nwas here\n<!-- end of table -->\n")
    exponent = facts.load().model.spread.volume_exponent
    assert "was here" not in made
    assert f"| `model.spread.volume_exponent` | {exponent.value:g} |" in made
    assert made.startswith("before\n")


def test_every_figure_is_shown_and_every_figure_shown_is_drawn() -> None:
    shown = {match["name"] for page in DOCUMENTS for match in SHOWN.finditer(text(page))}
    kept = {path.stem for path in DRAWN.glob("*.svg")}
    assert shown == kept == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_can_be_drawn_again_with_a_title_and_a_description(name: str) -> None:
    drawn = FIGURES[name]()
    root = parsed(drawn)
    assert root.tag == f"{SVG}svg"
    for tag in ("title", "desc"):
        (told,) = root.findall(f"{SVG}{tag}")
        assert told.text
        assert told.text.strip()
    assert len(drawn) < LARGEST_BYTES
    kept = parsed(text(DRAWN / f"{name}.svg"))
    assert kept.attrib["viewBox"] == root.attrib["viewBox"], "out of date: run `make figures`"


def test_numbers_of_the_code_stand_in_the_pages_as_they_are() -> None:
    learning = text(PAGES / "learning.md")
    assert f"{learn.POOL} patients are drawn" in learning
    assert f"below {learn.FEWEST_EFFECTIVE}," in learning
    assert f"about {learn.BROW_READING_MM:g} mm" in learning
    assert f"{people.DRAWN} of them are drawn" in text(PAGES / "people.md")


def test_every_module_that_a_page_names_exists() -> None:
    for page in DOCUMENTS:
        for name in re.findall(r"`((?:effect|plan|trials|face|facts)/[\w/]+\.\w+)`", text(page)):
            assert (ROOT / "src" / "glabella" / name).exists(), f"{page.name}: {name}"
