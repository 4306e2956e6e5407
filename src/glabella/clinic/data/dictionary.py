"""The data dictionary: every field that is kept, made from the models themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from glabella.clinic.data import portable
from glabella.clinic.records import ClinicModel

HEAD = """# What is kept: the data dictionary

`glabella data-dictionary` prints this page from the models, and a test holds it to them. Each field
is one of three: **identifying** says or may say who somebody is, **clinical** is what was found,
given or forecast, **free** is neither. [Keeping data](keeping.md) says how it leaves and ends.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model: what it is, whether it travels, whom its rows are about, its fields."""

    name: str
    label: str
    about: str
    stays: str
    of_patient: bool
    locked: bool
    fields: list[dict[str, Any]]


def entries() -> list[Entry]:
    """Every model of the clinic, app by app."""
    models = [model for model in apps.get_models() if issubclass(model, ClinicModel)]
    return [
        Entry(
            model.__name__,
            model._meta.label,
            portable.about(model),
            portable.stays(model),
            bool(model.PATIENT),
            bool(model.LOCKS),
            portable.schema_of(model)["fields"],
        )
        for model in sorted(models, key=lambda one: one._meta.label)
    ]


def _notes(entry: Entry) -> str:
    notes = ["about one patient" if entry.of_patient else "about no single patient"]
    notes += ["locked by triggers"] if entry.locked else []
    notes += [f"in no archive: {entry.stays}"] if entry.stays else []
    return "; ".join(notes)


def _line(told: dict[str, Any]) -> str:
    more = [f"→ {told['refers_to']}"] if "refers_to" in told else []
    more += [", ".join(told["choices"])] if "choices" in told else []
    return f"| {told['name']} | {told['type']} | {told['classification']} | {' '.join(more)} |"


def as_markdown() -> str:
    parts = [HEAD]
    for entry in entries():
        parts.append(f"\n## {entry.label}\n\n{entry.about}\n\n*{_notes(entry).capitalize()}.*\n")
        parts.append("\n| field | type | gives away | |\n| --- | --- | --- | --- |\n")
        parts += [_line(told) + "\n" for told in entry.fields]
    return "".join(parts)
