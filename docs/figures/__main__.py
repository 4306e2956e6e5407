"""`python -m docs.figures`: draws and fills docs/model, and writes docs/faces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from docs.figures import effect, faces, grids, people, planning, reference, trials
from docs.figures.tables import fill
from glabella.plan.reference.faces import answered, names

PAGES = Path(__file__).parents[1] / "model"
DRAWN = PAGES / "figures"
FACES = Path(__file__).parents[1] / "faces"
FIGURES: dict[str, Callable[[], str]] = {
    **effect.FIGURES,
    **faces.FIGURES,
    **grids.FIGURES,
    **people.FIGURES,
    **planning.FIGURES,
    **trials.FIGURES,
}


def main() -> None:
    """Write all figures and pages, remove those that nothing makes any more, fill the tables."""
    write(DRAWN, {f"{name}.svg": figure() for name, figure in FIGURES.items()})
    for page in sorted(PAGES.glob("*.md")):
        page.write_text(fill(page.read_text(encoding="utf-8")), encoding="utf-8")
    write(FACES, face_pages())
    write(FACES / "figures", face_figures())
    print(f"Wrote {len(FIGURES)} figures and the tables of {PAGES.name}, {len(names())} faces.")


def face_pages() -> dict[str, str]:
    """The pages of docs/faces by file name."""
    pages = {f"{name}.md": reference.page(answered(name)) for name in names()}
    return {"index.md": reference.index_page(), **pages}


def face_figures() -> dict[str, str]:
    """The drawings of docs/faces by file name."""
    return {f"{name}.svg": reference.figure(answered(name)) for name in names()}


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Make a folder hold these files, and no others of their kind."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for kind in {Path(name).suffix for name in files}:
        for old in folder.glob(f"*{kind}"):
            if old.name not in files:
                old.unlink()


if __name__ == "__main__":
    main()
