"""Which room may know what: the parts of the import contracts that a list cannot check itself."""

from __future__ import annotations

import ast
import tomllib

from tests.house.tree import CLINIC, ROOT, SOURCE, files, name, syntax

VAGUE = {"utils", "helpers", "common", "core", "manager", "misc", "tools"}


def rooms() -> set[str]:
    """The rooms of the house: folders and modules directly under glabella."""
    return {
        path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in files(".py", under=SOURCE)
    } - {"__init__", "__main__"}


def test_the_contract_on_django_covers_every_room_but_the_clinic() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["id"]: one for one in project["tool"]["importlinter"]["contracts"]}
    covered = {module.removeprefix("glabella.") for module in contracts["django"]["source_modules"]}
    assert covered == rooms() - {"clinic"}


def test_imports_stand_at_the_top_of_a_file() -> None:
    """An import inside a function hides a dependency from the reader.

    Two places may: the command line, so that one command does not pay for another's imports,
    and a Django app's `ready`, which is called when the models exist.
    """
    allowed = {SOURCE / "cli.py", *CLINIC.rglob("apps.py")}
    assert not [
        f"{name(path)}:{node.lineno}"
        for path in set(files(".py", under=SOURCE)) - allowed
        if "cli" not in path.relative_to(SOURCE).parts
        for function in ast.walk(syntax(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def test_no_room_has_a_vague_name() -> None:
    assert not [
        name(path) for path in files(".py", under=SOURCE) if VAGUE & {*path.parts, path.stem}
    ]
