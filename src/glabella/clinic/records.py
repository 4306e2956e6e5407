"""What every model of the clinic says about itself: what its fields give away, what is locked."""

from __future__ import annotations

from typing import ClassVar, Literal

from django.db import models

from glabella.clinic.locks import Lock

# identifying: says or may say who somebody is; never leaves the clinic's own pages.
# clinical: what was found, given or forecast. free: neither.
Classification = Literal["identifying", "clinical", "free"]


class ClinicModel(models.Model):
    """A model with every field classified, and the locks that the database holds on its table."""

    FIELDS: ClassVar[dict[str, Classification]]
    LOCKS: ClassVar[tuple[Lock, ...]] = ()

    class Meta:
        abstract = True
