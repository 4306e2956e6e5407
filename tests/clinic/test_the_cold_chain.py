"""Readings by hand, file and logger; what lay in the warm is stopped at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from glabella.clinic.coldchain.actions import add_readings, read_by_hand, watch_places
from glabella.clinic.coldchain.models import Excursion, Kind, Origin, Reading
from glabella.clinic.coldchain.rules import (
    Measured,
    ReadingRefused,
    known_ranges,
    ranges_of,
    read_file,
    storage_words,
    suits,
)
from glabella.clinic.people.models import Member
from glabella.clinic.people.permissions import NotAllowed, Role
from glabella.clinic.stock.holding import add_place, give_logger_key, move_vials
from glabella.clinic.stock.models import Place, Vial
from glabella.clinic.stock.rules import VialRefused
from glabella.clinic.tasks.models import Task
from tests.clinic.conftest import SignedIn, member, post_json, stock_vial

HOUR = timedelta(hours=1)


@pytest.fixture
def place(carol: Member) -> Place:
    return add_place(
        name="Refrigerator",
        low_celsius=Decimal(2),
        high_celsius=Decimal(8),
        reading_hours=6,
        by=carol,
    )


@pytest.fixture
def cold(place: Place, carol: Member, now: datetime) -> Vial:
    """An unopened vial that has been in the refrigerator for two days."""
    vial = stock_vial(carol, at=now - 48 * HOUR)
    move_vials(vials=[vial], place=place, by=carol, at=now - 47 * HOUR)
    return vial


def keep(place: Place, by: Member, now: datetime, *told: tuple[float, str]) -> int:
    readings = [Measured(now - hours * HOUR, Decimal(celsius)) for hours, celsius in told]
    return add_readings(place=place, readings=readings, origin=Origin.FILE, by=by, at=now)


def held(vial: Vial) -> bool:
    return Vial.objects.get(pk=vial.pk).held


def test_a_reading_in_range_stops_nothing(
    place: Place, cold: Vial, carol: Member, now: datetime
) -> None:
    keep(place, carol, now, (1, "2.0"), (0, "8.0"))
    assert not held(cold)
    assert not Excursion.objects.exists()


@pytest.mark.parametrize("celsius", ["1.9", "8.1", "25", "-4"])
def test_a_reading_out_of_range_stops_what_lies_there_and_asks_somebody(
    place: Place, cold: Vial, carol: Member, now: datetime, celsius: str
) -> None:
    elsewhere = stock_vial(carol)
    keep(place, carol, now, (3, "5"), (2, celsius), (1, "5"))
    assert held(cold)
    assert not held(elsewhere)
    stop = cold.quarantines.get()
    assert "Refrigerator was at" in stop.why
    assert stop.source == storage_words("botox-cosmetic")
    excursion = Excursion.objects.get()
    assert (excursion.kind, excursion.worst_celsius) == (Kind.OUTSIDE, Decimal(celsius))
    assert excursion.until == now - HOUR
    assert Task.objects.filter(key=f"excursion-{excursion.pk}", urgency="now").exists()


def test_one_warm_afternoon_is_one_excursion_with_its_worst(
    place: Place, cold: Vial, carol: Member, now: datetime
) -> None:
    keep(place, carol, now, (4, "9"), (3, "12.5"), (2, "10"))
    assert Excursion.objects.get().worst_celsius == Decimal("12.5")
    assert cold.quarantines.count() == 1


def test_what_a_product_may_stand_is_not_stopped(
    place: Place, carol: Member, now: datetime
) -> None:
    xeomin = stock_vial(carol, product="xeomin", at=now - 48 * HOUR)
    move_vials(vials=[xeomin], place=place, by=carol, at=now - 47 * HOUR)
    keep(place, carol, now, (1, "22"))
    assert not held(xeomin)
    keep(place, carol, now, (0, "12"))
    assert held(xeomin)


def test_a_file_of_the_past_stops_what_lay_there_then(
    place: Place, cold: Vial, carol: Member, now: datetime
) -> None:
    other = add_place(name="Other", low_celsius=Decimal(2), high_celsius=Decimal(8), by=carol)
    came_later = stock_vial(carol)
    move_vials(vials=[cold], place=other, by=carol, at=now - 2 * HOUR)
    move_vials(vials=[came_later], place=place, by=carol, at=now - 2 * HOUR)
    keep(place, carol, now, (24, "15"))
    assert held(cold)
    assert not held(came_later)


def test_a_silence_longer_than_the_clinic_allows_stops_the_vials(
    place: Place, cold: Vial, carol: Member, now: datetime
) -> None:
    keep(place, carol, now, (5, "5"))
    assert watch_places(clinic=place.clinic, by=None, at=now) == 0
    assert watch_places(clinic=place.clinic, by=None, at=now + 2 * HOUR) == 1
    assert held(cold)
    assert "no reading since" in cold.quarantines.get().why
    assert watch_places(clinic=place.clinic, by=None, at=now + 3 * HOUR) == 0
    keep(place, carol, now, (0, "5"))
    assert not Excursion.objects.filter(until__isnull=True).exists()


def test_a_gap_in_a_file_is_a_silence_too(
    place: Place, cold: Vial, carol: Member, now: datetime
) -> None:
    keep(place, carol, now, (20, "5"), (3, "5"))
    gap = Excursion.objects.get()
    assert (gap.kind, gap.since, gap.until) == (Kind.SILENT, now - 20 * HOUR, now - 3 * HOUR)
    assert held(cold)


def test_without_a_rule_of_the_clinic_a_silence_stops_nothing(
    cold: Vial, place: Place, carol: Member, now: datetime
) -> None:
    Place.objects.update(reading_hours=None)
    keep(Place.objects.get(), carol, now, (40, "5"), (1, "5"))
    assert watch_places(clinic=place.clinic, by=None, at=now + 99 * HOUR) == 0
    assert not held(cold)


def test_cron_watches_every_clinic(place: Place, cold: Vial, carol: Member, now: datetime) -> None:
    keep(place, carol, now, (7, "5"))
    said = StringIO()
    call_command("watch_cold", stdout=said)
    assert "1 places newly without a reading" in said.getvalue()


def test_the_same_file_twice_is_kept_once(place: Place, carol: Member, now: datetime) -> None:
    assert keep(place, carol, now, (2, "5"), (1, "5")) == 2
    assert keep(place, carol, now, (2, "5"), (1, "5"), (0, "5")) == 1
    assert Reading.objects.count() == 3


@pytest.mark.parametrize(
    ("told", "words"),
    [((-1, "5"), "in the future"), ((0, "900"), "cannot be"), ((0, "NaN"), "cannot be")],
)
def test_a_reading_that_cannot_be_is_refused(
    place: Place, carol: Member, now: datetime, told: tuple[float, str], words: str
) -> None:
    with pytest.raises(ReadingRefused, match=words):
        keep(place, carol, now, told)


def test_an_injector_keeps_no_cold_chain(place: Place, alice: Member) -> None:
    with pytest.raises(NotAllowed):
        read_by_hand(place=place, celsius=Decimal(5), by=alice)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-04 10:00,4.5\n2026-05-04 10:10,5\n",
        "Time;Temperature °C\n2026-05-04 10:00;4,5\n2026-05-04 10:10;5,0\n",
        "no\tDate/Time\tCelsius\n1\t04.05.2026 10:00\t4.5 °C\n2\t04.05.2026 10:10\t5.0 °C\n",
        "\ufeffTimestamp,Temp\n\n2026-05-04T10:00:00Z,4.50\n2026-05-04T10:10:00Z,5.00\n",
    ],
)
def test_the_file_of_a_logger_is_read_in_its_own_way(text: str) -> None:
    read = read_file(text.encode())
    assert [one.celsius for one in read] == [Decimal("4.5"), Decimal("5.0")]
    assert read[1].at - read[0].at == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"Time,Temp (F)\n2026-05-04 10:00,40\n", "in °F"),
        (b"03/04/2026 10:00,5\n", "Line 1.*only one meaning"),
        (b"Time,Temp\n2026-05-04 10:00,warm\n", "Line 2.*no temperature"),
        (b"Time,Temp\n2026-05-04 10:00\n", "Line 2 has no time and temperature"),
        (b"PK\x03\x04\x00\x00", "no text file"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(content: bytes, words: str) -> None:
    with pytest.raises(ReadingRefused, match=words):
        read_file(content)


def test_only_ranges_that_a_source_gives_are_offered() -> None:
    assert {(one.low, one.high) for one in known_ranges()} == {(2, 8), (20, 25), (-20, -10)}
    assert ranges_of("jeuveau") == ()
    assert not suits("jeuveau", Decimal(5))
    assert "ask the maker" in storage_words("jeuveau")


def test_the_page_keeps_readings_by_hand_and_by_file(
    signed_in: SignedIn, place: Place, cold: Vial, carol: Member, now: datetime
) -> None:
    client = signed_in(carol)
    client.post(f"/cold/{place.pk}/read/", {"celsius": "4.6"})
    text = f"{(now - 2 * HOUR).isoformat()},11.0\n{(now - HOUR).isoformat()},5.0\n"
    sent = {"readings": SimpleUploadedFile("log.csv", text.encode())}
    answer = client.post(f"/cold/{place.pk}/upload/", sent, follow=True)
    assert b"2 new readings are kept" in answer.content
    page = answer.content.decode()
    assert "cold-out" in page
    assert "from 4.6 to 11.0 °C" in page
    broken = {"readings": SimpleUploadedFile("log.csv", b"nonsense\n")}
    assert client.post(f"/cold/{place.pk}/upload/", broken).status_code == 422


def test_a_place_is_added_with_the_range_of_a_source_or_its_own(
    signed_in: SignedIn, carol: Member
) -> None:
    client = signed_in(carol)
    client.post("/cold/new/", {"name": "Freezer", "range": "-20 -10"})
    client.post(
        "/cold/new/", {"name": "Box", "range": "own", "low_celsius": "1", "high_celsius": "9"}
    )
    assert set(Place.objects.values_list("name", "low_celsius")) == {
        ("Freezer", Decimal(-20)),
        ("Box", Decimal(1)),
    }
    for wrong in ({"range": "own"}, {"range": "own", "low_celsius": "9", "high_celsius": "1"}):
        assert client.post("/cold/new/", {"name": "Odd"} | wrong).status_code == 422
    with pytest.raises(VialRefused, match="already"):
        add_place(name="Box", low_celsius=Decimal(1), high_celsius=Decimal(9), by=carol)


def send(key: str, body: Any) -> Any:
    client = Client(headers={"Authorization": f"Bearer {key}"})
    return post_json(client, "/cold/readings/", body)


def test_a_logger_sends_with_its_key_and_is_judged_at_once(
    place: Place, cold: Vial, carol: Member, now: datetime
) -> None:
    key = give_logger_key(place=place, by=carol)
    body = {"readings": [{"at": now.isoformat(), "celsius": 14.04}]}
    answer = send(key, body)
    assert answer.json() == {"kept": 1, "in_excursion": True}
    assert send(key, body).json()["kept"] == 0
    assert held(cold)
    assert cold.quarantines.get().by is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{", "truncated"),
        ({"readings": []}, "no reading"),
        ({"readings": [{"at": "2026-05-04T10:00:00", "celsius": 5}]}, "needs its zone"),
        ({"readings": [{"at": "2026-05-04T10:00:00Z", "celsius": "x"}]}, "decimal"),
        ({"readings": [{"at": "2026-05-04T10:00:00Z", "celsius": 5, "place": 1}]}, "place"),
        ({"readings": [{"at": "2026-05-04T10:00:00Z", "celsius": "1e99"}]}, ""),
    ],
)
def test_a_logger_that_sends_nonsense_is_told_so(
    place: Place, carol: Member, body: Any, words: str
) -> None:
    answer = send(give_logger_key(place=place, by=carol), body)
    assert answer.status_code == 422
    assert words in answer.json()["error"]


def test_without_the_right_key_nothing_is_kept(place: Place, carol: Member, now: datetime) -> None:
    old = give_logger_key(place=place, by=carol)
    give_logger_key(place=place, by=carol)
    body = {"readings": [{"at": now.isoformat(), "celsius": 5}]}
    for key in ("", "guess", old):
        assert send(key, body).status_code == 401
    assert not Reading.objects.exists()


def test_another_clinics_place_is_not_there(signed_in: SignedIn, place: Place) -> None:
    zoe = signed_in(member("Zoe", Role.ASSISTANT, clinic="Other Clinic"))
    assert zoe.get(f"/cold/{place.pk}/").status_code == 404
    for act in ("read", "upload", "key", "move"):
        assert zoe.post(f"/cold/{place.pk}/{act}/", {"celsius": "5"}).status_code == 404
    assert b"Refrigerator" not in zoe.get("/cold/").content


def test_vials_are_moved_by_ticking_them(signed_in: SignedIn, place: Place, carol: Member) -> None:
    vial = stock_vial(carol)
    signed_in(carol).post(f"/cold/{place.pk}/move/", {"vial": [str(vial.pk), "x", "99999"]})
    assert [put.place for put in vial.placements.all()] == [place]
