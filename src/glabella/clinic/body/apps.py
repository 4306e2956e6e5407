"""The app of this folder."""

from django.apps import AppConfig


class BodyConfig(AppConfig):
    name = "glabella.clinic.body"
    label = "body"
