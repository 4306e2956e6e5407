"""Pages of the API: one's tokens, and what its addresses are."""

from django.urls import path

from glabella.clinic.api import views

app_name = "api"
urlpatterns = [
    path("", views.tokens, name="tokens"),
    path("addresses/", views.addresses, name="addresses"),
    path("tokens/<int:token_id>/revoke/", views.revoke, name="revoke"),
]
