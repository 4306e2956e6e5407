"""The face frame: a default face from the facts, scaled to a patient's measures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from glabella import facts
from glabella.errors import GeometryError

Array = NDArray[np.float64]

BROW_NODES = 9
# The brow's head lies a little medial to the medial canthus, its tail lateral to the lateral one.
BROW_HEAD_MM = 5.0
BROW_TAIL_MM = 7.0
# Beyond the lateral canthus the tail falls by this much per mm.
TAIL_FALL = 0.35
# The arch never stands so near the lateral canthus that the curve between them is steep.
HIGHEST_ARCH = 0.85
BROW_TAPER = np.array([1.0, 1.0, 0.95, 0.88, 0.8, 0.7, 0.6, 0.48, 0.35])
# The face ends this far lateral to the lateral canthus; below it narrows to the angle of the jaw.
FACE_MARGIN_MM = 25.0
# The landmarks of the nose, the mouth, the jaw and the neck: all scale with the face.
LOWER_FACE = (
    "nose_width_mm",
    "nose_base_mm",
    "upper_lip_mm",
    "mouth_mm",
    "mouth_corner_mm",
    "lower_lip_mm",
    "mental_crease_mm",
    "chin_mm",
    "jaw_angle_mm",
    "jaw_angle_height_mm",
    "neck_mm",
)


class Side(StrEnum):
    """A side of the patient, never of the picture."""

    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"

    @property
    def sign(self) -> int:
        """The sign of x on this side: the patient's left is positive."""
        return {"left": 1, "right": -1, "midline": 0}[self.value]

    @property
    def other(self) -> Side:
        return {"left": Side.RIGHT, "right": Side.LEFT, "midline": Side.MIDLINE}[self.value]


BothSides = (Side.LEFT, Side.RIGHT)
Millimetres = Annotated[float, msgspec.Meta(gt=0, le=120)]


class BrowHeights(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Height in mm of the lower brow border above the pupil's centre, at rest.

    Measured straight above the medial canthus, at the highest point, and above the lateral canthus.
    """

    medial_mm: Millimetres
    peak_mm: Millimetres
    lateral_mm: Millimetres


class Measures(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was measured on a patient; what is absent is taken from the default face.

    `forehead_height_mm` runs from the upper brow border to the hairline in the midline,
    `c_line_fraction` is the height of the line of convergence within it.
    """

    interpupillary_mm: Annotated[float, msgspec.Meta(ge=45, le=80)] | None = None
    forehead_height_mm: Annotated[float, msgspec.Meta(ge=25, le=100)] | None = None
    c_line_fraction: Annotated[float, msgspec.Meta(ge=0.3, le=0.9)] | None = None
    brow_left: BrowHeights | None = None
    brow_right: BrowHeights | None = None
    bulk: Literal["slight", "average", "strong"] = "average"
    frontalis: Literal["full", "v-shaped"] = "full"


@dataclass(frozen=True, slots=True)
class Face:
    """The landmarks of one face in mm. Distances from the midline are positive on both sides."""

    sex: Literal["female", "male"]
    interpupillary_mm: float
    medial_canthus_mm: float
    pupil_mm: float
    lateral_canthus_mm: float
    pupil_height_mm: float
    rim_height_mm: float
    arch_mm: float
    brow_thickness_mm: tuple[float, ...]
    brow_left: BrowHeights
    brow_right: BrowHeights
    forehead_height_mm: float
    frontalis_top_mm: float
    c_line_mm: float
    hairline_mm: float
    temporal_crest_mm: float
    nose_width_mm: float
    nose_base_mm: float
    upper_lip_mm: float
    mouth_mm: float
    mouth_corner_mm: float
    lower_lip_mm: float
    mental_crease_mm: float
    chin_mm: float
    jaw_angle_mm: float
    jaw_angle_height_mm: float
    neck_mm: float
    v_shaped_frontalis: bool

    @classmethod
    def fit(cls, sex: Literal["female", "male"], measures: Measures | None = None) -> Face:
        """The default face of `sex`, scaled to what was measured."""
        measures = measures or Measures()
        default = facts.load().anatomy.faces[sex]
        interpupillary = measures.interpupillary_mm or default.interpupillary_mm.value
        scale = interpupillary / default.interpupillary_mm.value
        eye = default.eye_width_mm.value * scale
        pupil = interpupillary / 2
        medial = pupil - eye / 2
        usual = BrowHeights(
            medial_mm=default.brow_medial_mm.value * scale,
            peak_mm=default.brow_peak_mm.value * scale,
            lateral_mm=default.brow_lateral_mm.value * scale,
        )
        left = measures.brow_left or measures.brow_right or usual
        right = measures.brow_right or measures.brow_left or usual
        thickness = default.brow_thickness_mm.value * scale
        pupil_height = default.pupil_height_mm.value * scale
        medial_brow = (left.medial_mm + right.medial_mm) / 2
        brow_upper = pupil_height + medial_brow + thickness
        forehead = measures.forehead_height_mm or default.forehead_height_mm.value * scale
        c_line = measures.c_line_fraction or default.c_line_fraction.value
        return cls(
            sex=sex,
            interpupillary_mm=interpupillary,
            medial_canthus_mm=medial,
            pupil_mm=pupil,
            lateral_canthus_mm=pupil + eye / 2,
            pupil_height_mm=pupil_height,
            rim_height_mm=default.rim_height_mm.value * scale,
            arch_mm=medial + min(default.brow_arch_fraction.value, HIGHEST_ARCH) * eye,
            brow_thickness_mm=tuple(float(t) for t in thickness * BROW_TAPER),
            brow_left=left,
            brow_right=right,
            forehead_height_mm=forehead,
            frontalis_top_mm=brow_upper + default.frontalis_top_fraction.value * forehead,
            c_line_mm=brow_upper + c_line * forehead,
            hairline_mm=brow_upper + forehead,
            temporal_crest_mm=default.temporal_crest_mm.value * scale,
            v_shaped_frontalis=measures.frontalis == "v-shaped",
            **{name: getattr(default, name).value * scale for name in LOWER_FACE},
        )

    @property
    def scale(self) -> float:
        """How much wider than the default face of the same sex this face is."""
        return self.interpupillary_mm / facts.load().anatomy.faces[self.sex].interpupillary_mm.value

    def brow_nodes(self, side: Side) -> tuple[Array, Array]:
        """Nodes of the lower brow border, medial to lateral: x and y in mm, x from the midline."""
        return _brow_nodes(self, side is Side.RIGHT)

    def brow_upper_mm(self, side: Side, x_mm: float) -> float:
        """Height of the upper brow border at a distance from the midline.

        The midline belongs to both brows: there it is the mean of their heights.
        """
        if side is Side.MIDLINE:
            return sum(self.brow_upper_mm(one, x_mm) for one in BothSides) / len(BothSides)
        x, y = self.brow_nodes(side)
        return float(np.interp(x_mm, x, y + np.array(self.brow_thickness_mm)))

    def half_width_mm(self, y_mm: float) -> float:
        """How far from the midline a point at this height may lie: temple, jaw or neck."""
        return float(np.interp(y_mm, *self.edge_mm))

    @property
    def edge_mm(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Heights of the angle of the jaw and of the temple, and how far out the face reaches."""
        temple = self.lateral_canthus_mm + FACE_MARGIN_MM * self.scale
        return (self.jaw_angle_height_mm, 0.0), (self.jaw_angle_mm, temple)

    def require_on_face(self, x_mm: float, y_mm: float) -> None:
        """Raise GeometryError for a point that is neither on the face nor on the neck."""
        half_width, low, high = self.half_width_mm(y_mm), self.neck_mm, self.hairline_mm
        if not (0 <= x_mm <= half_width and low <= y_mm <= high):
            raise GeometryError(
                f"The point at {x_mm:g} mm from the midline and {y_mm:g} mm above the canthi is "
                f"off the face and neck. It must lie between {low:.0f} mm (the neck) and "
                f"{high:.0f} mm (the hairline) above the level of the medial canthi, and at its "
                f"height within {half_width:.0f} mm of the midline."
            )


@lru_cache(maxsize=128)
def _brow_nodes(face: Face, right: bool) -> tuple[Array, Array]:
    """The nodes of a face are asked for often and cost a spline each."""
    heights = face.brow_right if right else face.brow_left
    head = face.medial_canthus_mm - BROW_HEAD_MM * face.scale
    tail = face.lateral_canthus_mm + BROW_TAIL_MM * face.scale
    x = np.linspace(head, tail, BROW_NODES)
    fall = TAIL_FALL * (tail - face.lateral_canthus_mm)
    known_x = [head, face.medial_canthus_mm, face.arch_mm, face.lateral_canthus_mm, tail]
    known = [heights.medial_mm, heights.medial_mm, heights.peak_mm, heights.lateral_mm]
    known += [heights.lateral_mm - fall]
    return x, face.pupil_height_mm + PchipInterpolator(known_x, known)(x)
