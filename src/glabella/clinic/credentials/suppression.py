"""Counts that a patient reads: small ones are not told, and shares only of enough patients.

Under five, a count may point at a person whom somebody knows to be a patient; and "1 of 3" says
nothing about an injector. Five is what health statistics commonly hide below. Of a share, both the
part and the rest must reach five, and it is told only when twenty or more were reviewed: below
that, one patient more or less moves it by more than five in a hundred.
"""

from __future__ import annotations

LEAST = 5
LEAST_FOR_A_SHARE = 20


def count_words(number: int) -> str:
    return str(number) if number >= LEAST else f"fewer than {LEAST}"


def share_words(part: int, whole: int) -> str:
    """A part of a whole, such as "41 of 50", or why it is not told."""
    if whole < LEAST_FOR_A_SHARE:
        return f"not told: fewer than {LEAST_FOR_A_SHARE} were reviewed"
    if part < LEAST:
        return f"fewer than {LEAST} of {whole}"
    if whole - part < LEAST:
        return f"more than {whole - LEAST} of {whole}"
    return f"{part} of {whole}"
