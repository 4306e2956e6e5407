"""The app of this folder."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "glabella.clinic.links"
    label = "links"
