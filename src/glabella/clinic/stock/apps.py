"""The app of this folder."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "glabella.clinic.stock"
    label = "stock"
