"""`backup` writes a verified copy of the whole installation while it runs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from glabella.clinic.data.backup import KEY_NOTE, back_up


class Command(BaseCommand):
    help = "Writes a backup of the whole installation while it runs, and reads it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            metavar="FILE.zip",
            help="a folder gets a file named by the moment",
        )

    def handle(self, **options: Any) -> None:
        target: Path = options["file"]
        if target.is_dir():
            target /= f"glabella-{timezone.now():%Y%m%dT%H%M%SZ}.zip"
        manifest = back_up(target)
        rows = sum(manifest["rows"].values())
        self.stdout.write(f"Wrote {target}: {rows:,} rows, read again and whole.")
        self.stdout.write(KEY_NOTE.format(key=settings.DATA / "secret-key"))
