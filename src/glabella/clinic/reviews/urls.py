"""Addresses of reviews."""

from django.urls import path

from glabella.clinic.reviews import views

app_name = "reviews"
urlpatterns = [
    path("<int:review_id>/", views.review, name="review"),
    path("<int:review_id>/correct/", views.correct, name="correct"),
    path("<int:review_id>/second/", views.second, name="second"),
    path("before/<int:treatment_id>/", views.before, name="before"),
    path("outcomes/", views.results, name="outcomes"),
    path("<int:review_id>/addendum/", views.addendum, name="addendum"),
]
