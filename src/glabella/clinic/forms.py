"""How forms look, and how what a rule refuses becomes a message of the form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from glabella.errors import UserError

T = TypeVar("T")


class ClinicRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def dash_for_nothing(form: forms.BaseForm, names: Iterable[str]) -> None:
    """Let an empty choice read as a dash."""
    for name in names:
        field = form.fields.get(name)
        if isinstance(field, forms.TypedChoiceField):
            known = [(value, label) for value, label in field.widget.choices if value != ""]
            field.choices = [("", "–"), *known]


def keep_model_limits(form: forms.BaseForm, model: type[models.Model]) -> None:
    """Check the smallest and largest value of the model's measures already in the form."""
    for known in model._meta.concrete_fields:
        if isinstance(known, models.DecimalField) and known.name in form.fields:
            form.fields[known.name].validators += [
                limit
                for limit in known.validators
                if isinstance(limit, MinValueValidator | MaxValueValidator)
            ]


def submit(
    request: HttpRequest, form: forms.BaseForm, action: Callable[..., T], **arguments: Any
) -> T | None:
    """Run the action with what the form holds; None when not posted, not valid or refused."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return action(**arguments, **form.cleaned_data)
    except UserError as refusal:
        form.add_error(None, str(refusal))
        return None


def submit_as(
    request: HttpRequest,
    form: forms.BaseForm,
    action: Callable[..., T],
    name: str,
    **arguments: Any,
) -> T | None:
    """As `submit`, with all that the form holds as one argument of this name."""
    return submit(request, form, lambda **typed: action(**arguments, **{name: typed}))


def form_page(
    request: HttpRequest, template: str, *, form: forms.BaseForm, **context: Any
) -> HttpResponse:
    """The page of a form; with errors it says so in its status and keeps what was typed."""
    shown = [form, *(part for part in context.values() if isinstance(part, forms.BaseForm))]
    status = 422 if any(part.errors for part in shown) else 200
    return render(request, template, {"form": form, **context}, status=status)


def submit_both(
    request: HttpRequest,
    about: forms.BaseForm,
    measures: forms.BaseForm,
    action: Callable[..., T],
    **arguments: Any,
) -> T | None:
    """As `submit`, for the two forms on a patient's page."""
    if request.method != "POST" or not all([about.is_valid(), measures.is_valid()]):
        return None
    try:
        return action(about=about.cleaned_data, measures=measures.cleaned_data, **arguments)
    except UserError as refusal:
        about.add_error(None, str(refusal))
        return None
