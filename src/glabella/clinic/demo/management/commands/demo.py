"""`demo` fills an empty clinic with clearly made-up people, dated relative to today."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from glabella.clinic.demo.cast import LOGINS, PASSWORD
from glabella.clinic.demo.story import tell


class Command(BaseCommand):
    help = "Fills the clinic with demo people, vials and treatments; a second time changes nothing."

    def handle(self, **_: Any) -> None:
        made = tell(timezone.now())
        self.stdout.write("The demo clinic is ready." if made else "The demo clinic is there.")
        self.stdout.write(f"Sign in with the password {PASSWORD} as")
        for login in LOGINS:
            self.stdout.write(f"  {login.username:<14} {login.role.label}")
