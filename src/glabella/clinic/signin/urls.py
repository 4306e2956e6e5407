"""Addresses of one's own account and of the team's sign-ins."""

from django.urls import path, register_converter

from glabella.clinic.signin import views
from glabella.clinic.signin.converters import Helping

register_converter(Helping, "helping")

app_name = "signin"
urlpatterns = [
    path("", views.account, name="account"),
    path("back/", views.back, name="back"),
    path("sign-out-elsewhere/", views.elsewhere, name="elsewhere"),
    path("sign-out-everywhere/", views.everywhere, name="everywhere"),
    path("team/", views.team, name="team"),
    path("team/<int:member_id>/<helping:help_name>/", views.help_member, name="help"),
]
