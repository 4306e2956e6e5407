"""The parts of the drawn face that stay: neck, hair, ears, bridge of the nose, shading."""

from __future__ import annotations

import math
from typing import Final

from glabella.chart.shape import Point, fitted, lens, mirrored, smooth
from glabella.chart.style import (
    CONTOUR,
    DRAWN_INTERPUPILLARY_MM,
    FOLD,
    HAIR,
    HAIR_STRAND,
    NECK_SKIN,
    SHADE,
    SKIN,
    SKIN_LIGHT,
    element,
    number,
    view_box,
)
from glabella.face import Face

# Half outlines of the default face, crown down, mm: distance from the midline and height.
HAIR_HALF: Final[tuple[Point, ...]] = (
    (0, 113), (29, 109), (53, 93), (66, 68), (69.5, 44), (68.6, 26), (66.6, 12), (64.4, 4),
    (63.2, 10), (62.4, 19), (58.5, 27), (59, 38), (55.5, 52), (46, 64.5), (31, 71.5), (14, 73.6),
    (0, 73.2),
)  # fmt: skip
EAR: Final[tuple[Point, ...]] = (
    (62.4, 7), (64.6, 11.6), (68, 12.4), (70.2, 8), (70, -2), (68.4, -13), (66.6, -22), (64.2, -27),
    (61.8, -25),
)  # fmt: skip
EAR_INNER: Final = ((64.8, 8), (67, 8.6), (68.2, 4), (67.6, -5), (66, -12))
# From below the ear down the side of the neck and out over the shoulder.
NECK: Final = (
    (51, -44), (48.2, -62), (46.4, -84), (45.6, -102), (45.8, -120), (48, -138), (54.5, -153),
    (67, -165), (84, -173), (110, -181),
)  # fmt: skip
NECK_END_MM: Final = -240.0
STERNOMASTOID: Final = ((43, -96), (33, -122), (20, -150), (8, -176))
COLLAR_BONE: Final = ((8.5, -180.5), (16, -177.4), (34, -176.6), (56, -173), (76, -171))
NECK_RINGS: Final = (
    ((0, -127), (14, -126), (29, -121.5), (38, -116)),
    ((0, -147), (13, -145.8), (28, -141), (37, -135)),
)
NOSE_SIDE: Final = ((9.6, 10.5), (7, 2), (6.8, -10), (8.4, -24), (10.6, -33))
THIN: Final[dict[str, str | float]] = {
    "fill": "none", "stroke": FOLD, "stroke_linecap": "round",
}  # fmt: skip
STRANDS: Final = 34
# Where HAIR_HALF turns from the crown to the hairline.
HAIR_TEMPLE: Final = 8
# The hairline is no hard edge: it thickens backwards in steps.
HAIR_EDGES: Final = (0.992, 1.0, 1.008, 1.018, 1.03)
HAIR_SHARES: Final = (0.25, 0.3, 0.4, 0.5, 0.7)


def gradients(prefix: str) -> str:
    """Soft shading; in user space, since the PDF writer draws no other gradient."""
    steps = {
        "skin": ((0, SKIN_LIGHT, 1.0), (0.62, SKIN, 1.0), (1, "#e6d5c8", 1.0)),
        "shade": ((0, SHADE, 0.5), (0.55, SHADE, 0.2), (1, SHADE, 0.0)),
        "light": ((0, "#ffffff", 0.85), (1, "#ffffff", 0.0)),
        "blush": ((0, "#d59a86", 0.3), (1, "#d59a86", 0.0)),
    }
    places = {"skin": (0, 6, 104), "shade": (0, 0, 1), "light": (0, 0, 1), "blush": (0, 0, 1)}
    drawn = ""
    for name, stops in steps.items():
        content = "".join(
            element("stop", offset=at, stop_color=colour, stop_opacity=opacity)
            for at, colour, opacity in stops
        )
        cx, cy, r = places[name]
        drawn += element(
            "radialGradient", content, id=f"{prefix}{name}", gradientUnits="userSpaceOnUse",
            cx=cx, cy=cy, r=r,
        )  # fmt: skip
    return drawn


def behind(face: Face, prefix: str, skin: str, jaw_line: str) -> str:
    """What lies behind the moving parts, from the neck to the shading of the skin.

    `skin` and `jaw_line` are the drawn outline, which moves with the jaw.
    """
    return "".join(
        (
            _neck(face, prefix),
            _ears(face),
            skin,
            _sheet(face, prefix),
            jaw_line,
            element("g", _shading(face, prefix), clip_path=f"url(#{prefix}skin-clip)"),
            _hair(face),
            _pair(face, NOSE_SIDE, **THIN, stroke_width=0.35, opacity=0.28),
        )
    )


def _sheet(face: Face, prefix: str) -> str:
    """The skin as a clipped rectangle: the PDF writer misjudges the extent of a shaded path."""
    x, y, width, height = view_box(face, "head")
    return element(
        "rect", x=x, y=y, width=width, height=height, fill=f"url(#{prefix}skin)",
        clip_path=f"url(#{prefix}skin-clip)",
    )  # fmt: skip


def neck_outline(face: Face) -> str:
    """Path data of neck and shoulders, down to below every picture."""
    side = fitted(face, NECK)
    ends = [(sign * side[-1][0], NECK_END_MM) for sign in (1, -1)]
    corners = "".join(f"L{number(x)} {number(-y)}" for x, y in ends)
    far = list(reversed(mirrored(side)))
    join = f"L{number(far[0][0])} {number(-far[0][1])}"
    return smooth(side) + corners + join + smooth(far, move=False) + "Z"


def _neck(face: Face, prefix: str) -> str:
    """Neck and shoulders, quieter than the face above them."""
    soft = {"fill": "none", "stroke": CONTOUR, "stroke_linecap": "round"}
    rings = "".join(
        element("path", d=smooth(_level(face, ring)), **soft, stroke_width=0.4, opacity=0.22)
        for ring in NECK_RINGS
    )
    return "".join(
        (
            element("path", d=neck_outline(face), fill=NECK_SKIN),
            element(
                "g",
                _pools(face, prefix, NECK_POOLS, MIDLINE_NECK_POOLS),
                clip_path=f"url(#{prefix}neck-clip)",
            ),
            _pair(face, STERNOMASTOID, **soft, stroke_width=0.45, opacity=0.3),
            _pair(face, COLLAR_BONE, **soft, stroke_width=0.5, opacity=0.4),
            rings,
            _pair(face, NECK, **soft, stroke_width=0.45, opacity=0.6),
        )
    )


def _level(face: Face, half: tuple[Point, ...]) -> list[Point]:
    placed = fitted(face, half)
    return [*reversed(mirrored(placed)), *placed[1:]]


def _pair(face: Face, nodes: tuple[Point, ...], **style: str | float) -> str:
    """The same open curve on both sides."""
    placed = fitted(face, nodes)
    return "".join(element("path", d=smooth(mirrored(placed, sign)), **style) for sign in (1, -1))


def _ears(face: Face) -> str:
    shape = fitted(face, EAR)
    drawn = "".join(
        element(
            "path",
            d=smooth(mirrored(shape, sign), closed=True),
            fill="#f0e3d9",
            stroke=CONTOUR,
            stroke_width=0.4,
        )
        for sign in (1, -1)
    )
    inner = _pair(face, EAR_INNER, fill="none", stroke=CONTOUR, stroke_width=0.35, opacity=0.6)
    return drawn + inner


def _hair(face: Face) -> str:
    """Hair combed back: the mass between the crown and the hairline, ear to ear."""
    halves = (fitted(face, HAIR_HALF[:HAIR_TEMPLE]), fitted(face, HAIR_HALF[HAIR_TEMPLE - 1 :]))
    crown, hairline = (
        [*reversed(half), *mirrored(half)[1:]] if half[0][0] == 0
        else [*half, *mirrored(list(reversed(half)))[1:]]
        for half in halves
    )  # fmt: skip
    strands = "".join(
        element("path", d=smooth(strand), fill="none", stroke=HAIR_STRAND, stroke_width=0.22)
        for strand in _strands(face)
    )
    edges = [[(x * k, y * k + 1.2 * (k - 1) * 100) for x, y in hairline] for k in HAIR_EDGES]
    mass = "".join(
        element("path", d=lens(crown, edge), fill=HAIR, opacity=share)
        for edge, share in zip(edges, HAIR_SHARES, strict=True)
    )
    return mass + element("g", strands, opacity=0.5)


def _strands(face: Face) -> list[list[Point]]:
    """Single hairs combed back from the hairline, each starting a little before or behind it."""
    strands: list[list[Point]] = []
    for sign in (1, -1):
        for i in range(STRANDS):
            at = (i + 0.5) / STRANDS
            wander = math.sin(i * 2.4) * 0.5 + 0.5
            angle = math.radians(90 - 78 * at)
            start = (59.5 * math.sin(math.radians(90 * at)) ** 0.9, 0.0)
            low = 73.4 - 30 * at**2.6
            start = (start[0], low - 0.4 + 1.6 * wander)
            reach = (30 - 23 * at) * (0.6 + 0.5 * wander)
            lean = angle + math.radians(10 * (wander - 0.5))
            turn = lean + math.radians(14 + 26 * at)
            middle = _step(start, lean, 0.5 * reach)
            nodes = [start, middle, _step(middle, turn, 0.5 * reach)]
            strands.append(mirrored(fitted(face, nodes), sign))
    return strands


def _step(point: Point, angle: float, length: float) -> Point:
    return point[0] + length * math.cos(angle), point[1] + length * math.sin(angle)


Pools = tuple[tuple[str, Point, Point, float], ...]
# Pools of shade and light: gradient, centre, radii in mm, strength; drawn on both sides.
POOLS: Final = (
    ("shade", (63, 46), (17, 30), 0.5),
    ("shade", (17.5, 9.5), (9, 9), 0.85),
    ("shade", (33, 9), (17, 8.5), 0.5),
    ("shade", (61, -52), (17, 36), 0.55),
    ("shade", (10, -14), (7, 26), 0.42),
    ("shade", (13, -43), (8, 7), 0.55),
    ("shade", (25, -8.5), (13, 4.5), 0.36),
    ("shade", (25, -67.5), (7, 7), 0.26),
    ("blush", (41, -34), (21, 17), 0.4),
    ("light", (40, -19), (16, 10), 0.4),
    ("light", (36, 18.5), (14, 4), 0.5),
)
MIDLINE_POOLS: Final = (
    ("light", (0, 46), (36, 20), 0.6),
    ("light", (0, -12), (3.6, 26), 0.75),
    ("light", (0, -39), (5, 5), 0.7),
    ("shade", (0, -52), (9, 5), 0.36),
    ("shade", (0, -80), (15, 5), 0.5),
    ("light", (0, -90), (12, 7), 0.5),
    ("light", (0, -71), (9, 2.4), 0.35),
    ("shade", (0, -108), (40, 12), 0.4),
)
NECK_POOLS: Final = (
    ("shade", (47, -118), (15, 46), 0.6),
    ("shade", (30, -100), (30, 26), 0.4),
    ("light", (27, -148), (9, 30), 0.3),
    ("shade", (40, -172), (30, 7), 0.35),
    ("light", (54, -186), (34, 10), 0.5),
)
MIDLINE_NECK_POOLS: Final = (
    ("shade", (0, -103), (46, 26), 0.75),
    ("shade", (0, -178), (7, 6), 0.55),
    ("light", (0, -136), (9, 20), 0.3),
)


def _shading(face: Face, prefix: str) -> str:
    return _pools(face, prefix, POOLS, MIDLINE_POOLS)


def _pools(face: Face, prefix: str, paired: Pools, middle: Pools) -> str:
    both = [(name, (sign * x, y), r, o) for name, (x, y), r, o in paired for sign in (1, -1)]
    return "".join(
        _pool(face, prefix + name, centre, radii, strength)
        for name, centre, radii, strength in [*both, *middle]
    )


def _pool(face: Face, gradient: str, centre: Point, radii: Point, strength: float) -> str:
    ((x, y),) = fitted(face, [centre])
    scale = face.interpupillary_mm / DRAWN_INTERPUPILLARY_MM
    spread = f"{number(radii[0] * scale)} {number(radii[1] * scale)}"
    return element(
        "circle", r=1, fill=f"url(#{gradient})", opacity=strength,
        transform=f"translate({number(x)} {number(-y)}) scale({spread})",
    )  # fmt: skip
