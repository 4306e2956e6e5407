"""The people and vials of the demo clinic, clearly made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from glabella.clinic.people.permissions import Role

CLINIC = "Demo Clinic"
PASSWORD = "glabella-demo"  # noqa: S105 - the demo prints it


@dataclass(frozen=True, slots=True)
class Login:
    username: str
    display_name: str
    role: Role


LOGINS = (
    Login("demo-injector", "Demo Injector One", Role.INJECTOR),
    Login("demo-prescriber", "Demo Prescriber One", Role.PRESCRIBER),
    Login("demo-supervisor", "Demo Supervisor One", Role.SUPERVISOR),
    Login("demo-assistant", "Demo Assistant One", Role.ASSISTANT),
    Login("demo-owner", "Demo Owner One", Role.OWNER),
    Login("demo-auditor", "Demo Auditor One", Role.AUDITOR),
)


@dataclass(frozen=True, slots=True)
class DemoVial:
    """A vial by its story: received and opened so long ago, and what was taken from it."""

    key: str
    product: str
    units: int
    lot: str
    expires_in: timedelta
    received_ago: timedelta
    opened_ago: timedelta | None = None
    diluent_ml: str = "2.5"


def days(number: float) -> timedelta:
    return timedelta(days=number)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


VIALS = (
    DemoVial("open", "botox-cosmetic", 100, "DEMO-B101", days(400), days(20), hours(2)),
    DemoVial("low", "botox-cosmetic", 50, "DEMO-B102", days(300), days(20), hours(3), "1.25"),
    DemoVial("unopened", "botox-cosmetic", 100, "DEMO-B103", days(500), days(5)),
    DemoVial("expired", "jeuveau", 100, "DEMO-J201", days(-9), days(200)),
    DemoVial("over-age", "xeomin", 100, "DEMO-X301", days(250), days(40), days(3)),
    DemoVial("dysport", "dysport", 300, "DEMO-D401", days(330), days(15), hours(1), "2.5"),
    DemoVial("daxxify", "daxxify", 100, "DEMO-R501", days(25), days(15), hours(5), "1.2"),
    # Opened on the days of the treatments below.
    DemoVial("past-14", "botox-cosmetic", 100, "DEMO-B098", days(200), days(40), days(14.1)),
    DemoVial("past-5", "botox-cosmetic", 50, "DEMO-B098", days(200), days(40), days(5.1), "1.25"),
    DemoVial("past-100", "botox-cosmetic", 100, "DEMO-B098", days(200), days(150), days(100.1)),
    DemoVial("past-man", "xeomin", 100, "DEMO-X288", days(120), days(90), days(45.1)),
)


@dataclass(frozen=True, slots=True)
class DemoTreatment:
    """Protocols given so long ago from one vial; `units` scales a protocol to a total."""

    ago: timedelta
    vial: str
    protocols: tuple[tuple[str, float | None], ...]
    review_after: int | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class DemoPatient:
    family_name: str
    sex: str
    age_years: int
    measures: dict[str, Any]
    about: dict[str, Any] = field(default_factory=dict)
    # What the patient answers with yes, and the words beside it.
    history: dict[str, str] = field(default_factory=dict)
    # Whether prescriber and consent are in order, or the gap is the story.
    ready: bool = True
    treatments: tuple[DemoTreatment, ...] = ()


def lines(glabella: str, forehead: str, canthal: str) -> dict[str, int]:
    """Grades at maximum and at rest, written "31" for 3 and 1."""
    graded = {"glabella": glabella, "forehead": forehead, "lateral_canthal": canthal}
    return {
        f"{area}_{at}": int(grade)
        for area, both in graded.items()
        for at, grade in zip(("maximum", "rest"), both, strict=True)
    }


def brows(left: str, right: str) -> dict[str, str]:
    """Heights "12.5 15.5 13.5": medial, peak, lateral."""
    return {
        f"brow_{side}_{place}_mm": height
        for side, heights in (("left", left), ("right", right))
        for place, height in zip(("medial", "peak", "lateral"), heights.split(), strict=True)
    }


PATIENTS = (
    DemoPatient(
        "One",
        "female",
        41,
        lines("31", "21", "21") | brows("12.5 15.5 13.5", "12.0 15.0 13.0"),
        {"notes": "First visit. Wishes to look less stern."},
    ),
    DemoPatient(
        "Two",
        "female",
        38,
        lines("31", "20", "20") | {"interpupillary_mm": "60"},
        treatments=(DemoTreatment(days(14), "past-14", (("upper-face", None),)),),
    ),
    DemoPatient(
        "Three",
        "female",
        52,
        lines("32", "32", "31")
        | {"chin_maximum": 2, "chin_rest": 1, "platysma_maximum": 3, "platysma_rest": 1},
        treatments=(DemoTreatment(days(5), "past-5", (("glabella", None),)),),
    ),
    DemoPatient(
        "Four",
        "female",
        45,
        lines("31", "21", "30") | brows("12.5 15.5 13.5", "12.5 15.5 13.5"),
        treatments=(
            DemoTreatment(
                days(100),
                "past-100",
                (("upper-face", None),),
                review_after=14,
                seen=lines("11", "11", "10") | brows("12.4 15.8 14.2", "12.4 15.8 14.2"),
                note="Pleased. Moves a little at the outer brow, as wished.",
            ),
        ),
    ),
    DemoPatient(
        "Five",
        "male",
        47,
        lines("32", "31", "21") | {"bulk": "strong", "interpupillary_mm": "65"},
        treatments=(
            DemoTreatment(
                days(45),
                "past-man",
                (("glabella", 30),),
                review_after=15,
                seen=lines("10", "31", "21"),
                note="Frown is soft, forehead was left alone on his wish.",
            ),
        ),
    ),
    DemoPatient(
        "Six",
        "female",
        58,
        lines("32", "21", "31"),
        {
            "allergies": "Cow's milk",
            "notes": "Under a neurologist; asks about her frown lines.",
        },
        history={
            "neuromuscular-disorder": "Myasthenia, since 2019",
            "cows-milk-protein-allergy": "Rash and swelling after milk",
        },
        ready=False,
    ),
    DemoPatient("Seven", "male", 33, {}, {"described_as": "he/him"}),
)
