"""Runs a management command of the clinic: `python -m glabella.clinic migrate`."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glabella.clinic.settings")
    execute_from_command_line(["glabella.clinic", *sys.argv[1:]])


if __name__ == "__main__":
    main()
