"""Addresses of co-signing."""

from django.urls import path

from glabella.clinic.cosigning import views

app_name = "cosigning"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("all/", views.cosign_all, name="all"),
    path("<int:treatment_id>/", views.cosign, name="cosign"),
    path("<int:treatment_id>/changes/", views.changes, name="changes"),
    path("<int:treatment_id>/ask/", views.ask, name="ask"),
]
