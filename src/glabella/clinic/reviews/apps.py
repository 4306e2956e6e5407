"""The app of this folder."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "glabella.clinic.reviews"
    label = "reviews"
