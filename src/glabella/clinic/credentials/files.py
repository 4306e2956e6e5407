"""Evidence as it is uploaded: what it really is, without what it should not carry.

A name says nothing about a file. An image is decoded and written anew, which leaves its metadata
behind; a PDF is read to its last object, and refused if it is locked or carries a program.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Protocol

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

from glabella.errors import RecordError

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_OBJECTS = 20_000
PROGRAMS = frozenset({"/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/RichMedia"})
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}


class EvidenceRefused(RecordError):
    """The file cannot be kept."""


class Uploaded(Protocol):
    """A file as a form gives it."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def read(self) -> bytes: ...


def read_evidence(file: Uploaded) -> tuple[str, bytes]:
    """The kind and the content of a file that may be kept."""
    if (file.size or 0) > MOST_BYTES:
        raise EvidenceRefused(
            f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Scan it at a lower "
            "resolution."
        )
    content = file.read()
    if not content:
        raise EvidenceRefused("The file is empty. Choose it again.")
    if content.startswith(b"%PDF-"):
        return PDF, _checked_pdf(content)
    return _plain_image(content)


def _plain_image(content: bytes) -> tuple[str, bytes]:
    try:
        with warnings.catch_warnings():
            # What unpacks to a bomb is an error here, as in the tests.
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise EvidenceRefused("The picture is too large. Scan it smaller.")
                kind = JPEG if image.format == "JPEG" else PNG
                upright = ImageOps.exif_transpose(image)
                plain = upright.convert("RGB" if kind == JPEG else "RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning) as error:
        raise EvidenceRefused(
            "This is no PDF, JPEG or PNG, whatever its name says. Save it as one of these."
        ) from error
    # A new picture of the pixels alone carries nothing else along.
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    bare.save(out, "JPEG" if kind == JPEG else "PNG", quality=88)
    return kind, out.getvalue()


def _objects(reader: PdfReader) -> Iterator[object]:
    numbers = {
        (number, generation) for generation in reader.xref for number in reader.xref[generation]
    }
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise EvidenceRefused("The PDF is too complex. Print it to a PDF anew.")
    for number, generation in sorted(numbers):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _carries_a_program(part: object) -> bool:
    if not isinstance(part, DictionaryObject):
        return False
    values = {str(value) for value in part.values() if isinstance(value, str)}
    inner = [value for value in part.values() if isinstance(value, DictionaryObject)]
    return bool(PROGRAMS & {*part, *values}) or any(_carries_a_program(one) for one in inner)


def _checked_pdf(content: bytes) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise EvidenceRefused("The PDF is locked with a password. Save it without one.")
        pages = len(reader.pages)
        programs = any(_carries_a_program(part) for part in _objects(reader))
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise EvidenceRefused("The PDF is damaged. Save or scan it again.") from error
    if not pages:
        raise EvidenceRefused("The PDF has no page.")
    if programs:
        raise EvidenceRefused(
            "The PDF carries a program or another file inside. Print it to a PDF anew."
        )
    return content
