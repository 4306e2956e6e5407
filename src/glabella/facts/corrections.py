"""The shape of corrections.toml: what a review may show, what answers it, what may ease it."""

from __future__ import annotations

from typing import Literal

from glabella.facts.schema import Fact, Record

# What a review may name. Codes of complications and of red flags keep their names.
SeenWord = Literal[
    "swallowing",
    "breathing",
    "speech",
    "double-vision",
    "diplopia",
    "weakness",
    "drooping-lids",
    "bladder",
    "distant-spread",
    "eyelid-ptosis",
    "brow-ptosis",
    "uneven-smile",
    "over-treatment",
    "dry-eye",
    "nodule",
    "non-response",
    "spock-brow",
    "asymmetry",
    "under-treatment",
    "bruising",
    "headache",
]
# What answers it: care at once; no toxin and time; a small addition; nothing but a word.
Answer = Literal["urgent", "wait", "top-up", "watch"]
# How good the evidence for something that may ease a result is, best first.
Grade = Literal["study", "expert", "no good evidence", "not known"]


class SeenKind(Record, kw_only=True):
    """One thing that a review may name, in the words of the clinic, and what answers it."""

    name: str
    answer: Answer
    sided: bool = False


class Ease(Record, kw_only=True):
    """Something that may ease a result, or is said to, with the grade of its evidence.

    `says` holds what texts say, those that disagree side by side.
    """

    code: str
    name: str
    about: tuple[SeenWord, ...]
    grade: Grade
    says: tuple[Fact[str], ...]


class Corrections(Record, kw_only=True):
    """All of corrections.toml."""

    seen: dict[SeenWord, SeenKind]
    eases: tuple[Ease, ...]
    spock_most_units: Fact[float]
    top_up_share: Fact[float]
    top_up_point_share: Fact[float]
    month_days: Fact[int]
    most_top_ups: Fact[int]
    half_strength: Fact[float]
    lid_back_mm: Fact[float]
    level_steps_most: Fact[int]
    followed_days: Fact[int]
    told_blur_mm: Fact[float]
    told_blur_grades: Fact[float]
    urgent: Fact[str]
    weak_side: Fact[str]
    smile_other_side: Fact[str]
    no_effect: Fact[str]
    look_first: Fact[str]
