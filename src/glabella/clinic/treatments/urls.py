"""Addresses of treatments."""

from django.urls import path

from glabella.clinic.reviews.views import new as review
from glabella.clinic.treatments import endpoints, views

app_name = "treatments"
urlpatterns = [
    path("<int:treatment_id>/", views.record, name="record"),
    path("<int:treatment_id>/chart/", views.chart, name="chart"),
    path("<int:treatment_id>/draft/", endpoints.draft, name="draft"),
    path("<int:treatment_id>/stamp/", endpoints.stamp, name="stamp"),
    path("<int:treatment_id>/propose/", endpoints.propose, name="propose"),
    path("<int:treatment_id>/propose/weigh/", endpoints.weigh, name="weigh"),
    path("<int:treatment_id>/propose/curve/", endpoints.curve, name="curve"),
    path("<int:treatment_id>/droplets/", endpoints.droplets, name="droplets"),
    path("<int:treatment_id>/versions/", views.versions, name="versions"),
    path("<int:treatment_id>/versions/<int:version>/", views.restore, name="restore"),
    path("<int:treatment_id>/abandon/", views.abandon, name="abandon"),
    path("<int:treatment_id>/sign/", views.sign, name="sign"),
    path("<int:treatment_id>/addendum/", views.addendum, name="addendum"),
    path("<int:treatment_id>/pdf/", views.pdf, name="pdf"),
    path("<int:treatment_id>/review/", review, name="review"),
]
