"""The shape of body.toml and body_maps.toml: treatments outside the face, and where they go."""

from __future__ import annotations

from typing import Literal

import msgspec

from glabella.facts.anatomy import Depth, Outline
from glabella.facts.schema import Caution, Dilution, Fact, Record

Span = tuple[float, float]
# What a number is held against: the whole session, or one side of it (a limb, an axilla, an eye).
Per = Literal["session", "side"]
Guidance = Literal["emg", "ultrasound", "stimulation", "cystoscopy", "surgical-view", "anatomy"]


class Shape(Record, kw_only=True):
    """One smooth shape or line of a picture, given for the patient's left.

    It is drawn on `both` sides; `join` makes one closed shape of the two halves.
    """

    look: Literal[
        "skin", "hair", "organ", "starch", "trigone", "iris", "pupil", "mark", "line", "soft"
    ]
    nodes: Outline
    closed: bool = True
    both: bool = True
    join: bool = False


class BodyMap(Record, kw_only=True):
    """One picture of a part of the body, in its own units, with its middle at x = 0.

    `box` is x, y, width and height of the picture. The patient's left lies at positive x, as in
    the face, and on the other side where the body is seen `from_behind`. A picture `on_the_face`
    is a part of the face chart.
    """

    name: str
    box: tuple[float, float, float, float]
    from_behind: bool = False
    on_the_face: bool = False
    shapes: tuple[Shape, ...] = ()


class Target(Record, kw_only=True):
    """A muscle or place that is treated: where it is drawn, and where its sites are marked.

    A paired target is given for the patient's left. What lies `deep` has a broken edge. `outline`
    is its shape; empty where the places alone are shown. `sites` are the marks in the order in
    which they are used; a grid of a midline organ has both halves.
    """

    name: str
    map: str
    paired: bool = True
    deep: bool = False
    outline: Outline = ()
    sites: Outline


class BodyMaps(Record, kw_only=True):
    """All pictures and what lies on them; one assumption stands for all of their places."""

    layout: Fact[str]
    maps: dict[str, BodyMap]
    targets: dict[str, Target]


class Scale(Record, kw_only=True):
    """A scale that is read before and after; without `steps` any number between the ends."""

    name: str
    about: Fact[str]
    low: float | None = None
    high: float | None = None
    steps: tuple[str, ...] = ()
    meaningful: Fact[float] | None = None
    read_after_days: Fact[Span] | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise ValueError("a scale has both ends, `low` and `high`, or neither")


class Code(Record, kw_only=True):
    """A code that was seen in a source, and what it says."""

    system: Literal["CPT", "HCPCS", "ICD-10-CM"]
    code: str
    text: Fact[str]


class MuscleDose(Record, kw_only=True):
    """Units and sites of one target; `per` says whether on each side or both sides together.

    Units that no source gives are left out: then the muscle is named and no dose is filled in.
    """

    target: str
    per: Per = "side"
    units: Fact[Span] | None = None
    units_per_kg: Fact[Span] | None = None
    most_units: Fact[float] | None = None
    sites: Fact[Span] | None = None


class BodyLimits(Record, kw_only=True):
    """Limits of one indication with one product; what is absent is not known."""

    units: Fact[Span] | None = None
    units_per: Per = "session"
    units_per_kg: Fact[Span] | None = None
    most_units: Fact[float] | None = None
    full_dose_from_kg: Fact[float] | None = None
    full_dose_units: Fact[float] | None = None
    combined_per_kg: Fact[float] | None = None
    combined_units: Fact[float] | None = None
    sites: Fact[Span] | None = None
    site_units: Fact[Span] | None = None
    site_most_units: Fact[float] | None = None
    site_ml: Fact[Span] | None = None
    muscles: Fact[float] | None = None
    interval_days: Fact[float] | None = None
    window_units: Fact[float] | None = None
    window_days: Fact[float] | None = None
    least_age_years: Fact[float] | None = None
    most_age_years: Fact[float] | None = None


class BodyProtocol(Record, kw_only=True):
    """How one indication is treated with one product, as far as sources that were seen say."""

    muscles: tuple[MuscleDose, ...]
    limits: BodyLimits
    dilutions: tuple[Dilution, ...] = ()
    depth: Depth = "muscle"
    needle: Fact[str] | None = None
    guidance: tuple[Guidance, ...] = ()
    guidance_required: bool = False
    guidance_text: Fact[str] | None = None
    technique: tuple[Fact[str], ...] = ()
    contraindications: tuple[Caution, ...] = ()
    cautions: tuple[Caution, ...] = ()


class Indication(Record, kw_only=True):
    """What is treated outside the face, with each product of which a dose was seen.

    `laterality` says whether one side may be treated alone; `laid` whether a session begins with
    the whole protocol or muscle by muscle.
    """

    name: str
    about: Fact[str]
    maps: tuple[str, ...]
    laterality: Literal["both", "either", "midline"]
    age: Literal["adult", "child", "any"]
    laid: Literal["whole", "muscle"]
    scale: str | None = None
    codes: tuple[Code, ...] = ()
    remarks: tuple[Fact[str], ...] = ()
    products: dict[str, BodyProtocol] = msgspec.field(default_factory=dict)


class CountedTogether(Record, kw_only=True):
    """Another product whose units one label counts against its own limit."""

    product: str
    text: Fact[str]


class Body(Record, kw_only=True):
    """All indications, the scales they are judged on, and the codes of products and guidance."""

    adult_years: Fact[float]
    counted_together: dict[str, CountedTogether]
    scales: dict[str, Scale]
    product_codes: dict[str, Code]
    guidance_codes: dict[Guidance, Code]
    indications: dict[str, Indication]
