"""Addresses of the cold chain."""

from django.urls import path

from glabella.clinic.coldchain import endpoints, views

app_name = "coldchain"
urlpatterns = [
    path("", views.places, name="places"),
    path("new/", views.add, name="add"),
    path("readings/", endpoints.readings, name="readings"),
    path("<int:place_id>/", views.place, name="place"),
    path("<int:place_id>/read/", views.read, name="read"),
    path("<int:place_id>/upload/", views.upload, name="upload"),
    path("<int:place_id>/key/", views.key, name="key"),
    path("<int:place_id>/move/", views.move, name="move"),
]
