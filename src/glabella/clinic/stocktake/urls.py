"""Addresses of counts, levels, the emergency kit, the day's sheet and usage."""

from django.urls import path

from glabella.clinic.stocktake import views

app_name = "stocktake"
urlpatterns = [
    path("", views.counts, name="counts"),
    path("start/", views.start, name="start"),
    path("<int:stock_count_id>/", views.count, name="count"),
    path("<int:stock_count_id>/compare/", views.compare, name="compare"),
    path("levels/", views.levels, name="levels"),
    path("kit/", views.kit, name="kit"),
    path("day/", views.day, name="day"),
    path("usage/", views.usage, name="usage"),
    path("usage.csv", views.usage_file, name="usage-file"),
]
