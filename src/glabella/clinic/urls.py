"""All addresses of the clinic."""

from django.urls import include, path

urlpatterns = [
    path("", include("glabella.clinic.people.urls")),
    path("patients/", include("glabella.clinic.patients.urls")),
    path("stock/", include("glabella.clinic.stock.urls")),
    path("treatments/", include("glabella.clinic.treatments.urls")),
    path("body/", include("glabella.clinic.body.urls")),
    path("reviews/", include("glabella.clinic.reviews.urls")),
    path("cosigning/", include("glabella.clinic.cosigning.urls")),
    path("audit/", include("glabella.clinic.audit.urls")),
]
