"""Addresses of reviews."""

from django.urls import path

from glabella.clinic.reviews import views

app_name = "reviews"
urlpatterns = [
    path("<int:review_id>/", views.review, name="review"),
    path("<int:review_id>/correct/", views.correct, name="correct"),
    path("<int:review_id>/addendum/", views.addendum, name="addendum"),
]
