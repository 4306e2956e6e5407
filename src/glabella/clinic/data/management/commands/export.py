"""`export` writes all of a clinic as one open archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from glabella.clinic.data.actions import export_clinic
from glabella.clinic.data.backup import whole_file
from glabella.clinic.data.console import acting, add_by
from glabella.clinic.people.permissions import Permission


class Command(BaseCommand):
    help = "Writes all that one clinic keeps as a zip that any program can read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        add_by(parser)

    def handle(self, **options: Any) -> None:
        by = acting(options["by"], Permission.EXPORT_DATA)
        with whole_file(options["file"]) as part:
            with part.open("wb") as out:
                manifest = export_clinic(out=out, by=by)
            part.chmod(0o600)
        rows = sum(one.get("rows", 0) for one in manifest["files"])
        self.stdout.write(f"Wrote {options['file']}: {by.clinic}, {rows:,} rows.")
        self.stdout.write(f"Contents {manifest['contents_sha256']}")
        self.stdout.write("It holds patients' names: keep it as you keep the record itself.")
