"""`admit` gives somebody an account and a role; it asks for the password."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from glabella.clinic.people.actions import admit_member, open_clinic
from glabella.clinic.people.models import Clinic
from glabella.clinic.people.permissions import Role
from glabella.errors import UserError


class Command(BaseCommand):
    help = "Gives somebody an account and a role at the clinic."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("display_name", help='as it stands in records: "Demo Injector One"')
        parser.add_argument("role", choices=Role.values, nargs="+")
        parser.add_argument("--clinic", default="Clinic", help="opened if there is none such")

    def handle(self, **options: Any) -> None:
        password = getpass("Password: ")
        try:
            validate_password(password)
            clinic = Clinic.objects.filter(name=options["clinic"]).first()
            member = admit_member(
                username=options["username"],
                display_name=options["display_name"],
                roles=options["role"],
                password=password,
                clinic=clinic or open_clinic(name=options["clinic"]),
                by=None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except UserError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{member.display_name} is admitted as {member.role_words} of {member.clinic}."
        )
