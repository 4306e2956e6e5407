"""Addresses of the clinic's texts."""

from django.urls import path

from glabella.clinic.consent import views

app_name = "texts"
urlpatterns = [
    path("", views.texts, name="texts"),
    path("policy/", views.policy, name="policy"),
    path("<int:text_id>/", views.text, name="text"),
]
