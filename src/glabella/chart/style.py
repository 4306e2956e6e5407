"""Colours, letters and shapes of the chart: product as colour and letter, depth as shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from xml.sax.saxutils import quoteattr

from glabella.face import Face
from glabella.facts.anatomy import Depth


@dataclass(frozen=True, slots=True)
class ProductStyle:
    """How a product is marked; the letter stands for it where colour cannot be seen."""

    letter: str
    colour: str


PRODUCTS: Final[dict[str, ProductStyle]] = {
    "botox-cosmetic": ProductStyle("B", "#5a3d9a"),
    "botox": ProductStyle("T", "#22457f"),
    "dysport": ProductStyle("D", "#0a648f"),
    "xeomin": ProductStyle("X", "#1b6e48"),
    "jeuveau": ProductStyle("J", "#a02a68"),
    "daxxify": ProductStyle("R", "#8a5200"),
    "letybo": ProductStyle("L", "#46525e"),
}
OTHER_PRODUCT: Final = ProductStyle("?", "#15212b")

DEPTH_SHAPES: Final[dict[Depth, str]] = {"dermis": "ring", "muscle": "dot", "bone": "square"}

LAYERS: Final = ("muscles", "danger", "skin", "midline", "thirds", "c-line", "sites")

INK: Final = "#15212b"
INK_SOFT: Final = "#50606c"
RULE: Final = "#d9e0e5"
ACCENT: Final = "#0b5563"
STOP: Final = "#a3231c"
WARN: Final = "#9a6100"
FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"

SKIN: Final = "#f5ede6"
NECK_SKIN: Final = "#efe1d6"
SKIN_LIGHT: Final = "#fdf9f5"
SHADE: Final = "#b79a86"
CONTOUR: Final = "#a38c7d"
FOLD: Final = "#7c6152"
HAIR: Final = "#cbbfb6"
HAIR_STRAND: Final = "#a2938a"
BROW: Final = "#6a574b"
LASH: Final = "#3d322d"
LIP: Final = "#c98f83"
GUM: Final = "#dcaaa2"

View = Literal["upper", "lower", "head", "whole"]

# The default female face that the drawing's nodes were set out on.
DRAWN_INTERPUPILLARY_MM: Final = 62.0
DRAWN_BROW_MM: Final = 21.5
DRAWN_HAIRLINE_MM: Final = 73.5
DRAWN_CHIN_MM: Final = -102.0


def product_style(product_id: str) -> ProductStyle:
    """The mark of a product; an unknown one gets a question mark instead of a wrong letter."""
    return PRODUCTS.get(product_id, OTHER_PRODUCT)


def number(value: float, digits: int = 2) -> str:
    """A number for SVG: rounded, without trailing zeros and without a negative zero."""
    # Asked for a hundred thousand times by one plan: the usual two digits go the short way.
    text = f"{value:.2f}" if digits == 2 else f"{value:.{digits}f}"
    if digits:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def attributes(values: Mapping[str, str | float]) -> str:
    """Attributes as text, escaped, in the order given."""
    return "".join(
        f" {name}={quoteattr(value if isinstance(value, str) else number(value))}"
        for name, value in values.items()
    )


def element(name: str, content: str = "", /, **values: str | float) -> str:
    """One SVG element; underscores in attribute names stand for hyphens."""
    text = attributes({key.rstrip("_").replace("_", "-"): v for key, v in values.items()})
    return f"<{name}{text}>{content}</{name}>" if content else f"<{name}{text}/>"


def view_box(face: Face, view: View) -> tuple[float, float, float, float]:
    """The picture's x, y, width and height in mm."""
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    half, top, bottom = {
        "upper": (73.5, face.hairline_mm + 11, min(face.chin_mm * 0.47, -44)),
        "lower": (73.5, 0.0, face.neck_mm - 4),
        "head": (80.0, face.hairline_mm + 44, face.chin_mm - 16),
        "whole": (84.0, face.hairline_mm + 44, face.neck_mm - 10),
    }[view]
    return -half * scale, -top, 2 * half * scale, top - bottom
