"""The shape of the anatomy facts: the default face, its muscles, sites and danger zones."""

from __future__ import annotations

from typing import Literal

from glabella.facts.schema import Fact, Record

Outline = tuple[tuple[float, float], ...]
Depth = Literal["dermis", "muscle", "bone"]


class DefaultFace(Record, kw_only=True):
    """A default face of one sex, in mm; brow heights are above the pupil's centre."""

    interpupillary_mm: Fact[float]
    eye_width_mm: Fact[float]
    pupil_height_mm: Fact[float]
    rim_height_mm: Fact[float]
    brow_medial_mm: Fact[float]
    brow_peak_mm: Fact[float]
    brow_lateral_mm: Fact[float]
    brow_arch_fraction: Fact[float]
    brow_thickness_mm: Fact[float]
    forehead_height_mm: Fact[float]
    frontalis_top_fraction: Fact[float]
    c_line_fraction: Fact[float]
    temporal_crest_mm: Fact[float]
    nose_width_mm: Fact[float]
    nose_base_mm: Fact[float]
    upper_lip_mm: Fact[float]
    mouth_mm: Fact[float]
    mouth_corner_mm: Fact[float]
    lower_lip_mm: Fact[float]
    mental_crease_mm: Fact[float]
    chin_mm: Fact[float]
    jaw_angle_mm: Fact[float]
    jaw_angle_height_mm: Fact[float]
    neck_mm: Fact[float]


class MuscleFacts(Record, kw_only=True):
    """One muscle: its outline on the default female face (left half, x >= 0), and what it does.

    The outline of a midline muscle covers both halves. `spacing_mm` is the distance of the
    elements that it is cut into. A `sentinel` is never a target: what toxin does to it is harm. A
    muscle is `calibrated` if trials that the model is fitted to tell of it. `thickness_factor` is
    how much more toxin it needs than the thin muscles of the glabella, because of its mass.
    """

    name: str
    paired: bool
    sentinel: bool = False
    calibrated: bool = False
    layer: Literal["superficial", "deep", "orbit"]
    outline_mm: Fact[Outline]
    spacing_mm: float
    depth_mm: Fact[float] | None = None
    thickness_factor: Fact[float] | None = None
    action: Fact[str]
    lines: Fact[str] | None = None
    dangers: tuple[Fact[str], ...] = ()


class Place(Record, kw_only=True):
    """A coordinate by landmark: an anchor, a fraction of the way `toward` another, an offset."""

    anchor: str
    offset_mm: float = 0.0
    toward: str | None = None
    fraction: float = 0.0


class Site(Record, kw_only=True):
    """A named injection site relative to landmarks, with the words of its basis."""

    name: str
    muscle: str
    area: str
    paired: bool
    x: Place
    y: Place
    depth: Depth
    basis: Fact[str]


class DangerZone(Record, kw_only=True):
    """Where toxin does harm: an ellipse in mm around landmarks, both sides, and the harm.

    A zone with `mend` warns of every point inside it; one without has a rule of its own.
    """

    name: str
    harm: str
    x: Place
    y: Place
    half_width_mm: float
    half_height_mm: float
    mend: str = ""
    basis: Fact[str]


class Anatomy(Record, kw_only=True):
    """All of anatomy.toml."""

    faces: dict[Literal["female", "male"], DefaultFace]
    muscles: dict[str, MuscleFacts]
    sites: dict[str, Site]
    danger_zones: dict[str, DangerZone]
