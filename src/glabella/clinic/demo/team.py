"""The papers of the demo people: clearly made up, one licence lapsed, one that ends soon."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from glabella.clinic.credentials.actions import (
    agree_profile,
    enter_credential,
    grant_privileges,
    raise_endings,
    set_supervision,
    sign_order,
    verify_credential,
    wish_profile,
)
from glabella.clinic.credentials.models import CosignRule, CredentialKind, NumberShown
from glabella.clinic.credentials.scopes import scopes
from glabella.clinic.demo.cast import CLINIC, PASSWORD
from glabella.clinic.people.actions import admit_member, set_policy
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Role

PLACE = "DEMO"
SINCE = timedelta(days=900)
# Further injectors, so that the team's pages show each state.
LAPSED, LEARNING = "demo-injector-two", "demo-injector-three"


def picture_of_a_licence(number: str) -> ContentFile[bytes]:
    image = Image.new("RGB", (640, 240), "#eef3f4")
    ImageDraw.Draw(image).text((40, 100), f"DEMO LICENCE {number}", fill="#15212b")
    out = io.BytesIO()
    image.save(out, "PNG")
    return ContentFile(out.getvalue(), name=f"{number.lower()}.png")


def papers(
    holder: Member,
    number: str,
    *,
    cast: dict[str, Member],
    now: datetime,
    licence_days: int = 400,
    insurance_days: int = 300,
    profession: str = "nurse",
    prescribes: bool = False,
) -> None:
    """A licence and an insurance; the owner enters them, another verifies them."""
    today, at = timezone.localdate(now), now - SINCE
    verifier = cast["owner"] if holder == cast["supervisor"] else cast["supervisor"]
    licence = enter_credential(
        member=holder,
        kind=CredentialKind.LICENCE,
        by=cast["owner"],
        file=picture_of_a_licence(number),
        at=at,
        profession=profession,
        jurisdiction=PLACE,
        register="other",
        number=number,
        prescribes=prescribes,
        since=timezone.localdate(at),
        until=today + timedelta(days=licence_days),
        register_url="https://register.example/demo",
    )
    insurance = enter_credential(
        member=holder,
        kind=CredentialKind.INSURANCE,
        by=cast["owner"],
        at=at,
        issuer="Demo Insurer",
        number=f"POLICY-{number}",
        cover="botulinum toxin, 1,000,000 a claim",
        since=timezone.localdate(at),
        until=today + timedelta(days=insurance_days),
    )
    for one in (licence, insurance):
        verify_credential(credential=one, how="Saw a copy", by=verifier, at=at)


def _admit(username: str, name: str, clinic: Clinic) -> Member:
    return admit_member(
        username=username,
        display_name=name,
        roles=[Role.INJECTOR],
        password=PASSWORD,
        clinic=clinic,
        by=None,
    )


def _first_injector(cast: dict[str, Member], now: datetime) -> None:
    """Has everything in order, and a page for patients."""
    injector, at = cast["injector"], now - SINCE
    papers(injector, "DEMO-0001", cast=cast, now=now)
    training = enter_credential(
        member=injector,
        kind=CredentialKind.TRAINING,
        by=cast["owner"],
        at=at,
        title="Demo course on the upper face",
        issuer="Demo Academy",
        since=timezone.localdate(at),
    )
    verify_credential(credential=training, how="Saw a copy", by=cast["supervisor"], at=at)
    grant_privileges(member=injector, areas=list(scopes()), by=cast["supervisor"], at=at)
    profile = wish_profile(
        words="A demo page: nobody of this name exists.",
        number_shown=NumberShown.END,
        indexed=False,
        wished=True,
        by=injector,
        at=now,
    )
    agree_profile(profile=profile, agreed=True, by=cast["owner"], at=now)


def _prescriber(cast: dict[str, Member], now: datetime) -> None:
    """Has a licence that ends soon, and one standing order."""
    papers(
        cast["prescriber"],
        "DEMO-0002",
        cast=cast,
        now=now,
        licence_days=40,
        profession="physician",
        prescribes=True,
    )
    sign_order(
        title="Demo order for the upper face",
        areas=["glabella", "forehead", "lateral-canthal"],
        product="botox-cosmetic",
        max_units=Decimal(64),
        min_age=18,
        conditions="Demo text. Adults whose screening is clear and who have consented.",
        until=timezone.localdate(now) + timedelta(days=180),
        by=cast["prescriber"],
        at=now - timedelta(days=120),
    )


def _others(cast: dict[str, Member], now: datetime, clinic: Clinic) -> None:
    """An injector whose licence has lapsed, and one who learns."""
    lapsed = _admit(LAPSED, "Demo Injector Two", clinic)
    papers(lapsed, "DEMO-0003", cast=cast, now=now, licence_days=-20)
    grant_privileges(member=lapsed, areas=["glabella", "forehead"], by=cast["supervisor"])
    learning = _admit(LEARNING, "Demo Injector Three", clinic)
    papers(learning, "DEMO-0004", cast=cast, now=now, insurance_days=25)
    grant_privileges(
        member=learning,
        areas=["glabella"],
        supervised=True,
        until=timezone.localdate(now) + timedelta(days=200),
        basis="Demo course, ten treatments watched",
        by=cast["supervisor"],
    )
    set_supervision(
        member=learning,
        supervisor=cast["supervisor"],
        rule=CosignRule.FIRST,
        first=20,
        by=cast["owner"],
    )


def tell(cast: dict[str, Member], now: datetime) -> None:
    """Everybody's papers, in the order in which a clinic would enter them."""
    clinic = Clinic.objects.get(name=CLINIC)
    set_policy(clinic=clinic, policy={"jurisdiction": PLACE}, by=cast["owner"])
    for member in cast.values():
        member.clinic = clinic
    clinic.refresh_from_db()
    papers(cast["supervisor"], "DEMO-0005", cast=cast, now=now, profession="physician")
    _first_injector(cast, now)
    _prescriber(cast, now)
    _others(cast, now, clinic)
    raise_endings(clinic=clinic, by=None, at=now)
