"""The app of this folder."""

from django.apps import AppConfig


class ColdchainConfig(AppConfig):
    name = "glabella.clinic.coldchain"
    label = "coldchain"
