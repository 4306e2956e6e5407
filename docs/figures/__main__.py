"""`python -m docs.figures`: draws every figure and fills every table of docs/model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docs.figures import effect, faces, grids, people, planning, trials
from docs.figures.tables import fill

PAGES = Path(__file__).parents[1] / "model"
DRAWN = PAGES / "figures"
FIGURES: dict[str, Callable[[], str]] = {
    **effect.FIGURES,
    **faces.FIGURES,
    **grids.FIGURES,
    **people.FIGURES,
    **planning.FIGURES,
    **trials.FIGURES,
}


def main() -> None:
    """Write all figures, remove those that nothing draws any more, and fill the tables."""
    DRAWN.mkdir(exist_ok=True)
    for name, figure in FIGURES.items():
        (DRAWN / f"{name}.svg").write_text(figure(), encoding="utf-8")
    for old in DRAWN.glob("*.svg"):
        if old.stem not in FIGURES:
            old.unlink()
    for page in sorted(PAGES.glob("*.md")):
        page.write_text(fill(page.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"Wrote {len(FIGURES)} figures and the tables of {PAGES.name}.")


if __name__ == "__main__":
    main()
