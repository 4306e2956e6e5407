"""The app of this folder."""

from django.apps import AppConfig


class SignInConfig(AppConfig):
    name = "glabella.clinic.signin"
    label = "signin"

    def ready(self) -> None:
        from glabella.clinic.signin import receivers  # noqa: PLC0415 - models must be there first

        receivers.connect()
