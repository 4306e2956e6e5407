"""The shape of safety.toml: what holds beyond the label of one product."""

from __future__ import annotations

from glabella.facts.schema import Caution, Fact, Record

Span = tuple[float, float]


class Complication(Record, kw_only=True):
    """An unwanted result: how it looks, when it comes and goes, how often, what helps.

    Spans are the first and last day after treatment; `rates` are percent, each with its
    product and group in the note, shown side by side and never averaged.
    """

    name: str
    presents: Fact[str]
    onset_days: Fact[Span] | None = None
    lasts_days: Fact[Span] | None = None
    rates: tuple[Fact[float], ...] = ()
    manage: tuple[Fact[str], ...] = ()


class NormalDays(Record, kw_only=True):
    """What is normal from one day after treatment to another, both included."""

    from_day: int
    to_day: int
    text: Fact[str]


class RedFlag(Record, kw_only=True):
    """A sign that needs care at once; it comes from the boxed warning."""

    code: str
    text: Fact[str]


class Safety(Record, kw_only=True):
    """All of safety.toml."""

    rim_margin_mm: Fact[float]
    rim_margin_trained_mm: Fact[float]
    frontalis_margin_mm: Fact[float]
    frontalis_margin_lateral_mm: Fact[float]
    lateral_frontalis_left_alone: Fact[str]
    lateral_frontalis_settled: Fact[str]
    canthus_margin_mm: Fact[float]
    lateral_rim_margin_mm: Fact[float]
    chin_margin_mm: Fact[float]
    masseter_deep: Fact[str]
    platysma_superficial: Fact[str]
    lowest_canthal_point: Fact[str]
    cumulative_counts_everything: Fact[str]
    visible_effect_days: Fact[Span]
    full_effect_days: Fact[float]
    effect_lasts_days: Fact[Span]
    review_not_before_days: Fact[float]
    review_days: Fact[float]
    touch_up_not_before_days: Fact[float]
    touch_up_latest_days: Fact[float]
    touch_up_conflict: Fact[str]
    vial_sharing_consensus: Fact[str]
    retreatment_days: Fact[float]
    no_antidote: Fact[str]
    muscle_mass: Fact[str]
    sex_dose: Fact[str]
    sex_response: Fact[str]
    sex_duration: Fact[str]
    screening: tuple[Caution, ...]
    complications: dict[str, Complication]
    normal_by_day: tuple[NormalDays, ...]
    red_flags: tuple[RedFlag, ...]

    def normal_on(self, day: int) -> Fact[str] | None:
        """What is normal on this day after treatment; None where nothing is written for it."""
        for days in self.normal_by_day:
            if days.from_day <= day <= days.to_day:
                return days.text
        return None
