"""What a review shows: told in words, or read from brow heights and grades."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glabella import facts
from glabella.face.frame import BothSides, BrowHeights, Face, Side
from glabella.facts.corrections import SeenWord
from glabella.plan.corrections.case import Case, Observation
from glabella.plan.corrections.correction import Noticed
from glabella.plan.corrections.uneven import PLACES
from glabella.plan.goals.asked_lines import GRADES
from glabella.plan.parameters import model_facts
from glabella.plan.plan import LineArea

# A difference that is told counts as measured from this many mm on.
READ_MM = 0.5


def notice(case: Case, face: Face, treated: Iterable[str]) -> tuple[Noticed, ...]:
    """All that the review shows, what was measured in place of the same in words."""
    areas = set(treated)
    measured = [*_brows(case, face), *_lines(case, areas)]
    known = {(one.code, one.side, one.area) for one in measured}
    told = [
        found
        for observation in case.observations
        for found in _told(case, face, observation, measured)
        if (found.code, found.side, found.area) not in known
    ]
    once = {(one.code, one.side, one.area): one for one in [*told, *measured]}
    return _both_lids(_without_doubles(tuple(once.values())))


def asked_grade(case: Case, area: LineArea) -> int:
    """The highest grade that was wanted at full movement; a preset asks for one better at least."""
    wanted = case.wanted.get(area)
    if wanted is not None and wanted.grade is not None:
        return wanted.grade
    preset = facts.load().goals.presets[case.preset or "natural"]
    before = case.patient.lines[area].maximum
    return min(preset.grade.value, max(before - 1, 0))


def rises(case: Case, face: Face, side: Side) -> dict[str, float] | None:
    """How far each place of a brow stands above where it stood before; None where not measured."""
    measures = case.patient.measures
    if measures.brow_left is None and measures.brow_right is None:
        return None
    seen = case.brow_left if side is Side.LEFT else case.brow_right
    if seen is None:
        return None
    before = face.brow_left if side is Side.LEFT else face.brow_right
    return {place: _height(seen, place) - _height(before, place) for place in PLACES}


def _height(brow: BrowHeights, place: str) -> float:
    return float(getattr(brow, f"{place}_mm"))


def peak_mm(rise: dict[str, float]) -> float:
    """How far the outer brow stands above its head, where it rose and the head fell."""
    outer = max(rise["peak"], rise["lateral"])
    return outer - rise["medial"] if outer > 0 > rise["medial"] else 0.0


def middle_mm(rise: dict[str, float]) -> float:
    """The rise of the middle of a brow, which lies between its head and its peak."""
    return (rise["medial"] + rise["peak"]) / 2


def apart_by_place(case: Case, face: Face) -> dict[str, float] | None:
    """How much higher the left brow stands than the right at each place, against before.

    Where heights were not taken before, the sides are compared as they stand.
    """
    if case.brow_left is None or case.brow_right is None:
        return None
    left, right = (rises(case, face, side) for side in BothSides)
    return {
        place: (left[place] - right[place])
        if left and right
        else _height(case.brow_left, place) - _height(case.brow_right, place)
        for place in PLACES
    }


def _brows(case: Case, face: Face) -> Iterator[Noticed]:
    limit = model_facts().risk
    for side in BothSides:
        rise = rises(case, face, side)
        if rise is None:
            continue
        if (fall := -middle_mm(rise)) >= limit.brow_ptosis_mm.value:
            words = f"The middle of the {side} brow stands {fall:.1f} mm lower than before."
            yield _noticed("brow-ptosis", words, side=side, size=fall)
        if (peak := peak_mm(rise)) >= limit.spock_brow_mm.value:
            words = (
                f"The outer {side} brow stands higher and its head lower than before, "
                f"{peak:.1f} mm apart."
            )
            yield _noticed("spock-brow", words, side=side, size=peak)
    places = apart_by_place(case, face)
    apart = max(places.values(), key=abs) if places else 0.0
    if abs(apart) >= limit.asymmetry_mm.value:
        side = Side.LEFT if apart > 0 else Side.RIGHT
        words = f"The {side} brow stands {abs(apart):.1f} mm higher than the other, against before."
        yield _noticed("asymmetry", words, side=side, size=abs(apart))


def _lines(case: Case, treated: set[str]) -> Iterator[Noticed]:
    for area, seen in case.lines.items():
        if area not in case.patient.lines or seen.maximum is None or area not in treated:
            continue
        asked = asked_grade(case, area)
        if seen.maximum > asked:
            words = (
                f"{area}: {GRADES[seen.maximum]} at full movement, {GRADES[asked]} was wanted; "
                f"it was {GRADES[case.patient.lines[area].maximum]} before."
            )
            yield _noticed("under-treatment", words, area=area)


def _noticed(
    code: SeenWord,
    words: str,
    *,
    side: Side | None = None,
    area: str = "",
    size: float | None = None,
) -> Noticed:
    kind = facts.load().corrections.seen[code]
    return Noticed(
        code=code,
        name=kind.name,
        answer=kind.answer,
        message=words,
        side=side,
        area=area,
        size_mm=None if size is None else round(size, 2),
        measured=True,
        source=_source(code),
    )


def _told(
    case: Case, face: Face, observation: Observation, measured: list[Noticed]
) -> Iterator[Noticed]:
    """What was said; a side that was left out is taken from what was measured, or is both."""
    kind = facts.load().corrections.seen[observation.seen]
    same = [one for one in measured if one.code == observation.seen]
    area = observation.area or ""
    if observation.side is None and any(area in ("", one.area) for one in same):
        return
    sides: tuple[Side | None, ...] = (observation.side,)
    if observation.side is None and observation.seen == "spock-brow":
        sides = BothSides
    for side in sides:
        where = ", ".join(str(word) for word in (area, side) if word)
        size = _size_mm(case, face, observation.seen, side)
        told = f"{kind.name}{f' ({where})' if where else ''}"
        read = f"{size:.1f} mm as measured." if size else _presents(observation.seen)
        yield Noticed(
            code=observation.seen,
            name=kind.name,
            answer=kind.answer,
            message=f"{told}: {read}" if read else f"{told}.",
            side=side,
            area=area,
            size_mm=size,
            measured=size is not None,
            source=_source(observation.seen),
        )


def _size_mm(case: Case, face: Face, code: SeenWord, side: Side | None) -> float | None:
    """How large what was told is by the heights, though it is less than what would be noticed."""
    if side is None:
        return None
    size = 0.0
    if code == "asymmetry" and (places := apart_by_place(case, face)):
        size = side.sign * max(places.values(), key=abs)
    if code == "spock-brow" and (rise := rises(case, face, side)):
        size = max(rise["peak"], rise["lateral"]) - rise["medial"]
    return round(size, 2) if size >= READ_MM else None


def _presents(code: SeenWord) -> str:
    known = facts.load().safety.complications.get(code)
    return known.presents.value if known else ""


def _source(code: SeenWord) -> str:
    safety = facts.load().safety
    if known := safety.complications.get(code):
        return known.presents.source
    return next((flag.text.source for flag in safety.red_flags if flag.code == code), "")


def _without_doubles(noticed: tuple[Noticed, ...]) -> tuple[Noticed, ...]:
    """A brow that peaks stands higher too: that is one thing, not two."""
    peaks = {one.side for one in noticed if one.code == "spock-brow"}
    falls = {one.side for one in noticed if one.code == "brow-ptosis" and one.side}
    return tuple(
        one
        for one in noticed
        if one.code != "asymmetry"
        or (one.side not in peaks and not {side.other for side in falls} & {one.side})
    )


def both_lids(sides: Iterable[Side | str | None]) -> bool:
    """Whether lids droop on both sides; a lid without a side may be either, so it is read as both.

    Toxin beside one eye lowers one lid: both lids are the red flag.
    """
    hanging = {str(side or "") for side in sides}
    return "" in hanging or hanging >= {str(side) for side in BothSides}


def _both_lids(noticed: tuple[Noticed, ...]) -> tuple[Noticed, ...]:
    """Lids that droop on both sides told as the red flag that they are."""
    lids = [one for one in noticed if one.code == "eyelid-ptosis"]
    if not both_lids(one.side for one in lids):
        return noticed
    rest = tuple(one for one in noticed if one.code not in ("eyelid-ptosis", "drooping-lids"))
    kind = facts.load().corrections.seen["drooping-lids"]
    told = len(rest) + len(lids) < len(noticed) or both_lids(one.side for one in lids if one.side)
    unsaid = "" if told else ", as no side was named. If one lid alone hangs, name its side"
    flag = Noticed(
        code="drooping-lids",
        name=kind.name,
        answer=kind.answer,
        message=f"{kind.name}{unsaid}.",
        source=_source("drooping-lids"),
    )
    return (flag, *rest)
