"""What a clinician expects of an answer, in a small closed vocabulary."""

from __future__ import annotations

from typing import Any, Literal, get_args

from glabella.face.frame import Side
from glabella.facts.anatomy import Depth
from glabella.facts.model import Event
from glabella.facts.schema import Record
from glabella.plan.plan import AreaId

# Words for the points and findings of any answer.
PointWord = Literal[
    "units",
    "points",
    "sides-apart",
    "lowest-above-brow",
    "highest-share",
    "lowest-mm",
    "innermost-mm",
    "stops",
    "finding",
]
# Words for what is planned for a goal.
GoalWord = Literal[
    "reached",
    "stopped-by",
    "of-label",
    "chance",
    "kept",
    "risk",
    "lowest-brow",
    "arch",
    "brows-apart",
]
# Words for what a review is answered with.
CaseWord = Literal[
    "verdict",
    "headline",
    "alarms",
    "judge-from",
    "top-up-from",
    "next-from",
    "back-days",
    "after",
    "eases",
    "refused",
    "conflict",
    "normal",
    "counted",
]
Subject = Literal["goal", "case"]
# Words that are about something of which there are several.
NEEDS = {
    "chance": "area",
    "kept": "area",
    "risk": "event",
    "finding": "code",
    "back-days": "code",
    "after": "code",
    "eases": "code",
    "refused": "code",
    "conflict": "code",
}


class Expectation(Record, kw_only=True, rename={"is_": "is"}):
    """One thing that is expected of an answer, and why.

    `what` is measured on the points, lines, brows or findings that the words beside it choose;
    `about` is a word in what a date is predicted for. A number lies between `at_least` and
    `at_most`; a word, or a yes or no, `is` just that; a text `says` some words. With `instead` the
    number is the difference to the same goal with these keys changed. `disagrees` is the reason
    why the model answers otherwise today.
    """

    what: PointWord | GoalWord | CaseWord
    why: str
    at_least: float | None = None
    at_most: float | None = None
    is_: bool | str | None = None
    says: str = ""
    area: AreaId | None = None
    side: Side | None = None
    muscle: str = ""
    depth: Depth | None = None
    event: Event | None = None
    code: str = ""
    about: str = ""
    instead: dict[str, Any] | None = None
    disagrees: str = ""

    def __post_init__(self) -> None:
        number = self.at_least is not None or self.at_most is not None
        if [number, self.is_ is not None, bool(self.says)].count(True) != 1:
            raise ValueError(
                f"`{self.what}` needs `at_least` or `at_most` or both, or else `is`, or `says`"
            )
        if number and self.low > self.high:
            raise ValueError(f"`{self.what}`: `at_least` is more than `at_most`")
        if self.instead is not None and not number:
            raise ValueError(f"`{self.what}` is no number, so `instead` has nothing to compare")
        needed = NEEDS.get(self.what)
        if needed and not getattr(self, needed):
            raise ValueError(f"`{self.what}` needs `{needed}`: of which is it expected?")

    @property
    def low(self) -> float:
        return -float("inf") if self.at_least is None else self.at_least

    @property
    def high(self) -> float:
        return float("inf") if self.at_most is None else self.at_most

    def require_about(self, subject: Subject) -> None:
        """Raise ValueError for a word that says nothing of a goal, or nothing of a case."""
        if self.what not in words_about(subject):
            raise ValueError(
                f"`{self.what}` says nothing of a {subject}. "
                f"Words that do: {', '.join(words_about(subject))}"
            )
        if subject == "case" and self.instead is not None:
            raise ValueError("`instead` changes a goal, and this face has a case")


def words_about(subject: Subject) -> tuple[str, ...]:
    """The vocabulary for goals or for cases."""
    return (*get_args(PointWord), *get_args(GoalWord if subject == "goal" else CaseWord))
