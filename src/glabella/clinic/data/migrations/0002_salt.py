from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import glabella.clinic.data.models
from glabella.clinic.writer import writing


def for_those_who_are_there(apps: Any, schema_editor: Any) -> None:
    """Patients from before get a salt each, before any word of theirs is hashed with it."""
    salt = apps.get_model("data", "Salt")
    patients = apps.get_model("patients", "Patient").objects.values_list("pk", flat=True)
    with writing("migrate"):
        salt.objects.bulk_create(
            (salt(patient_id=key) for key in patients.iterator()), batch_size=1000
        )


class Migration(migrations.Migration):
    dependencies = [
        ("data", "0001_initial"),
        ("patients", "0003_clinic"),
    ]

    operations = [
        migrations.CreateModel(
            name="Salt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "salt",
                    models.CharField(default=glabella.clinic.data.models.new_salt, max_length=32),
                ),
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(for_those_who_are_there, migrations.RunPython.noop),
    ]
