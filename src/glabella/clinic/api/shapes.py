"""What goes over the wire: each answer and each thing sent, field by field."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

from ninja import ModelSchema, Schema
from pydantic import ConfigDict, Field, StringConstraints

from glabella.clinic.patients.measures import BROW_FIELDS, GRADE_FIELDS
from glabella.clinic.patients.models import MeasureSet

LARGEST_KEY = 2**63 - 1
Key = Annotated[int, Field(ge=1, le=LARGEST_KEY)]
NO_NULL = r"^[^\x00]*$"
Text = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NULL)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_NULL)]
SomeWords = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")
]
T = TypeVar("T")


class Problem(Schema):
    """What went wrong, in words that say how to mend it; `where` names the field."""

    error: str
    where: str = ""


class Many(Schema, Generic[T]):
    """One page of a list; `next_offset` is where the next begins, null on the last."""

    items: list[T]
    count: int
    next_offset: int | None


class Sent(Schema):
    """What is sent is refused when it holds something unknown: it would be lost in silence."""

    model_config = ConfigDict(extra="forbid")


class Me(Schema):
    member: int
    name: str
    roles: list[str]
    clinic: str
    may: list[str]


class PatientOut(Schema):
    id: int
    given_name: str
    family_name: str
    date_of_birth: date
    sex: str
    described_as: str
    email: str
    phone: str
    conditions: list[str]
    allergies: str
    notes: str
    created_at: datetime


class PatientChange(Sent):
    """What is left out stays as it is."""

    given_name: Line | None = None
    family_name: Line | None = None
    date_of_birth: date | None = None
    sex: Literal["female", "male"] | None = None
    described_as: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    conditions: list[Line] | None = None
    allergies: Text | None = None
    notes: Text | None = None


class PatientNew(PatientChange):
    given_name: SomeWords
    family_name: SomeWords
    date_of_birth: date
    sex: Literal["female", "male"]


class MeasuresOut(ModelSchema):
    """Grades from 0 to 3 at maximum and at rest, heights in mm; null is not measured."""

    class Meta:
        model = MeasureSet
        exclude = ("patient", "by")


class MeasuresNew(Sent):
    """What was seen now: grades from 0 to 3, brow heights in mm; what is left out was not."""

    grades: dict[Literal[tuple(GRADE_FIELDS)], Annotated[int, Field(ge=0, le=3)]] = {}  # type: ignore[valid-type]
    brows_mm: dict[Literal[tuple(BROW_FIELDS)], Annotated[float, Field(ge=-50, le=50)]] = {}  # type: ignore[valid-type]
    interpupillary_mm: Annotated[float, Field(ge=45, le=80)] | None = None
    forehead_height_mm: Annotated[float, Field(ge=25, le=100)] | None = None
    c_line_fraction: Annotated[float, Field(ge=0.3, le=0.9)] | None = None
    bulk: Literal["slight", "average", "strong"] = "average"
    frontalis: Literal["full", "v-shaped"] = "full"


class PointOut(Schema):
    """One injection; x from the midline, y above the medial canthi, side the patient's."""

    number: int
    area: str
    site: str
    x_mm: float
    y_mm: float
    side: str
    depth: str
    units: float
    product: str
    lot: str
    vial: int
    region: str


class AddendumOut(Schema):
    at: datetime
    by: str
    reason: str
    text: str


class TreatmentRow(Schema):
    id: int
    patient: int
    date: date
    state: str
    injector: str
    signed_by: str | None
    signed_at: datetime | None


class TreatmentOut(TreatmentRow):
    """`units` are sums of one product each; `intact` is false where the record was changed."""

    version: int
    points: list[PointOut]
    units: dict[str, float]
    addenda: list[AddendumOut]
    content_hash: str
    intact: bool | None


class ReviewOut(Schema):
    id: int
    treatment: int
    kind: str
    date: date
    note: str
    by: str
    signed_at: datetime
    grades: dict[str, int]
    brows_mm: dict[str, float]


class VialOut(Schema):
    id: int
    product: str
    lot: str
    expiry: date
    vial_units: float
    remaining_units: float
    diluent_ml: float | None
    opened_at: datetime | None
    use_by: datetime | None
    state: str
    usable: bool
    why_not: str


class MemberOut(Schema):
    id: int
    name: str
    roles: list[str]


class TaskOut(Schema):
    id: int
    key: str
    kind: str
    title: str
    urgency: str
    due: date
    patient: int | None
    assignee: int | None
    made_at: datetime
    done_at: datetime | None
    done_by: str | None
    outcome: str


class TaskNew(Sent):
    """`key` keeps one thing from being raised twice while it is open."""

    title: SomeWords
    due: date
    urgency: Literal["now", "soon", "routine"] = "routine"
    key: (
        Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[\w.:-]+$")] | None
    ) = None
    patient: Key | None = None
    assignee: Key | None = None


class TaskDone(Sent):
    outcome: SomeWords


class ProductOut(Schema):
    id: str
    name: str
    areas: list[str]
