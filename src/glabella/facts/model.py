"""The shape of the model's constants and of what calibration writes."""

from __future__ import annotations

from typing import Literal

from glabella.facts.anatomy import Outline
from glabella.facts.schema import Fact, Record

# The unwanted results that the model tells of.
Event = Literal[
    "lid_ptosis",
    "brow_ptosis",
    "spock_brow",
    "asymmetry",
    "smile_asymmetry",
    "lip_incompetence",
    "double_vision",
]


class SpreadFacts(Record, kw_only=True):
    reference_ml: Fact[float]
    volume_exponent: Fact[float]
    dermis_to_superficial: Fact[float]
    dermis_to_deep: Fact[float]
    muscle_to_superficial: Fact[float]
    muscle_to_deep: Fact[float]
    bone_to_superficial: Fact[float]
    bone_to_deep: Fact[float]


class KineticsFacts(Record, kw_only=True):
    bulk_per_minute: Fact[float]
    binding_per_minute: Fact[float]
    endocytosis_per_minute: Fact[float]
    translocation_per_minute: Fact[float]


class ResponseFacts(Record, kw_only=True):
    ceiling_fraction: Fact[float]


class BrowFacts(Record, kw_only=True):
    frontalis_lift_mm: Fact[float]
    frontalis_tone_fraction: Fact[float]
    compensation_fraction: Fact[float]
    compensation_limit: Fact[float]
    above_c_line_share: Fact[float]
    low_fibre_reach_mm: Fact[float]
    strip_width_mm: Fact[float]
    bending_length_mm: Fact[float]
    medial_pull_mm: Fact[float]
    medial_reach_mm: Fact[float]
    orbicularis_pull_mm: Fact[float]
    orbicularis_reach_mm: Fact[float]
    frown_drop_mm: Fact[float]
    smile_drop_mm: Fact[float]


class LidFacts(Record, kw_only=True):
    full_drop_mm: Fact[float]
    smile_rise_mm: Fact[float]


class MouthFacts(Record, kw_only=True):
    """The mouth, the tip of the nose and the chin."""

    smile_excursion_mm: Fact[float]
    smile_up_share: Fact[float]
    zygomaticus_hold_mm: Fact[float]
    depressor_pull_mm: Fact[float]
    platysma_pull_mm: Fact[float]
    orbicularis_brake: Fact[float]
    neck_drop_mm: Fact[float]
    lip_raise_mm: Fact[float]
    lip_raise_levator_share: Fact[float]
    lip_hold_mm: Fact[float]
    lower_lip_drop_mm: Fact[float]
    tip_drop_mm: Fact[float]
    chin_tone_fraction: Fact[float]


class JawFacts(Record, kw_only=True):
    """The bulk of masseter; the texts say what is known of its course."""

    full_loss_mm: Fact[float]
    bulk_memory_days: Fact[float]
    bite_bulge_mm: Fact[float]
    practice: Fact[str]


class SkinRegion(Record, kw_only=True):
    """A region of the skin: its outline on the left half of the default female face, x >= 0."""

    name: str
    outline_mm: Fact[Outline]


class SkinFacts(Record, kw_only=True):
    """Droplets in the dermis; the texts are what trials saw, for and against."""

    sensitivity: Fact[float]
    rise_days: Fact[float]
    fade_days: Fact[float]
    pores_most_fraction: Fact[float]
    sebum_most_fraction: Fact[float]
    saw: tuple[Fact[str], ...]
    saw_not: tuple[Fact[str], ...]
    regions: dict[str, SkinRegion]


class LineFacts(Record, kw_only=True):
    skin_memory_days: Fact[float]
    corrugator_share: Fact[float]
    procerus_share: Fact[float]
    depressor_supercilii_share: Fact[float]
    zygomaticus_share: Fact[float]
    nasalis_share: Fact[float]
    usual_grade: Fact[float]
    usual_grade_sd: Fact[float]
    no_rest_line_share: Fact[float]
    mild_rest_line_share: Fact[float]
    moderate_rest_line_share: Fact[float]


class PeopleFacts(Record, kw_only=True):
    """Standard deviations of the logarithm between patients, and muscle mass factors."""

    onset_log_sd: Fact[float]
    spread_log_sd: Fact[float]
    tone_log_sd: Fact[float]
    side_log_sd: Fact[float]
    levator_log_sd: Fact[float]
    levator_tail: Fact[float]
    bulk_slight: Fact[float]
    bulk_strong: Fact[float]


class RiskFacts(Record, kw_only=True):
    """What counts as an unwanted result."""

    lid_ptosis_mm: Fact[float]
    brow_ptosis_mm: Fact[float]
    spock_brow_mm: Fact[float]
    asymmetry_mm: Fact[float]
    smile_asymmetry_mm: Fact[float]
    lip_incompetence_fraction: Fact[float]
    double_vision_fraction: Fact[float]


class ModelFacts(Record, kw_only=True):
    """All of model.toml: constants that calibration does not move."""

    spread: SpreadFacts
    kinetics: KineticsFacts
    response: ResponseFacts
    brow: BrowFacts
    lid: LidFacts
    mouth: MouthFacts
    jaw: JawFacts
    skin: SkinFacts
    lines: LineFacts
    people: PeopleFacts
    risk: RiskFacts


class Parameter(Record, kw_only=True):
    """A fitted parameter: `value` in its natural unit, `log_sd` its uncertainty (natural log).

    `prior` and `prior_log_sd` are what was believed before the data; `from_data` says whether
    they narrowed it.
    """

    value: float
    log_sd: float
    prior: float
    prior_log_sd: float
    unit: str
    meaning: str
    from_data: bool


class Potency(Record, kw_only=True):
    """How strongly and how long one product acts in this model, fitted to its own trials.

    `half_effect_units_per_mm2` is the dose density at half effect: the door from this product's
    units to numbers without units. It is never compared across products.
    """

    half_effect_units_per_mm2: Parameter
    decay_per_day: Parameter
    basis: str


class TrialShift(Record, kw_only=True):
    """What sets one trial apart from the label's, as one kind of reader saw it; logit scale."""

    study: str
    reader: Literal["grading", "diary"]
    shift: float
    sd: float


class Residual(Record, kw_only=True):
    """One fitted row beside the model; percent, or days for a duration.

    `predicted` is for a new trial, `in_its_trial` with what sets the row's own trial apart.
    """

    row: str
    observed: float
    predicted: float
    in_its_trial: float


class Calibration(Record, kw_only=True):
    """All of calibration.toml, written by `glabella calibrate`.

    `correlation` holds the correlations of the logarithms of the parameters in `order`.
    """

    made_by: str
    rows_digest: str
    between_trials_logit_sd: float
    misfit_logit_sd: float
    order: tuple[str, ...]
    correlation: tuple[tuple[float, ...], ...]
    shared: dict[str, Parameter]
    products: dict[str, Potency]
    shifts: tuple[TrialShift, ...]
    residuals: tuple[Residual, ...]
