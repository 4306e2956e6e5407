"""Reference faces: synthetic patients with reasoning and the answers that a clinician expects.

They are documentation and tests at once. What is expected was written before the model was asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from glabella import facts
from glabella.errors import FactError, InputError
from glabella.facts import Fact
from glabella.facts.schema import Record
from glabella.plan.correct import correct
from glabella.plan.corrections import case
from glabella.plan.corrections.case import Case
from glabella.plan.corrections.correction import Correction
from glabella.plan.goals import goal
from glabella.plan.goals.goal import Goal
from glabella.plan.optimise import optimise
from glabella.plan.plan import explain
from glabella.plan.reference.expectation import Expectation
from glabella.plan.reference.measured import Answer, Check, check
from glabella.plan.search.proposal import Proposal

FOLDER = "patients"


class Reason(Record, kw_only=True):
    """One step of the reasoning in plain words, and the paths of the facts it stands on."""

    says: str
    facts: tuple[str, ...]


class ReferenceFace(Record, kw_only=True):
    """One synthetic patient: who, what is asked of us, why, and what a clinician expects.

    Either `goal` is planned for or `case` is answered. `name` is that of the file.
    """

    name: str
    title: str
    who: str
    question: str
    reasoning: tuple[Reason, ...]
    expected: tuple[Expectation, ...]
    goal: Goal | None = None
    case: Case | None = None

    def __post_init__(self) -> None:
        if (self.goal is None) == (self.case is None):
            raise ValueError("a reference face has either a `goal` or a `case`")
        if not self.reasoning or not self.expected:
            raise ValueError("a reference face needs `reasoning` and `expected`")
        for one in self.expected:
            one.require_about("goal" if self.goal else "case")


@dataclass(frozen=True, slots=True)
class Answered:
    """A reference face with what Glabella answers, and each expectation held against it."""

    face: ReferenceFace
    answer: Answer
    checks: tuple[Check, ...]

    @property
    def as_expected(self) -> bool:
        """Whether every expectation is met."""
        return all(one.met for one in self.checks)


PARTS: dict[str, type[msgspec.Struct]] = {
    "$": ReferenceFace,
    "$.reasoning": Reason,
    "$.expected": Expectation,
    **{f"$.goal{place[1:]}": part for place, part in goal.PARTS.items()},
    **{f"$.case{place[1:]}": part for place, part in case.PARTS.items()},
}


def names() -> tuple[str, ...]:
    """The names of all reference faces."""
    return tuple(sorted(name.removesuffix(".toml") for name in _texts()))


def reference_face(name: str) -> ReferenceFace:
    """One reference face; raises InputError that lists them if there is none of that name."""
    texts = _texts()
    if f"{name}.toml" not in texts:
        raise InputError(f"There is no reference face `{name}`. Known faces: {', '.join(names())}.")
    return read_face(name, texts[f"{name}.toml"])


def read_face(name: str, text: str) -> ReferenceFace:
    """A reference face from the text of its file.

    Raises FactError, naming the file, the key and what is allowed there.
    """
    try:
        return msgspec.convert({"name": name} | tomllib.loads(text), ReferenceFace)
    except tomllib.TOMLDecodeError as error:
        raise FactError(f"{FOLDER}/{name}.toml is not TOML: {error}. Mend that line.") from error
    except msgspec.ValidationError as error:
        raise FactError(f"{FOLDER}/{name}.toml: {explain(error, PARTS)}") from error


@lru_cache(maxsize=64)
def answered(name: str) -> Answered:
    """What Glabella answers to the reference face of a name; kept, since docs and tests ask again.

    Raises InputError that lists the faces if there is none of that name.
    """
    return answer(reference_face(name))


def answer(face: ReferenceFace) -> Answered:
    """What Glabella answers to a reference face, held against what is expected of it."""
    found = _answer(face)
    checks = tuple(
        check(one, found, _answer(instead(face, one.instead)) if one.instead else None)
        for one in face.expected
    )
    return Answered(face, found, checks)


def _answer(face: ReferenceFace) -> Proposal | Correction:
    if face.goal is not None:
        return _proposal(msgspec.json.encode(face.goal))
    assert face.case is not None
    return correct(face.case)


@lru_cache(maxsize=64)
def _proposal(written: bytes) -> Proposal:
    """The same goal is asked for by several expectations."""
    return optimise(msgspec.json.decode(written, type=Goal))


def instead(face: ReferenceFace, changes: Mapping[str, Any]) -> ReferenceFace:
    """The same face with some keys of its goal changed, as an expectation compares it."""
    assert face.goal is not None
    whole = msgspec.to_builtins(face.goal)
    try:
        changed = msgspec.convert(_merged(whole, changes), Goal)
    except msgspec.ValidationError as error:
        told = explain(error, goal.PARTS)
        raise FactError(f"{FOLDER}/{face.name}.toml: `instead`: {told}") from error
    return msgspec.structs.replace(face, goal=changed)


def _merged(whole: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(whole)
    for key, value in changes.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(old, value)
        else:
            merged[key] = value
    return merged


def stands_on(face: ReferenceFace) -> dict[str, Fact[Any]]:
    """The facts behind the reasoning, by path; raises FactError for a path that leads nowhere."""
    known = _facts()
    found = {}
    for path in dict.fromkeys(path for reason in face.reasoning for path in reason.facts):
        if path not in known:
            raise FactError(
                f"{FOLDER}/{face.name}.toml stands on `{path}`, which is no fact. "
                "`glabella facts` lists all paths."
            )
        found[path] = known[path]
    return found


@lru_cache(maxsize=1)
def _facts() -> dict[str, Fact[Any]]:
    return dict(facts.walk(facts.load()))


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    folder: Traversable = files("glabella.plan.reference") / FOLDER
    return {
        item.name: item.read_text(encoding="utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".toml")
    }
