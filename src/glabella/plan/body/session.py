"""A body session: who, what for, which product, and each injection with its muscle and side."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from glabella import facts
from glabella.errors import InputError
from glabella.face.frame import Side
from glabella.facts.anatomy import Depth
from glabella.facts.body import BodyProtocol, Guidance, Indication
from glabella.facts.schema import Record
from glabella.plan.plan import (
    Amount,
    Schema,
    Text,
    read_json,
    require_plausible,
    require_whole_dilution,
    schema_of,
)


class BodyPatient(Record, kw_only=True):
    """What the limits need to know of a person; doses of children go by weight."""

    age_years: Annotated[int, msgspec.Meta(ge=0, le=120)]
    weight_kg: Annotated[float, msgspec.Meta(gt=0, le=400)] | None = None
    conditions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = facts.load().conditions if self.conditions else {}
        if unknown := sorted(set(self.conditions) - set(known)):
            raise ValueError(
                f"no condition is called `{unknown[0]}`; known: {', '.join(sorted(known))}"
            )


class BodyInjection(Record, kw_only=True):
    """One injection into a muscle or place of the body; `guidance` where it was another's."""

    target: str
    side: Side
    units: Amount
    volume_ml: Annotated[float, msgspec.Meta(gt=0, le=20)] | None = None
    depth: Depth = "muscle"
    guidance: Guidance | None = None

    def __post_init__(self) -> None:
        targets = facts.load().body_maps.targets
        if self.target not in targets:
            raise ValueError(
                f"no muscle or place is called `{self.target}`; known: {', '.join(sorted(targets))}"
            )
        if targets[self.target].paired and self.side is Side.MIDLINE:
            raise ValueError(f"`{self.target}` is on both sides: say left or right")


class Given(Record, kw_only=True):
    """Units of one product that were given before, in the face or elsewhere."""

    date: date
    product: str
    units: Amount
    indication: str = ""

    def __post_init__(self) -> None:
        require_plausible(self.date)


class BodySession(Record, kw_only=True):
    """One session with one product for one indication.

    `earlier` is all that was given before, over all indications, in the face too.
    """

    patient: BodyPatient
    indication: str
    product: str
    date: date
    injections: tuple[BodyInjection, ...]
    vial_units: Amount | None = None
    diluent_ml: Annotated[float, msgspec.Meta(gt=0, le=50)] | None = None
    guidance: Guidance | None = None
    scale_before: float | None = None
    earlier: tuple[Given, ...] = ()
    status: Literal["planned", "given"] = "planned"
    title: Text = ""

    def __post_init__(self) -> None:
        require_plausible(self.date)
        require_whole_dilution(self.vial_units, self.diluent_ml)
        indication_of(self.indication)
        for product in (self.product, *(one.product for one in self.earlier)):
            facts.product(product)
        if later := [one.date for one in self.earlier if one.date > self.date]:
            raise ValueError(f"{later[0]} in `earlier` is after the session, {self.date}")

    @property
    def protocol(self) -> BodyProtocol | None:
        """What sources say of this product for this indication; None if none was seen."""
        return indication_of(self.indication).products.get(self.product)


def indication_of(indication_id: str) -> Indication:
    """The indication of this id; raises InputError listing those that are known."""
    known = facts.load().body.indications
    if indication_id not in known:
        raise InputError(f"No indication {indication_id!r}. Known: {', '.join(known)}.")
    return known[indication_id]


PARTS: dict[str, type[msgspec.Struct]] = {
    "$": BodySession,
    "$.patient": BodyPatient,
    "$.injections": BodyInjection,
    "$.earlier": Given,
}


def read_session(text: bytes | str) -> BodySession:
    """Read a session from JSON; raises InputError naming the key and what is allowed there."""
    return read_json(text, BodySession, PARTS, what="session")


def refuse_tomorrow(session: BodySession, *, today: date) -> None:
    """Raise InputError for a session marked as given on a day after `today`."""
    if session.status == "given" and session.date > today:
        raise InputError(
            f"The session is marked as given on {session.date}, which is after today, {today}. "
            'Mend its date, or mark it as "planned".'
        )


def session_schema() -> Schema:
    """The JSON schema of a body session."""
    return schema_of(BodySession, PARTS.values())
