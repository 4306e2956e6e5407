"""`retention` lists whose record need not be kept any longer, and erases on confirmation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from glabella.clinic.data.actions import erase_patient
from glabella.clinic.data.console import acting, add_by
from glabella.clinic.data.queries import due_for_erasure
from glabella.clinic.data.rules import LAWS_DIFFER, ErasureRefused
from glabella.clinic.people.permissions import Permission
from glabella.errors import RecordError

YES = "erase"


class Command(BaseCommand):
    help = "Lists whose record need not be kept any longer; with --erase takes away who they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--erase", action="store_true", help="ask once, then erase those listed"
        )
        add_by(parser)

    def handle(self, **options: Any) -> None:
        by = acting(options["by"], Permission.ERASE_PATIENTS)
        if by.clinic.retention_years is None:
            raise RecordError(
                f"{by.clinic} has not said how long it keeps a record; the owner sets it under "
                f"Data. {LAWS_DIFFER}"
            )
        due = due_for_erasure(by.clinic, today=timezone.localdate())
        for row in due:
            self.stdout.write(
                f"patient {row.patient.pk}: last visit {row.last_visit}, kept until {row.until}"
            )
        self.stdout.write(f"{len(due)} due at {by.clinic}.")
        if not (due and options["erase"]):
            return
        if input(f"Type {YES} to take away who they are, for good: ") != YES:
            self.stdout.write("Nothing was erased.")
            return
        done = 0
        for row in due:
            try:
                erase_patient(patient=row.patient, ground="End of retention.", by=by)
                done += 1
            except ErasureRefused as refusal:
                self.stdout.write(f"patient {row.patient.pk} stays: {refusal}")
        self.stdout.write(f"{done} erased. Doses, lots and signatures stay.")
