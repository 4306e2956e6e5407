"""The plan: who, what, where, how much and when. The published schema is made from here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import BrowHeights, Measures, Side
from glabella.facts.anatomy import Depth
from glabella.facts.schema import Record

Schema = dict[str, Any]
Read = TypeVar("Read")
AreaId = Literal[
    "glabella",
    "forehead",
    "lateral-canthal",
    "bunny-lines",
    "gummy-smile",
    "nasal-tip",
    "lip-lines",
    "mouth-corner",
    "chin",
    "masseter",
    "platysma",
]
# Areas whose lines are graded; in the others it is strength, shape or a smile that is judged.
LineArea = Literal[
    "glabella",
    "forehead",
    "lateral-canthal",
    "bunny-lines",
    "lip-lines",
    "chin",
    "platysma",
]
Grade = Annotated[int, msgspec.Meta(ge=0, le=3)]
Amount = Annotated[float, msgspec.Meta(gt=0, le=1500)]
Text = Annotated[str, msgspec.Meta(max_length=200)]
# A date outside these years is a slip of the pen, and days counted from it run off the calendar.
YEARS = range(1980, 2200)


def require_plausible(day: date) -> None:
    """Raise ValueError for a date that cannot be meant."""
    if day.year not in YEARS:
        raise ValueError(f"{day} cannot be meant: give a year from {YEARS[0]} to {YEARS[-1]}")


def require_whole_dilution(vial_units: float | None, diluent_ml: float | None) -> None:
    """Raise ValueError for a diluent without its vial: it says nothing of the volume."""
    if diluent_ml is not None and vial_units is None:
        raise ValueError("`diluent_ml` needs the `vial_units` that it dilutes")


class LineGrades(Record, kw_only=True):
    """Severity of lines before any treatment: 0 none, 1 mild, 2 moderate, 3 severe.

    A grade at rest that was not recorded is drawn from what trials saw at baseline.
    """

    maximum: Grade
    rest: Grade | None = None


class Patient(Record, kw_only=True):
    """What the model needs to know of a person; nothing that identifies them."""

    sex: Literal["female", "male"]
    age_years: Annotated[int, msgspec.Meta(ge=0, le=120)]
    lines: dict[LineArea, LineGrades] = msgspec.field(default_factory=dict)
    measures: Measures = Measures()
    conditions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Without conditions there is nothing to look up: some patients are made at import.
        known = facts.load().conditions if self.conditions else {}
        if unknown := sorted(set(self.conditions) - set(known)):
            raise ValueError(
                f"no condition is called `{unknown[0]}`; known: {', '.join(sorted(known))}"
            )


class Injection(Record, kw_only=True):
    """One point: a named site or coordinates, with units of the treatment's product.

    `x_mm` is the distance from the midline on the named side, `y_mm` the height above the
    level of the medial canthi.
    """

    units: Amount
    site: str | None = None
    x_mm: Annotated[float, msgspec.Meta(ge=0, le=90)] | None = None
    y_mm: Annotated[float, msgspec.Meta(ge=-200, le=120)] | None = None
    side: Side | None = None
    depth: Depth = "muscle"
    volume_ml: Annotated[float, msgspec.Meta(gt=0, le=2)] | None = None

    def __post_init__(self) -> None:
        placed = (self.x_mm is not None, self.y_mm is not None)
        if self.site is None and not all(placed):
            raise ValueError("an injection needs a `site`, or `x_mm`, `y_mm` and `side`")
        if self.site is not None and any(placed):
            raise ValueError("an injection has either a `site` or coordinates, not both")
        if self.site is None and self.side is None:
            raise ValueError("an injection with coordinates needs a `side`")


class Treatment(Record, kw_only=True):
    """One session with one product: a protocol, areas with units, or single injections.

    `units` scales a protocol to a total; without it the label's units are used. A session with
    two products is two treatments on the same date.
    """

    date: date
    product: str
    protocol: str | None = None
    units: Amount | None = None
    areas: dict[AreaId, Amount] | None = None
    injections: tuple[Injection, ...] = ()
    vial_units: Amount | None = None
    diluent_ml: Annotated[float, msgspec.Meta(gt=0, le=20)] | None = None
    status: Literal["planned", "given"] = "planned"

    def __post_init__(self) -> None:
        require_plausible(self.date)
        if self.protocol is None and self.areas is None and not self.injections:
            raise ValueError("a treatment needs a `protocol`, `areas` or `injections`")
        if self.protocol is not None and self.areas is not None:
            raise ValueError("a treatment has either a `protocol` or `areas`, not both")
        require_whole_dilution(self.vial_units, self.diluent_ml)
        if self.units is not None and self.protocol is None:
            raise ValueError(
                "`units` is the total of a `protocol`; give units per injection or area"
            )


class SeenGrades(Record, kw_only=True):
    """Grades read at a review; what was not read is left out."""

    maximum: Grade | None = None
    rest: Grade | None = None


class Review(Record, kw_only=True):
    """What was seen at a review of an earlier treatment: grades, brow heights."""

    date: date
    lines: dict[LineArea, SeenGrades] = msgspec.field(default_factory=dict)
    brow_left: BrowHeights | None = None
    brow_right: BrowHeights | None = None

    def __post_init__(self) -> None:
        require_plausible(self.date)


class Elsewhere(Record, kw_only=True):
    """Units of a product that were given outside the face, and what for: limits count them."""

    date: date
    product: str
    units: Amount
    what: Text

    def __post_init__(self) -> None:
        require_plausible(self.date)


class Plan(Record, kw_only=True):
    """A patient and one or several treatments, earliest first or not.

    The last treatment is the one that is judged; earlier ones are history, and what was seen at
    their reviews makes the forecast this patient's own. `elsewhere` is what was given outside the
    face.
    """

    patient: Patient
    treatments: Annotated[tuple[Treatment, ...], msgspec.Meta(min_length=1)]
    reviews: tuple[Review, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    horizon_days: Annotated[int, msgspec.Meta(ge=14, le=730)] = 180
    title: Text = ""


def read_plan(text: bytes | str) -> Plan:
    """Read a plan from JSON; raises InputError naming the key and what is allowed there."""
    return read_json(text, Plan, PARTS, what="plan")


def refuse_what_is_yet_to_come(plan: Plan, *, today: date) -> None:
    """Raise InputError for a treatment marked as given, or a review, on a day after `today`."""
    for number, treatment in enumerate(plan.treatments, start=1):
        if treatment.status == "given" and treatment.date > today:
            raise InputError(
                f"Treatment {number} is marked as given on {treatment.date}, which is after today, "
                f'{today}. Mend its date, or mark it as "planned".'
            )
    for number, review in enumerate(plan.reviews, start=1):
        if review.date > today:
            raise InputError(
                f"Review {number} is of {review.date}, which is after today, {today}. "
                "Mend its date."
            )


# The person and what was done and seen, as every file that is read has them.
STORY: dict[str, type[msgspec.Struct]] = {
    "$.patient": Patient,
    "$.patient.lines": LineGrades,
    "$.patient.measures": Measures,
    "$.patient.measures.brow_left": BrowHeights,
    "$.patient.measures.brow_right": BrowHeights,
    "$.treatments": Treatment,
    "$.treatments.injections": Injection,
    "$.reviews": Review,
    "$.reviews.lines": SeenGrades,
    "$.reviews.brow_left": BrowHeights,
    "$.reviews.brow_right": BrowHeights,
}
PARTS: dict[str, type[msgspec.Struct]] = {"$": Plan, **STORY, "$.elsewhere": Elsewhere}


def read_json(
    text: bytes | str, whole: type[Read], parts: Mapping[str, type[msgspec.Struct]], *, what: str
) -> Read:
    """Read a struct from JSON; raises InputError saying what is wrong and what is allowed."""
    try:
        return msgspec.json.decode(text, type=whole)
    except msgspec.ValidationError as error:
        raise InputError(f"The {what} cannot be read: {explain(error, parts)}") from error
    except msgspec.DecodeError as error:
        raise InputError(
            f"The {what} is not valid JSON ({error}). Check commas, quotes and brackets."
        ) from error


def explain(error: Exception, parts: Mapping[str, type[msgspec.Struct]]) -> str:
    """The decoder's words, with the keys or words that are allowed at that place.

    `parts` maps the path of a struct, without the numbers of its lists, to what is read there.
    """
    message = str(error)
    # The decoder names no place for the outermost object.
    told = message.rpartition("`$")[2].partition("`")[0] if "`$" in message else ""
    place = re.sub(r"\[[^\]]*\]", "", told)
    if "unknown field" in message and f"${place}" in parts:
        return f"{message}. Allowed here: {', '.join(parts[f'${place}'].__struct_encode_fields__)}."
    above, _, key = f"${place}".rpartition(".")
    if "Invalid enum value" in message and above in parts:
        return f"{message}. Allowed words: {', '.join(_allowed_words(parts[above], key))}."
    return f"{message}."


def _allowed_words(part: type[msgspec.Struct], key: str) -> list[str]:
    """The words of a field that takes one of a closed list, or whose keys do."""
    info = msgspec.inspect.type_info(part)
    assert isinstance(info, msgspec.inspect.StructType)
    return next(_words(field.type) for field in info.fields if field.encode_name == key)


def _words(kind: msgspec.inspect.Type) -> list[str]:
    match kind:
        case msgspec.inspect.LiteralType():
            return [str(word) for word in kind.values]
        case msgspec.inspect.EnumType():
            return [str(member.value) for member in kind.cls]
        case msgspec.inspect.DictType():
            return _words(kind.key_type)
        case msgspec.inspect.VarTupleType():
            return _words(kind.item_type)
        case msgspec.inspect.UnionType():
            return [word for one in kind.types for word in _words(one)]
    return []


def schema_of(whole: type[msgspec.Struct], parts: Iterable[type[msgspec.Struct]]) -> Schema:
    """The JSON schema of a file; the keys of its dictionaries are the words they may be."""
    schema = msgspec.json.schema(whole)
    for part in parts:
        info = msgspec.inspect.type_info(part)
        assert isinstance(info, msgspec.inspect.StructType)
        for field in info.fields:
            written = schema["$defs"][part.__name__]["properties"][field.encode_name]
            for piece in [written, *written.get("anyOf", ())]:
                if "additionalProperties" in piece and (words := _words(field.type)):
                    piece["propertyNames"] = {"enum": words}
    return schema


def plan_schema() -> Schema:
    """The JSON schema of a plan."""
    return schema_of(Plan, PARTS.values())
