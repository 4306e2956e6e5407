"""What every model of the clinic says about itself: what its fields give away, what is locked."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypeVar, cast

from django.apps import apps
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
    """The records of one clinic that are in use; every list and every page goes through here.

    What is about a patient whose record is restricted or erased is left out.
    """
    model = records.model
    found = records.filter(**{model.CLINIC: clinic})
    if not model.PATIENT:
        return found
    # By its name, because the app of restrictions stands above this module.
    restriction: Any = cast("Any", apps).get_model("data", "Restriction")
    restricted = restriction.objects.filter(lifted_at=None)
    return found.exclude(**{f"{model.PATIENT}__in": restricted.values("patient")})
