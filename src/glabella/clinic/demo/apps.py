"""The app of this folder."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "glabella.clinic.demo"
    label = "demo"
