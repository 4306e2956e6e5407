"""Reference faces as text to read in a terminal: the list, and one face with its reasoning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

from glabella.facts import Fact
from glabella.plan.corrections import correction_text
from glabella.plan.reference.expectation import Expectation
from glabella.plan.reference.faces import Answered, stands_on
from glabella.plan.reference.measured import MEASURES, Check, Seen
from glabella.plan.search import proposal_text
from glabella.plan.search.proposal import Proposal

WIDE = 100
RULE = "-" * WIDE


def list_text(answered: Sequence[Answered]) -> str:
    """All faces with what is asked of them and their verdicts."""
    lines = [
        f"{len(answered)} reference faces. `glabella faces NAME` shows one with its reasoning."
    ]
    for one in answered:
        lines += ["", f"{one.face.name}: {one.face.title}", f"    {one.face.question}"]
        lines.append(f"    {verdict(one)}")
    return "\n".join(lines) + "\n"


def as_json(answered: Answered, *, whole: bool) -> dict[str, Any]:
    """A face with its verdict and expectations; if `whole`, the face and the answer with it."""
    face = answered.face
    told_of = {
        "name": face.name,
        "title": face.title,
        "question": face.question,
        "as_expected": answered.as_expected,
        "verdict": verdict(answered),
        "expected": [
            {
                "what": told(one.expectation),
                "expected": bounds(one.expectation, one.unit),
                "found": found(one),
                "verdict": one.word,
                "why": one.expectation.why,
                "disagrees": "" if one.met else one.expectation.disagrees,
            }
            for one in answered.checks
        ],
    }
    return told_of | ({"face": face, "answer": answered.answer} if whole else {})


def verdict(answered: Answered) -> str:
    """How an answer lies to what is expected, in a few words."""
    count = len(answered.checks)
    met = sum(one.met for one in answered.checks)
    if met == count:
        return f"as expected, {met} of {count}"
    known = all(one.met or one.expectation.disagrees for one in answered.checks)
    rest = (
        "the model disagrees with the rest and it is said why" if known else "the rest is not met"
    )
    return f"{met} of {count} as expected; {rest}"


def as_text(answered: Answered) -> str:
    """Who, what is asked, the reasoning, what Glabella answers, and each expectation."""
    face = answered.face
    parts = [
        face.title,
        fill(face.who, WIDE),
        fill(face.question, WIDE),
        "\n".join(_reasoning(answered)),
        f"What Glabella answers\n{RULE}",
        _answer(answered).rstrip(),
        f"{RULE}\nWhat was expected beforehand: {verdict(answered)}",
        "\n".join(_expected(answered)),
    ]
    return "\n\n".join(parts) + "\n"


def _reasoning(answered: Answered) -> Iterator[str]:
    known = stands_on(answered.face)
    yield "Reasoning"
    for reason in answered.face.reasoning:
        yield fill(reason.says, WIDE, initial_indent="- ", subsequent_indent="  ")
        for path in reason.facts:
            yield f"    {fact_words(path, known[path])}"


def fact_words(path: str, fact: Fact[Any]) -> str:
    """A fact that a reason stands on: its path, its value and its source."""
    value = "" if isinstance(fact.value, str) else f" = {value_words(fact)}"
    return f"{path}{value} [{fact.source}]"


def value_words(fact: Fact[Any]) -> str:
    """The value of a fact with its unit."""
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    unit = "" if fact.unit in ("1", "text") else f" {fact.unit}"
    return (
        ", ".join(f"{one:g}" if isinstance(one, float | int) else str(one) for one in values) + unit
    )


def _answer(answered: Answered) -> str:
    if isinstance(answered.answer, Proposal):
        return proposal_text.as_text(answered.answer)
    return correction_text.as_text(answered.answer)


def _expected(answered: Answered) -> Iterator[str]:
    for one in answered.checks:
        expected = one.expectation
        yield f"{one.word}: {told(expected)}: {bounds(expected, one.unit)}"
        yield fill(f"found: {found(one)}", WIDE, initial_indent="    ", subsequent_indent="    ")
        yield fill(expected.why, WIDE, initial_indent="    ", subsequent_indent="    ")
        if expected.disagrees and not one.met:
            words = f"Why the model disagrees: {expected.disagrees}"
            yield fill(words, WIDE, initial_indent="    ", subsequent_indent="    ")


def told(expected: Expectation) -> str:
    """What is expected something of, in words: `units, corrugator`."""
    chosen = (expected.area, expected.side, expected.muscle, expected.depth, expected.event)
    where = [
        str(word).replace("_", " ") for word in (*chosen, expected.code, expected.about) if word
    ]
    name = ", ".join([MEASURES[expected.what].name, *where])
    if not expected.instead:
        return name
    return f"{name}, beyond that with {', '.join(_changed(expected.instead))}"


def _changed(changes: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in changes.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, Mapping) and value:
            yield from _changed(value, path)
        else:
            yield f"`{path}`" if isinstance(value, Mapping) else f"`{path}` {value or 'empty'}"


def bounds(expected: Expectation, unit: str) -> str:
    """What is expected, in words: `12 U Botox Cosmetic or more`."""
    if expected.says:
        return f"says “{expected.says}”"
    if expected.is_ is not None:
        return shown(expected.is_)
    low, high = expected.at_least, expected.at_most
    if low is None:
        return "none" if high == 0 else f"{shown(high, unit)} or less"
    if high is None:
        return f"{shown(low, unit)} or more"
    return shown(low, unit) if low == high else f"{low:g} to {shown(high, unit)}"


def found(one: Check) -> str:
    """What was found, with its unit."""
    return shown(one.seen, one.unit)


def shown(seen: Seen, unit: str = "") -> str:
    """A number with its unit, a yes or no, or words."""
    match seen:
        case None:
            return "no such point"
        case bool():
            return "yes" if seen else "no"
        case str():
            return seen or "nothing"
    if seen == float("inf"):
        return "not within what is followed"
    return f"{seen:.3g} {unit}".rstrip()
