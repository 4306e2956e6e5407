"""`verify_records` says whether what was signed and done is still as it was."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from glabella.clinic.audit import chain
from glabella.clinic.audit.models import RawWrite
from glabella.clinic.people.models import Clinic

SHOWN = 20


class Command(BaseCommand):
    help = "Walks each clinic's chain of events and checks all that was signed against it."

    def handle(self, **options: Any) -> None:
        holds = True
        for clinic in Clinic.objects.all():
            found = chain.verify(clinic)
            holds &= found.holds
            self.stdout.write(
                f"{found.clinic}: {found.links} events linked, {found.contents} signed contents "
                f"checked. {'All hold.' if found.holds else f'{len(found.breaks)} do not hold:'}"
            )
            for one in found.breaks[:SHOWN]:
                self.stdout.write(f"  at link {one.number}: {one.what}")
            self.stdout.write(f"  last link: {found.links} {found.head}")
        holds &= self._past_the_actions()
        if not holds:
            raise CommandError(
                "The record is not what it was. Keep this output, keep the database as it is, and "
                "compare it with a backup."
            )

    def _past_the_actions(self) -> bool:
        """Say what the database logged as written past the actions, and which triggers it lacks."""
        missing = chain.missing_triggers()
        for name in missing:
            self.stdout.write(f"The database has lost its trigger {name}; `migrate` puts it back.")
        written = RawWrite.objects.count()
        self.stdout.write(f"{written} writes past the actions of Glabella are logged.")
        for one in RawWrite.objects.all()[:SHOWN]:
            self.stdout.write(f"  {one.at:%Y-%m-%d %H:%M} {one}")
        return not missing
