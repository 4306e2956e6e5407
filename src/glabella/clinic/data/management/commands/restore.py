"""`restore` puts a backup back and says what is newer than it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from glabella.clinic.data.restore import as_text, restore


class Command(BaseCommand):
    help = "Puts a backup back, after the present record was kept aside; a server may run on."
    # An empty machine has nothing to check yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.zip")

    def handle(self, **options: Any) -> None:
        self.stdout.write(as_text(restore(options["file"])))
