"""The app of this folder."""

from django.apps import AppConfig


class StocktakeConfig(AppConfig):
    name = "glabella.clinic.stocktake"
    label = "stocktake"
