"""The pages of docs/faces: each reference face drawn, with its reasoning, answer and verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from docs.figures.tables import cited, table
from glabella import facts
from glabella.chart import ChartPoint, face_svg, view_of
from glabella.chart.style import FONT, INK, INK_SOFT, attributes, element
from glabella.face import Face
from glabella.facts import Fact
from glabella.plan.corrections.correction import Correction
from glabella.plan.forecast import forecast
from glabella.plan.place import Dose, place
from glabella.plan.reference.faces import Answered, answered, names, stands_on
from glabella.plan.reference.measured import doses_of, face_of
from glabella.plan.reference.text import bounds, found, told, value_words, verdict
from glabella.plan.result import Expression, FaceState
from glabella.plan.search.proposal import Proposal
from glabella.plan.search.reasons import area_name, grade_words

# The expression that shows the lines of an area.
SHOWS: dict[str, Expression] = {
    "glabella": "frown",
    "forehead": "raise",
    "lateral-canthal": "smile",
    "platysma": "neck",
}
# What a face does in an expression, as a caption says it.
DOES: dict[Expression, str] = {
    "frown": "frowning",
    "raise": "raising the brows",
    "smile": "smiling",
    "neck": "tensing the neck",
}
VERDICTS = {"met": "as expected", "not met": "**not met**", "disagrees": "**disagrees**"}
WIDTH, HEIGHT, GAP, HEAD, FOOT = 420.0, 420.0, 20.0, 34.0, 26.0


def index_page() -> str:
    """The list of all faces."""
    rows = [
        (f"[{one.face.title}]({one.face.name}.md)", one.face.question, verdict(one))
        for one in map(answered, names())
    ]
    return f"""# Reference faces

Synthetic patients with what is asked of an injector, the reasoning, and the answer that a clinician
expects. What is expected was written down before the model was asked, and is not bent to what it
says: where the model answers otherwise, the page says so and why. No face is a person.

The files lie in `src/glabella/plan/reference/patients`; `glabella faces` asks the model again, and
a test holds every expectation against the answer. `make figures` writes these pages.

{table(("face", "the question", "verdict"), rows)}

## What can be expected

An expectation names one thing that is measured on the answer: units and points (of an area, a
side, a muscle or a depth), where the lowest and highest points lie, the chance of a grade, the
strength that is kept, the rise of a brow, the chance of an unwanted result, the limit that stops a
plan, a finding; at a review the verdict, the dates, what is added, what is refused and why, when
something is predicted back, and the grade of evidence of what may ease it. All words, and how each
is measured: `plan/reference/expectation.py` and `plan/reference/measured.py`.
"""


def page(one: Answered) -> str:
    """One face: who, the question, the drawing, reasoning, answer, expectations."""
    face = one.face
    parts = [
        f"# {face.title}",
        face.who,
        f"**{face.question}**",
        f"![{alt(one)}](figures/{face.name}.svg)",
        "## Reasoning",
        "\n".join(_reasoning(one)),
        "## What Glabella answers",
        *(_proposed(one.answer) if isinstance(one.answer, Proposal) else _corrected(one.answer)),
        "## What was expected",
        f"Written down before the model was asked. {_sentence(verdict(one))}",
        table(("", "expected of", "expected", "found", "why"), list(_expected(one))),
    ]
    if disagreeing := list(_disagreeing(one)):
        parts += ["### Where the model disagrees", "\n".join(disagreeing)]
    parts.append(
        f"`glabella faces {face.name}` shows the whole answer. [All reference faces](index.md)"
    )
    return "\n\n".join(parts) + "\n"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _reasoning(one: Answered) -> Iterator[str]:
    known = stands_on(one.face)
    for reason in one.face.reasoning:
        yield f"- {reason.says}"
        for path in reason.facts:
            yield f"  - {_fact(path, known[path])}"


def _fact(path: str, fact: Fact[Any]) -> str:
    return f"`{path}`: {value_words(fact)} ({cited(fact)})"


def _proposed(answer: Proposal) -> Iterator[str]:
    product = facts.product(answer.product).name
    reached = (
        "the goal is reached" if answer.reached else f"the goal is not reached: {answer.nearest}"
    )
    yield (
        f"{answer.units:g} U {product} at {len(answer.points)} points; {reached}".rstrip(".") + "."
    )
    yield table(
        ("", "point", f"U {product}", "what it is for", "without it"),
        [
            (str(number), p.name, f"{p.injection.units:g}", p.why, p.without)
            for number, p in enumerate(answer.points, start=1)
        ],
    )
    yield table(
        ("area", "asked", "chance", "before", "strength kept", f"U {product}"),
        [
            (
                area_name(area.area),
                f"{grade_words(area.grade)} on day {area.day}: {area.asked_chance:.0%}",
                f"{area.chance:.0%}",
                f"{area.before_chance:.0%}",
                f"{area.kept:.0%}",
                f"{area.units:g}",
            )
            for area in answer.outcome.areas
        ],
    )
    yield table(
        ("unwanted result", "chance", "accepted"),
        [(r.name, f"{r.probability:.1%}", f"{r.limit:.1%}") for r in answer.outcome.risks],
    )
    yield table(
        ("brow, mm of rise at rest", "head", "peak", "tail"),
        [
            (str(b.side), f"{b.medial_mm:+.1f}", f"{b.peak_mm:+.1f}", f"{b.lateral_mm:+.1f}")
            for b in answer.outcome.brow
        ],
    )
    if answer.binds:
        yield "\n".join(f"- {limit.message}" for limit in answer.binds)


def _corrected(answer: Correction) -> Iterator[str]:
    yield f"**{answer.headline}**"
    yield "\n".join(f"- {one.message}" for one in (*answer.alarms, *answer.noticed))
    for added in answer.proposed:
        product = facts.product(added.treatment.product).name
        yield f"{added.name}: {added.units:g} U {product} at {added.points} points. {added.why}"
        yield table(
            ("point", f"U {product}"),
            [
                (_where(dose), f"{dose.units.amount:g}")
                for dose in place(face_of(answer), added.treatment)
            ],
        )
        yield table(
            ("what changes", "now", "without", "with it", "asked"),
            [
                (e.what, *(f"{value:.1f} {e.unit}" for value in (e.now, e.without, e.after)),
                 "" if e.asked is None else f"{e.asked:.1f} {e.unit}")
                for e in added.effects
            ],
        )  # fmt: skip
    if answer.refused:
        yield "\n".join(f"- Not proposed: {one.name}. {one.why}" for one in answer.refused)
    if answer.returns:
        yield table(
            ("predicted back", "after the treatment", "in nine of ten", "date"),
            [
                (one.what, _days(one.when.median_days),
                 f"{_days(one.when.low_days)} to {_days(one.when.high_days)}",
                 str(one.when.median or ""))
                for one in answer.returns
            ],
        )  # fmt: skip
    if answer.eases:
        yield table(
            ("what may ease it", "evidence", "what is said"),
            [(one.name, one.grade, " ".join(one.says)) for one in answer.eases],
        )


def _days(days: float | None) -> str:
    return "later" if days is None else f"day {days:.0f}"


def _where(dose: Dose) -> str:
    at = "" if dose.site else f", {dose.x_mm:.0f} mm out, {dose.y_mm:.0f} mm up"
    return f"{dose.at()}{at}"


def _expected(one: Answered) -> Iterator[Sequence[str]]:
    for checked in one.checks:
        expected = checked.expectation
        yield (
            VERDICTS[checked.word],
            told(expected),
            bounds(expected, checked.unit),
            found(checked),
            expected.why,
        )


def _disagreeing(one: Answered) -> Iterator[str]:
    for checked in one.checks:
        if not checked.met:
            expected = checked.expectation
            asked = f"{told(expected)}: {bounds(expected, checked.unit)} expected"
            yield f"- {_sentence(f'{asked}, {found(checked)} found')} {expected.disagrees}"


def alt(one: Answered) -> str:
    """What the drawing shows, in words."""
    if doses_of(one.answer):
        return "The face before, with the points that are proposed, and after"
    return "The face with the points that were given; nothing is added"


def figure(one: Answered) -> str:
    """The face before with its points, and the middle patient's face when they have acted."""
    face = face_of(one.answer)
    given = list(_given(one, face))
    added = _numbered(doses_of(one.answer))
    view = view_of(face, [*given, *added])
    pictures = [("before, with the points" if added else "the points that were given", None)]
    if added:
        expression, before, after = _states(one)
        pictures = [
            (f"{DOES[expression]}, before, with the points", before),
            (f"{DOES[expression]}, day {after.day} after", after),
        ]
    body = ""
    for number, (caption, state) in enumerate(pictures):
        left = number * (WIDTH + GAP)
        points = (added or given) if number == 0 else ()
        drawing = face_svg(
            face,
            points=points,
            ghost=given if added and number == 0 else (),
            state=state,
            view=view,
            title=caption,
            prefix=f"face{number}-",
        )
        body += drawing.replace(
            "<svg", f"<svg{attributes({'x': left, 'y': HEAD, 'width': WIDTH, 'height': HEIGHT})}", 1
        )
        body += element(
            "text", caption, x=left + WIDTH / 2, y=22, text_anchor="middle", font_size=14,
            fill=INK, font_weight="600",
        )  # fmt: skip
    return _sheet(one, body, len(pictures))


def _sheet(one: Answered, body: str, pictures: int) -> str:
    width = pictures * WIDTH + (pictures - 1) * GAP
    height = HEAD + HEIGHT + FOOT
    note = "The patient's left is on the right."
    if doses_of(one.answer):
        note += " After: the middle patient by the forecast."
    foot = element("text", note, x=0, y=height - 8, font_size=11, fill=INK_SOFT)
    opening = attributes(
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "font-family": FONT,
        }
    )
    paper = element("rect", width=width, height=height, fill="#ffffff")
    heading = element("title", one.face.title) + element("desc", alt(one))
    return f"<svg{opening}>{heading}{paper}{body}{foot}</svg>\n"


def _states(one: Answered) -> tuple[Expression, FaceState, FaceState]:
    """The typical face in the expression that shows what is treated, before and after."""
    area = next(iter(one.face.goal.areas)) if one.face.goal else doses_of(one.answer)[0].area
    expression = SHOWS[area]
    day = (
        max(aim.day for aim in one.answer.outcome.areas)
        if isinstance(one.answer, Proposal)
        else facts.load().safety.full_effect_days.value
    )
    states = {
        state.day: state
        for state in forecast(one.answer.plan).states
        if state.expression == expression
    }
    return expression, states[0], states[int(day)]


def _given(one: Answered, face: Face) -> Iterator[ChartPoint]:
    """What was given before, at a review."""
    if one.face.case is not None:
        for treatment in one.face.case.given:
            yield from _numbered(place(face, treatment))


def _numbered(doses: Sequence[Dose]) -> list[ChartPoint]:
    return [
        ChartPoint(
            number=number,
            x_mm=dose.x_mm,
            y_mm=dose.y_mm,
            side=dose.side,
            depth=dose.depth,
            units=round(dose.units.amount, 2),
            product_id=dose.units.product,
            key=f"point-{number}",
            name=dose.at(),
        )
        for number, dose in enumerate(doses, start=1)
    ]
