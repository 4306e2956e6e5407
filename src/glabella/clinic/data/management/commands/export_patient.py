"""`export_patient` writes all that is held on one patient."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from glabella.clinic.data.actions import export_patient
from glabella.clinic.data.backup import whole_file
from glabella.clinic.data.console import acting, add_by
from glabella.clinic.data.queries import all_patients
from glabella.clinic.people.permissions import Permission
from glabella.errors import InputError


class Command(BaseCommand):
    help = "Writes all that is held on one patient: a page, a PDF and JSON in one zip."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "patient", type=int, metavar="NUMBER", help="as in the address of the page"
        )
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        add_by(parser)

    def handle(self, **options: Any) -> None:
        by = acting(options["by"], Permission.EXPORT_DATA)
        patient = all_patients(by.clinic).filter(pk=options["patient"]).first()
        if patient is None:
            raise InputError(f"{by.clinic} has no patient {options['patient']}.")
        with whole_file(options["file"]) as part:
            with part.open("wb") as out:
                export_patient(patient=patient, out=out, by=by)
            part.chmod(0o600)
        self.stdout.write(f"Wrote {options['file']}: all that is held on {patient.name}.")
