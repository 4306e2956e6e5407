"""Fields that patients' measures and reviews have in common: line grades and brow heights."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from glabella.clinic.records import Classification

# Areas whose lines are graded: those of every visit, and those of the lower face and neck.
UPPER_AREAS = ("glabella", "forehead", "lateral-canthal")
LOWER_AREAS = ("bunny-lines", "lip-lines", "chin", "platysma")
AREAS = (*UPPER_AREAS, *LOWER_AREAS)
AREA_NAMES = {
    "glabella": "Glabella",
    "forehead": "Forehead",
    "lateral-canthal": "Lateral canthal lines",
    "bunny-lines": "Bunny lines",
    "gummy-smile": "Gummy smile",
    "nasal-tip": "Nasal tip",
    "lip-lines": "Lip lines",
    "mouth-corner": "Mouth corner",
    "chin": "Chin",
    "masseter": "Masseter",
    "platysma": "Platysma bands",
}
BROW_PLACES = ("medial", "peak", "lateral")
SIDES = ("left", "right")
GRADES = ((0, "0 none"), (1, "1 mild"), (2, "2 moderate"), (3, "3 severe"))

GRADE_FIELDS = tuple(
    f"{area.replace('-', '_')}_{at}" for area in AREAS for at in ("maximum", "rest")
)
BROW_FIELDS = tuple(f"brow_{side}_{place}_mm" for side in SIDES for place in BROW_PLACES)
CLINICAL_FIELDS: dict[str, Classification] = dict.fromkeys(
    (*GRADE_FIELDS, *BROW_FIELDS), "clinical"
)


def grade_field(verbose_name: str) -> models.PositiveSmallIntegerField[int | None, int | None]:
    """Severity of lines, 0 none to 3 severe; empty when not looked at."""
    return models.PositiveSmallIntegerField(verbose_name, null=True, blank=True, choices=GRADES)


def millimetre_field(
    verbose_name: str, *, low: int = 0, high: int
) -> models.DecimalField[Decimal | None, Decimal | None]:
    """A length on the face in mm, to the tenth; empty when not measured."""
    return models.DecimalField(
        verbose_name,
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(low), MaxValueValidator(high)],
    )


class LinesAndBrows(models.Model):
    """Line grades per area at maximum and at rest, and brow heights per side."""

    glabella_maximum = grade_field("glabella, at maximum frown")
    glabella_rest = grade_field("glabella, at rest")
    forehead_maximum = grade_field("forehead, brows raised")
    forehead_rest = grade_field("forehead, at rest")
    lateral_canthal_maximum = grade_field("lateral canthal lines, at full smile")
    lateral_canthal_rest = grade_field("lateral canthal lines, at rest")
    bunny_lines_maximum = grade_field("bunny lines, nose wrinkled")
    bunny_lines_rest = grade_field("bunny lines, at rest")
    lip_lines_maximum = grade_field("lip lines, at full pucker")
    lip_lines_rest = grade_field("lip lines, at rest")
    chin_maximum = grade_field("chin, drawn up")
    chin_rest = grade_field("chin, at rest")
    platysma_maximum = grade_field("platysma bands, neck tightened")
    platysma_rest = grade_field("platysma bands, at rest")
    brow_left_medial_mm = millimetre_field("left brow, medial", high=40)
    brow_left_peak_mm = millimetre_field("left brow, peak", high=40)
    brow_left_lateral_mm = millimetre_field("left brow, lateral", high=40)
    brow_right_medial_mm = millimetre_field("right brow, medial", high=40)
    brow_right_peak_mm = millimetre_field("right brow, peak", high=40)
    brow_right_lateral_mm = millimetre_field("right brow, lateral", high=40)

    class Meta:
        abstract = True

    def grade(self, area: str, at: str) -> int | None:
        value: int | None = getattr(self, f"{area.replace('-', '_')}_{at}")
        return value

    def brow_mm(self, side: str, place: str) -> float | None:
        value = getattr(self, f"brow_{side}_{place}_mm")
        return None if value is None else float(value)


def grades_are_known() -> models.CheckConstraint:
    """The database's own check that a grade is one of the scale."""
    condition = models.Q()
    for name in GRADE_FIELDS:
        condition &= models.Q(**{f"{name}__lte": 3}) | models.Q(**{f"{name}__isnull": True})
    return models.CheckConstraint(condition=condition, name="%(app_label)s_%(class)s_grades")
