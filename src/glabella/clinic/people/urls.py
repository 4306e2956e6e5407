"""Addresses of signing in and of the day's page."""

from django.urls import path

from glabella.clinic.people import views
from glabella.clinic.signin.views import SignIn, SignOut

app_name = "people"
urlpatterns = [
    path("", views.today, name="today"),
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
]
