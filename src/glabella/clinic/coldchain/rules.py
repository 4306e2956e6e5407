"""Which temperatures are right for which product, and what may be read from a logger's file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from glabella import facts
from glabella.errors import RecordError

COLDEST, HOTTEST = Decimal(-90), Decimal(90)
MOST_READINGS = 20_000
AHEAD = timedelta(minutes=10)
TIME_HEAD = re.compile(r"time|date|zeit|stamp", re.IGNORECASE)
HEAT_HEAD = re.compile(r"temp|celsius|°\s*c|value", re.IGNORECASE)
FAHRENHEIT = re.compile(r"°\s*f|fahrenheit|\(f\)", re.IGNORECASE)
FORMATS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")


class ReadingRefused(RecordError):
    """A reading that cannot be kept."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A temperature at a moment, before it is kept."""

    at: datetime
    celsius: Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """One way to keep a product unopened, with the words of its source."""

    low: float
    high: float
    name: str
    source: str


def ranges_of(product_id: str) -> tuple[Range, ...]:
    """The ranges in which a product is kept unopened; empty when no source that was seen says."""
    known = facts.load()
    return tuple(
        Range(*fact.value, fact.note or "", known.sources[fact.source].citation)
        for fact in known.products[product_id].storage.unopened_celsius
    )


def known_ranges() -> list[Range]:
    """Every range that the facts name for a product, each once, for a new place."""
    found = {
        (one.low, one.high): one for product in facts.load().products for one in ranges_of(product)
    }
    return sorted(found.values(), key=lambda one: (-one.low, one.high))


def suits(product_id: str, celsius: Decimal) -> bool:
    """Whether a temperature lies in one of the product's own ranges."""
    return any(one.low <= float(celsius) <= one.high for one in ranges_of(product_id))


def storage_words(product_id: str) -> str:
    """What the sources say of keeping it, for whoever has to decide on a vial."""
    known = facts.load()
    product = known.products[product_id]
    said = product.storage.unopened
    if said is None:
        return (
            f"How {product.name} is kept before it is opened was in no source that Glabella has "
            "seen: ask the maker."
        )
    return f"{product.name}: {said.value} ({known.sources[said.source].citation})"


def check_readings(readings: Iterable[Measured], *, now: datetime) -> list[Measured]:
    """The readings in the order of time; what cannot be is refused with its place in the list."""
    kept = list(readings)
    if not kept:
        raise ReadingRefused("There is no reading in this.")
    if len(kept) > MOST_READINGS:
        raise ReadingRefused(f"More than {MOST_READINGS} readings at once. Send them in parts.")
    for number, one in enumerate(kept, start=1):
        if not one.celsius.is_finite() or not COLDEST <= one.celsius <= HOTTEST:
            raise ReadingRefused(f"Reading {number}: {one.celsius} °C cannot be.")
        if one.at > now + AHEAD:
            raise ReadingRefused(
                f"Reading {number} lies in the future ({one.at:%d %b %Y %H:%M}). "
                "Set the clock of the logger."
            )
    return sorted(kept, key=lambda one: one.at)


def _number(text: str, line: int) -> Decimal:
    try:
        return Decimal(text.strip().rstrip("°C ").replace(",", ".")).quantize(Decimal("0.1"))
    except InvalidOperation as error:
        raise ReadingRefused(
            f"Line {line}: {text!r} is no temperature. Nothing was kept."
        ) from error


def _moment(text: str, line: int) -> datetime:
    text = text.strip()
    found: datetime | None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        read = (_parsed(text, form) for form in FORMATS)
        found = next((one for one in read if one), None)
    if found is None:
        raise ReadingRefused(
            f"Line {line}: {text!r} is no date and time that has only one meaning. "
            "Let the logger write 2026-11-20 14:30. Nothing was kept."
        )
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the clinic's zone
    except ValueError:
        return None


def _columns(head: list[str]) -> tuple[int, int] | None:
    """Where time and temperature stand, when the first line is a heading."""
    if any(FAHRENHEIT.search(cell) for cell in head):
        raise ReadingRefused("This file is in °F. Set the logger to °C, and send it again.")
    time = next((place for place, cell in enumerate(head) if TIME_HEAD.search(cell)), None)
    heat = next((place for place, cell in enumerate(head) if HEAT_HEAD.search(cell)), None)
    return (time, heat) if time is not None and heat is not None and time != heat else None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=first.count)
    for line, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
        if any(cell.strip() for cell in row):
            yield line, row


def read_file(content: bytes) -> list[Measured]:
    """The readings of a logger's CSV; one bad line refuses the whole file, naming the line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if "\0" in text:
        raise ReadingRefused("This is no text file. Export the readings of the logger as CSV.")
    rows = list(_rows(text))
    if not rows:
        raise ReadingRefused("The file is empty.")
    columns = _columns(rows[0][1])
    body, places = (rows[1:], columns) if columns else (rows, (0, 1))
    found = []
    for line, row in body:
        if len(row) <= max(places):
            raise ReadingRefused(f"Line {line} has no time and temperature. Nothing was kept.")
        found.append(Measured(_moment(row[places[0]], line), _number(row[places[1]], line)))
    return found
