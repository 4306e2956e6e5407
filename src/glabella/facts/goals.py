"""The shape of goals.toml: what the clinic's words for a goal mean, and how hands err."""

from __future__ import annotations

from typing import Literal

from glabella.facts.model import Event
from glabella.facts.schema import Fact, Record

MovementWord = Literal["still", "soft", "lively"]
BrowShape = Literal["keep", "lift-lateral", "flatten", "level"]
PresetName = Literal[
    "first-visit",
    "preventive",
    "natural",
    "full",
    "men",
    "lateral-lift",
    "match-other-side",
]


class Preset(Record, kw_only=True):
    """A goal in the words of the clinic: what it asks of every area that is chosen.

    `grade` is the highest grade at full movement that is accepted, `chance` how likely that is to
    be, `most_share` caps the units of an area as a share of the label's.
    """

    name: str
    purpose: str
    grade: Fact[int]
    chance: Fact[float]
    day: Fact[int]
    movement: MovementWord
    brow: BrowShape
    most_share: Fact[float] | None = None
    says: tuple[Fact[str], ...] = ()


class BrowAim(Record, kw_only=True):
    """What a word for the brow asks, in mm at the middle of patients."""

    name: str
    asks: str
    mm: Fact[float]


class MovementAim(Record, kw_only=True):
    """What a word for movement keeps of the strength behind an area's lines, when it is weakest."""

    name: str
    kept: Fact[float]


class Hand(Record, kw_only=True):
    """How far what is delivered lies from what was planned."""

    point_off_mm: Fact[float]
    dilution_log_sd: Fact[float]
    depth_slip_share: Fact[float]


class Goals(Record, kw_only=True):
    """All of goals.toml; `risks` are the highest chances of unwanted results, by event.

    `spared_kept` is the strength that a muscle keeps at least if it is to be spared; `none_chance`
    what a preset asks at most where mild lines are to become none.
    """

    presets: dict[PresetName, Preset]
    movement: dict[MovementWord, MovementAim]
    brow: dict[BrowShape, BrowAim]
    risks: dict[Event, Fact[float]]
    spared_kept: Fact[float]
    none_chance: Fact[float]
    hand: Hand
