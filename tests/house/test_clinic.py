"""How the clinic is built: where writes live, which file holds what, who may see a field."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from tests.house.tree import CLINIC, files, lines, name, syntax

WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update"} | {
    "get_or_create",
    "update_or_create",
}
READERS = {"views.py", "forms.py", "queries.py", "rules.py", "urls.py"}
TEMPLATE_WRITE = re.compile(rf"{{[{{%][^}}]*\.({'|'.join(WRITES)})\b")
SEVEN = {"models", "rules", "actions", "queries", "forms", "views", "urls"}
RENAMED = {"services", "service", "selectors", "handlers", "signals", "api", "serializers"}
CLASSES = {"identifying", "clinical", "free"}
VIEW_LINES = 15


def app_folders() -> dict[str, set[str]]:
    """Each app of the clinic with the names of its modules."""
    folders = {path.parent for path in files(".py", under=CLINIC) if path.name == "models.py"}
    return {folder.name: {path.stem for path in folder.glob("*.py")} for folder in folders}


def our_models() -> list[Any]:
    return [one for one in apps.get_models() if one.__module__.startswith("glabella.")]


def readers() -> list[Path]:
    return [
        path
        for path in files(".py", under=CLINIC)
        if path.name in READERS or "templatetags" in path.parts
    ]


def writes(path: Path) -> Iterator[str]:
    for node in ast.walk(syntax(path)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
        ):
            yield f"{name(path)}:{node.lineno} .{node.func.attr}()"


def test_only_actions_write_to_the_record() -> None:
    assert readers(), "the clinic has no views"
    assert not [write for path in readers() for write in writes(path)]


def test_no_template_writes_to_the_record() -> None:
    assert not [
        f"{name(path)}:{number} {line.strip()}"
        for path in files(".html", under=CLINIC)
        for number, line in enumerate(lines(path), start=1)
        if TEMPLATE_WRITE.search(line)
    ]


def test_the_apps_of_the_clinic_are_the_four_nouns_and_their_company() -> None:
    assert {"people", "patients", "stock", "treatments", "reviews"} <= app_folders().keys()


def test_an_app_keeps_its_code_under_the_seven_names() -> None:
    for app, modules in app_folders().items():
        assert not modules & RENAMED, f"{app}: {modules & RENAMED} belong in {sorted(SEVEN)}"
        assert "actions" in modules, f"{app} has models and no actions that write them"
        assert ("views" in modules) == ("urls" in modules), f"{app}: views and urls go together"


def test_every_action_is_told_by_name_who_does_it() -> None:
    assert not [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in files(".py", under=CLINIC)
        if path.name == "actions.py"
        for function in syntax(path).body
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(one, ast.Name) and one.id == "action" for one in function.decorator_list)
        and "by" not in {argument.arg for argument in function.args.kwonlyargs}
    ]


def test_a_view_fetches_checks_calls_and_renders_in_fifteen_lines() -> None:
    assert not [
        f"{name(path)}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in files(".py", under=CLINIC)
        if path.name == "views.py"
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > VIEW_LINES
    ]


def test_every_field_of_every_model_is_classified() -> None:
    assert our_models(), "no model of the clinic is installed"
    for model in our_models():
        concrete = {field.name for field in model._meta.concrete_fields}
        unlike = model.FIELDS.keys() ^ concrete
        assert not unlike, f"{model.__name__}: {unlike}"
        assert set(model.FIELDS.values()) <= CLASSES, model.__name__


def test_what_identifies_a_person_is_never_called_free() -> None:
    telling = re.compile(r"name|birth|phone|e_?mail|address|licen[cs]e|signature|note|user$")
    assert not [
        f"{model.__name__}.{field}"
        for model in our_models()
        for field, classification in model.FIELDS.items()
        if telling.search(field) and classification == "free"
    ]


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
