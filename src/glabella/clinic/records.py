"""What every model of the clinic says about itself: what its fields give away, what is locked."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeVar

from django.db import models
from django.db.models import QuerySet

from glabella.clinic.locks import Lock

# identifying: says or may say who somebody is; never leaves the clinic's own pages.
# clinical: what was found, given or forecast. free: neither.
Classification = Literal["identifying", "clinical", "free"]


class ClinicModel(models.Model):
    """A model with every field classified, and the locks that the database holds on its table.

    `CLINIC` is the lookup from a record to the clinic that it belongs to, and `PATIENT` the one to
    the patient that it is about; empty where there is none.
    """

    FIELDS: ClassVar[dict[str, Classification]]
    LOCKS: ClassVar[tuple[Lock, ...]] = ()
    CLINIC: ClassVar[str]
    PATIENT: ClassVar[str] = ""

    class Meta:
        abstract = True


M = TypeVar("M", bound=ClinicModel)


def of_clinic(records: QuerySet[M], clinic: models.Model | int) -> QuerySet[M]:
    """The records of one clinic; every list goes through here."""
    return records.filter(**{records.model.CLINIC: clinic})
