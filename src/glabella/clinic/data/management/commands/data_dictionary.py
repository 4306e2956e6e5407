"""`data_dictionary` prints every field that is kept, and what it gives away."""

from typing import Any

from django.core.management.base import BaseCommand

from glabella.clinic.data.dictionary import as_markdown


class Command(BaseCommand):
    help = "Prints every model and field that is kept, with what each gives away, as Markdown."

    def handle(self, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
