"""The app of this folder; whoever signs in lets the clinic look for licences that end."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class CredentialsConfig(AppConfig):
    name = "glabella.clinic.credentials"
    label = "credentials"

    def ready(self) -> None:
        # The models are there only now.
        from glabella.clinic.credentials.actions import look_for_endings  # noqa: PLC0415

        user_logged_in.connect(look_for_endings, dispatch_uid="glabella-endings")
