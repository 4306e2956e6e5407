"""`erase_patient` takes away who one patient is, where nothing keeps the record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from glabella.clinic.data.actions import erase_patient
from glabella.clinic.data.console import acting, add_by
from glabella.clinic.data.queries import all_patients
from glabella.clinic.people.permissions import Permission
from glabella.errors import InputError


class Command(BaseCommand):
    help = "Takes away who a patient is; refused while a hold or the retention keeps the record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "patient", type=int, metavar="NUMBER", help="as in the address of the page"
        )
        parser.add_argument("--ground", required=True, help="why, for the trail; name nobody")
        add_by(parser)

    def handle(self, **options: Any) -> None:
        by = acting(options["by"], Permission.ERASE_PATIENTS)
        patient = all_patients(by.clinic).filter(pk=options["patient"]).first()
        if patient is None:
            raise InputError(f"{by.clinic} has no patient {options['patient']}.")
        done = erase_patient(patient=patient, ground=options["ground"], by=by)
        self.stdout.write(
            f"Patient {patient.pk} is erased: {done.fields_erased} fields, {done.files_erased} "
            "files. Doses, lots and signatures stay."
        )
