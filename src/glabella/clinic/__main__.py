"""Runs a management command of the clinic: `python -m glabella.clinic migrate`."""

import os
import sys
from collections.abc import Sequence

from django.core.management import ManagementUtility, execute_from_command_line
from django.core.management.base import CommandError

from glabella.errors import GlabellaError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glabella.clinic.settings")
    execute_from_command_line(["glabella.clinic", *sys.argv[1:]])


def run(command: Sequence[str]) -> int:
    """Run a command for `glabella`, which has named it already; gives the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "glabella.clinic.settings")
    try:
        ManagementUtility(["glabella", *command]).execute()
    except CommandError as error:
        print(f"glabella: {error}", file=sys.stderr)  # noqa: T201 - a command line
        return error.returncode
    except GlabellaError as error:
        print(f"glabella: {error}", file=sys.stderr)  # noqa: T201 - a command line
        return error.exit_code
    except SystemExit as done:
        return int(done.code or 0)
    return 0


if __name__ == "__main__":
    main()
