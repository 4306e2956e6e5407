"""The app of this folder."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "glabella.clinic.people"
    label = "people"
