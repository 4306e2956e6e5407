"""`import` brings an archive into an empty installation."""
# ruff: noqa: N999 - the module is named as the command that is typed

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from glabella.clinic.audit import chain
from glabella.clinic.data.reading import read_archive
from glabella.clinic.people.models import Clinic, Member
from glabella.clinic.people.permissions import Permission
from glabella.errors import RecordError


class Command(BaseCommand):
    help = "Brings an archive into an empty installation, row for row, all of it or nothing."

    # An empty machine has nothing to check yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.zip")

    def handle(self, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        manifest = read_archive(options["file"])
        rows = sum(one.get("rows", 0) for one in manifest["files"])
        self.stdout.write(f"{manifest['clinic']} is here: {rows:,} rows, as they were.")
        for clinic in Clinic.objects.all():
            found = chain.verify(clinic)
            self.stdout.write(f"{found.links} events linked, {found.contents} contents checked.")
            if not found.holds:
                raise RecordError(
                    f"{len(found.breaks)} do not hold, as they did not where the archive came "
                    "from: `glabella verify-records` lists them."
                )
        owners = [one for one in Member.objects.all() if one.may(Permission.EDIT_TEAM)]
        names = ", ".join(one.user.get_username() for one in owners)
        self.stdout.write(
            "No password travelled. Set one with `python -m glabella.clinic changepassword "
            f"USERNAME`, first for {names}."
        )
