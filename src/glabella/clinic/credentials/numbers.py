"""What can be checked of a number without asking the register: a checksum, or its form.

A number that passes may still be nobody's: only the register knows, and a person looks there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import cycle

from glabella.errors import RecordError


class NumberRefused(RecordError):
    """The number cannot be one of this register."""


@dataclass(frozen=True, slots=True)
class Register:
    """A register of people: how its numbers look, and where that was read."""

    name: str
    form: str
    example: str
    source: str = ""
    checksum: bool = False
    licence: bool = True

    @property
    def checked(self) -> str:
        if self.checksum:
            return "form and checksum"
        return "form only" if self.source else "not checked"


NPI_PREFIX = "80840"
REGISTERS = {
    "us-npi": Register(
        name="US National Provider Identifier (NPI)",
        form=r"[12]\d{9}",
        example="ten digits",
        source="69 FR 3434: Luhn over the number with 80840 before it",
        checksum=True,
        licence=False,
    ),
    "gb-gmc": Register(
        name="General Medical Council (GB)",
        form=r"\d{7}",
        example="seven digits",
        source="UK Core practitioner identifiers",
    ),
    "gb-nmc": Register(
        name="Nursing and Midwifery Council (GB)",
        form=r"\d{2}[A-Z]\d{4}[A-Z]",
        example="such as 00A0000A",
        source="North West GMSA guide, practitioner identifiers",
    ),
    "gb-gphc": Register(
        name="General Pharmaceutical Council (GB)",
        form=r"2\d{6}",
        example="seven digits, the first is 2",
        source="UK Core practitioner identifiers",
    ),
    "au-ahpra": Register(
        name="Ahpra (AU)",
        form=r"[A-Z]{3}\d{10}",
        example="three letters and ten digits",
        source="HL7 AU Base, invariant inv-ahpra-0",
    ),
    "other": Register(name="Another register", form=r"[A-Z0-9 ./-]{2,40}", example="as printed"),
}


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (ISO/IEC 7812)."""
    doubled = (
        int(digit) * times for digit, times in zip(reversed(digits), cycle((1, 2)), strict=False)
    )
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def check_number(register: str, number: str) -> str:
    """The number without spaces around it, in capitals; refuses what cannot be one."""
    known = REGISTERS[register]
    tidy = number.strip().upper()
    if known.source:
        tidy = tidy.replace(" ", "")
    if not re.fullmatch(known.form, tidy):
        raise NumberRefused(
            f"{number!r} is no number of this register: {known.name} writes {known.example}."
        )
    if known.checksum and not luhn(NPI_PREFIX + tidy):
        raise NumberRefused(
            f"{number!r} has a digit wrong: its check digit does not fit. Look at the card again."
        )
    return tidy
