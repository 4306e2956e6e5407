"""Addresses of the stock."""

from django.urls import path

from glabella.clinic.stock import views

app_name = "stock"
urlpatterns = [
    path("", views.stock_list, name="list"),
    path("receive/", views.receive, name="receive"),
    path("<int:vial_id>/", views.vial, name="vial"),
    path("<int:vial_id>/open/", views.open_vial, name="open"),
    path("<int:vial_id>/discard/", views.discard, name="discard"),
]
