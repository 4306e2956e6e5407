"""Figure of droplets: regions of the skin, a grid, and the zones that it keeps off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from glabella.chart import ChartPoint, face_svg
from glabella.chart.graph import picture
from glabella.face.frame import Face
from glabella.plan.droplets.droplets import lay_out
from glabella.plan.droplets.region import OwnProtocol, Region
from glabella.plan.plan import Patient

WIDTH, HEIGHT, HEAD = 520.0, 640.0, 30.0
SPACING_MM = 8.0
EVERYWHERE = ("forehead", "nose", "cheek", "chin", "jawline")


def droplets() -> str:
    """All regions of the default female face, filled."""
    layout = lay_out(
        Region(
            patient=Patient(sex="female", age_years=40),
            date=date(2026, 11, 20),
            product="botox-cosmetic",
            vial_units=100,
            diluent_ml=5,
            regions=EVERYWHERE,
            own=OwnProtocol(
                units_per_ml=20, droplet_ml=0.009, spacing_mm=SPACING_MM, basis="a figure"
            ),
        )
    )
    points = [
        ChartPoint(
            number=number,
            x_mm=one.x_mm or 0.0,
            y_mm=one.y_mm or 0.0,
            side=one.side or "midline",
            depth="dermis",
            units=one.units,
            product_id=layout.product,
            region=region,
        )
        for number, (one, region) in enumerate(
            zip(layout.injections, layout.regions_of, strict=True), start=1
        )
    ]
    face = face_svg(Face.fit("female"), points=points, layers=("skin",), title="Droplets")
    placed = f'<svg y="{HEAD:g}" width="{WIDTH:g}" height="{HEIGHT - HEAD:g}"'
    left_out = sum(one.droplets for one in layout.left_out)
    return picture(
        WIDTH,
        HEIGHT,
        face.replace("<svg", placed, 1),
        "Droplets over all regions",
        f"{layout.droplets} droplets {SPACING_MM:g} mm apart on one staggered grid; {left_out} "
        "places of the grid lie in zones that droplets keep off and stay empty.",
    )


FIGURES: dict[str, Callable[[], str]] = {"droplets": droplets}
