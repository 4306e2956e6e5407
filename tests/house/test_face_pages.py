"""The pages of the reference faces say what the model answers today."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from docs.figures.__main__ import FACES, face_pages, write
from docs.figures.reference import figure, page
from glabella.plan.reference.faces import answered, names
from tests.chart.drawing import SVG, parsed, words

NAMES = names()
PAGES = {"index.md", *(f"{name}.md" for name in NAMES)}
# An SVG of this size would be a picture of everything.
LARGEST_BYTES = 200_000


made = cache(face_pages)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_each_face_has_a_page_and_a_drawing_and_nothing_else_lies_there() -> None:
    assert {path.name for path in FACES.glob("*.md")} == PAGES
    assert {path.stem for path in (FACES / "figures").glob("*")} == set(NAMES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_says_what_the_model_answers(name: str) -> None:
    assert text(FACES / name) == made()[name], "out of date: run `make figures`"


@pytest.mark.parametrize("name", NAMES)
def test_the_drawing_of_a_face_shows_its_points(name: str) -> None:
    kept = text(FACES / "figures" / f"{name}.svg")
    root, drawn = parsed(kept), parsed(figure(answered(name)))
    assert len(kept) < LARGEST_BYTES
    assert root.findall(f"{SVG}title")[0].text
    assert root.findall(f"{SVG}desc")[0].text
    assert words(root) == words(drawn), "out of date: run `make figures`"


def test_a_disagreement_is_shown_on_its_page() -> None:
    disagreeing = [name for name in NAMES if not answered(name).as_expected]
    for name in NAMES:
        shown = "### Where the model disagrees" in page(answered(name))
        assert shown == (name in disagreeing)


def test_every_page_has_the_question_the_reasons_and_a_link_back() -> None:
    for name in NAMES:
        shown, face = made()[f"{name}.md"], answered(name).face
        assert f"**{face.question}**" in shown
        assert all(f"- {reason.says}\n" in shown for reason in face.reasoning)
        assert "(index.md)" in shown
        assert not re.search(r"\d U \|", shown), "units without their product"


def test_pages_of_faces_that_are_gone_are_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("old", encoding="utf-8")
    (tmp_path / "kept.svg").write_text("other kind", encoding="utf-8")
    write(tmp_path, {"new.md": "new"})
    assert {path.name for path in tmp_path.iterdir()} == {"new.md", "kept.svg"}
