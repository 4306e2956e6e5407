"""Addresses of signing in and of the day's page."""

from django.urls import path

from glabella.clinic.people import views

app_name = "people"
urlpatterns = [
    path("", views.today, name="today"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
]
