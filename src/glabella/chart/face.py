"""The face chart: a calm front view in millimetres, with layers and injection points.

The patient is seen from the front, so the patient's left is on the right of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape

from glabella.chart.features import THIN, behind, gradients, neck_outline
from glabella.chart.motion import Parts, parts
from glabella.chart.overlays import layer
from glabella.chart.points import ChartPoint, points_layer, stencils
from glabella.chart.shape import fitted, strokes
from glabella.chart.style import (
    BROW,
    CONTOUR,
    FOLD,
    FONT,
    GUM,
    LASH,
    LIP,
    SHADE,
    SKIN,
    View,
    attributes,
    element,
    number,
    view_box,
)
from glabella.face import Face, Side
from glabella.plan.result import FaceState

# Views that the chart page switches between.
EDITED: Final[tuple[View, ...]] = ("upper", "lower", "whole")
# The moving parts in front of the skin, back to front.
ORDER: Final = (
    "nose", "philtrum", "masseter", "chin-fold", "cheek", "marionette", "oral", "gum", "teeth",
    "lip", "mouth", "line", "lid-fold", "lid-skin", "crease",
)  # fmt: skip
IRIS_MM: Final = 5.85
PUPIL_MM: Final = 1.9

# How each moving part is drawn; the longest matching beginning of its name counts.
STYLES: Final[dict[str, dict[str, str | float]]] = {
    "brow": {"fill": BROW, "fill_opacity": 0.3},
    "brow-hair": {
        "fill": "none", "stroke": BROW, "stroke_width": 0.24, "stroke_opacity": 0.8,
        "stroke_linecap": "round",
    },
    "sclera": {"fill": "#fcfbf9"},
    "lid": {"fill": LASH, "stroke": LASH, "stroke_width": 0.18, "stroke_linejoin": "round"},
    "lid-skin": {"fill": SHADE, "fill_opacity": 0.2},
    "lid-lower": {"fill": "none", "stroke": FOLD, "stroke_width": 0.42, "stroke_opacity": 0.75},
    "lid-fold": {"fill": "none", "stroke": FOLD, "stroke_width": 0.4},
    "crease": {
        "fill": "none", "stroke": FOLD, "stroke_width": 0.5, "stroke_opacity": 0.62,
        "stroke_linecap": "round",
    },
    "line": {"fill": FOLD},
    "skin": {"fill": SKIN},
    "jaw-line": {"fill": "none", "stroke": CONTOUR, "stroke_width": 0.5, "stroke_opacity": 0.8},
    "chin-fold": THIN | {"stroke_width": 0.5},
    "masseter": {"fill": FOLD},
    "marionette": THIN | {"stroke_width": 0.6},
    "philtrum": THIN | {"stroke_width": 0.35, "opacity": 0.22},
    "nose-wing": THIN | {"stroke_width": 0.5, "opacity": 0.62},
    "nose-nostril": THIN | {"stroke_width": 1.1, "opacity": 0.55},
    "nose-columella": THIN | {"stroke_width": 0.45, "opacity": 0.5},
    "nose-tip": THIN | {"stroke_width": 0.4, "opacity": 0.2},
    "lip": {"fill": LIP, "fill_opacity": 0.5},
    "oral": {"fill": "#8d574e"},
    "gum": {"fill": GUM},
    "teeth": {"fill": "#fbf8f3"},
    "mouth": {
        "fill": "none", "stroke": "#8d574e", "stroke_width": 0.5, "stroke_opacity": 0.8,
        "stroke_linecap": "round",
    },
    "cheek-fold": {"fill": "none", "stroke": FOLD, "stroke_width": 0.6, "stroke_linecap": "round"},
}  # fmt: skip


def face_svg(
    face: Face,
    *,
    points: Sequence[ChartPoint] = (),
    layers: Iterable[str] = (),
    state: FaceState | None = None,
    ghost: Sequence[ChartPoint] = (),
    title: str = "Face chart",
    view: View = "head",
    prefix: str = "",
    editable: bool = False,
    box: str = "",
    over: str = "",
) -> str:
    """The face as one SVG text; `prefix` keeps ids apart where a page holds two faces.

    `box` is a part of the picture of one's own choice, and `over` what is drawn on top.
    """
    moving = parts(face, state)
    clips = _clip(f"{prefix}neck-clip", neck_outline(face))
    clips += _clip(f"{prefix}skin-clip", str(moving["skin-clip"]["d"]), f"{prefix}part-skin-clip")
    for side in (Side.LEFT, Side.RIGHT):
        opening = str(moving[f"eye-{side}"]["d"])
        clips += _clip(f"{prefix}eye-clip-{side}", opening, f"{prefix}part-eye-{side}")
    defs = gradients(prefix) + clips + (stencils(prefix) if editable else "")
    body = "".join(
        (
            element("title", escape(title)),
            f"<defs>{defs}</defs>",
            f'<g aria-hidden="true">{_drawn(face, moving, prefix)}</g>',
            *(layer(face, name, prefix) for name in layers),
            points_layer(points, ghost=ghost),
            over,
        )
    )
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": box or _box(face, view),
            "role": "group" if editable else "img",
            "aria-label": title,
            "class": "face-chart",
            "font-family": FONT,
        }
        | ({f"data-box-{name}": _box(face, name) for name in EDITED} if editable else {})
    )  # fmt: skip
    return f"<svg{opening}>{body}</svg>"


def view_of(
    face: Face, points: Iterable[ChartPoint], among: Sequence[View] = ("upper", "lower", "whole")
) -> View:
    """The first view that shows every point; the last one shows all."""
    at = [(point.signed_x_mm, -point.y_mm) for point in points]

    def holds(view: View) -> bool:
        left, top, width, height = view_box(face, view)
        return all(left <= x <= left + width and top <= y <= top + height for x, y in at)

    return next((view for view in among if holds(view)), among[-1])


def _box(face: Face, view: View) -> str:
    return " ".join(number(value) for value in view_box(face, view))


def _clip(name: str, path: str, part: str = "") -> str:
    shape = element("path", d=path, id=part) if part else element("path", d=path)
    return element("clipPath", shape, id=name)


def _drawn(face: Face, moving: Parts, prefix: str) -> str:
    """The face back to front: what stays, then what moves, irises between white and lids."""
    drawn = {name: _part(name, values, prefix) for name, values in moving.items()}
    first = [behind(face, prefix, drawn["skin"], drawn["jaw-line"])]
    for start in ORDER:
        first += [text for name, text in drawn.items() if name.startswith(start)]
    eyes = ""
    for side in (Side.LEFT, Side.RIGHT):
        eyes += drawn[f"sclera-{side}"] + _iris(face, side, prefix)
        eyes += drawn[f"lid-lower-{side}"] + drawn[f"lid-{side}"]
    brows = [
        drawn[f"{name}-{side}"] for name in ("brow", "brow-hair") for side in ("left", "right")
    ]
    return "".join(first) + eyes + "".join(brows)


def _part(name: str, values: dict[str, str | float], prefix: str) -> str:
    kind = max((k for k in STYLES if name.startswith(k)), key=len, default="")
    style = STYLES.get(kind, {})
    return element("path", id=f"{prefix}part-{name}", **values, **style)


def _iris(face: Face, side: Side, prefix: str) -> str:
    x, y = side.sign * face.pupil_mm, -face.pupil_height_mm
    ((inner, corner),) = fitted(face, [(17.2, -0.4)])
    drawn = (
        element("circle", cx=side.sign * inner, cy=-corner, r=1.2, fill="#e3b3a6", opacity=0.7)
        + element("circle", cx=x, cy=y, r=IRIS_MM, fill="#6f7f84")
        + element("circle", cx=x, cy=y, r=IRIS_MM - 0.2, fill="none", stroke="#4f5c61",
                  stroke_width=0.4, opacity=0.8)
        + element("path", d=_iris_fibres(x, y), stroke="#a9b4b3", stroke_width=0.22, opacity=0.75)
        + element("circle", cx=x, cy=y, r=2.9, fill="#8a8472", opacity=0.35)
        + element("circle", cx=x, cy=y, r=PUPIL_MM, fill="#23262a")
        + element("circle", cx=x - 1.7, cy=y - 1.9, r=0.85, fill="#ffffff", opacity=0.92)
        + element("ellipse", cx=x, cy=y - 5.4, rx=13, ry=2.9, fill=LASH, opacity=0.16)
    )  # fmt: skip
    return element("g", drawn, clip_path=f"url(#{prefix}eye-clip-{side})")


def _iris_fibres(x: float, y: float) -> str:
    """The radial texture of the iris."""
    fibres = []
    for i in range(36):
        turn = i * math.tau / 36
        inner, outer = 2.2 + 0.3 * (i % 2), 4.6 + 0.4 * (i % 3)
        start = (x + inner * math.cos(turn), -y + inner * math.sin(turn))
        fibres.append((start, (x + outer * math.cos(turn), -y + outer * math.sin(turn))))
    return strokes(fibres)
