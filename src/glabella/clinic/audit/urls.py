"""Addresses of the trail."""

from django.urls import path

from glabella.clinic.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("looked/", views.viewings, name="viewings"),
    path("raw-writes/", views.raw_writes, name="raw-writes"),
]
