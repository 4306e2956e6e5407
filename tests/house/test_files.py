"""What every kept file obeys: its size, and nothing of the machine it was written on."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

from tests.house.tree import ROOT, SOURCE, Function, files, functions, kept, lines, name, syntax

FILE_LINES = 500
TEMPLATE_LINES = 120
FUNCTION_LINES = 70
POSITIONAL_PARAMETERS = 5

# The pattern names these folders in a way that it does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home|farm|Users)/\w")
NEVER_KEPT = re.compile(
    r"(^|/)(uv\.lock|pylock.*\.toml|node_modules/.*|static/vendor/.*|.*\.sqlite3|secret-key)$"
)


def test_no_file_is_longer_than_500_lines() -> None:
    """Apart from migrations, which Django writes and nobody edits."""
    assert not [
        f"{name(path)}: {length} lines"
        for path in files(".py", ".js", ".css", ".html")
        if (length := len(lines(path))) > FILE_LINES and path.parent.name != "migrations"
    ]


def test_no_template_is_longer_than_120_lines() -> None:
    assert not [
        f"{name(path)}: {length} lines"
        for path in files(".html", under=SOURCE)
        if (length := len(lines(path))) > TEMPLATE_LINES
    ]


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def positional(function: Function) -> int:
    parameters = [*function.args.posonlyargs, *function.args.args]
    bound = bool(parameters) and parameters[0].arg in {"self", "cls"}
    return len(parameters) - bound


def test_no_function_is_longer_than_70_lines() -> None:
    assert not [
        f"{name(path)}:{function.lineno} {function.name}: {length(function)} lines"
        for path in files(".py")
        for function in functions(path)
        if length(function) > FUNCTION_LINES
    ]


def test_no_function_takes_more_than_five_positional_parameters() -> None:
    assert not [
        f"{name(path)}:{function.lineno} {function.name}: {positional(function)}"
        for path in files(".py")
        for function in functions(path)
        if positional(function) > POSITIONAL_PARAMETERS
    ]


def test_no_kept_file_names_a_path_of_a_machine() -> None:
    assert not [
        f"{name(path)}:{number} {line.strip()[:80]}"
        for path in kept()
        for number, line in enumerate(_text(path), start=1)
        if MACHINE_PATH.search(line)
    ]


def _text(path: Path) -> list[str]:
    try:
        return lines(path)
    except UnicodeDecodeError:
        return []


def test_nothing_fetched_or_private_is_kept() -> None:
    assert not [name(path) for path in kept() if NEVER_KEPT.search(name(path))]


def test_every_source_file_says_in_a_docstring_what_it_is() -> None:
    assert not [
        name(path)
        for path in files(".py", under=SOURCE)
        if path.name != "__init__.py"
        and "migrations" not in path.parts
        and not ast.get_docstring(syntax(path))
    ]


def test_each_dependency_says_why_it_is_here() -> None:
    written = lines(ROOT / "pyproject.toml")
    project = tomllib.loads("\n".join(written))
    lists = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    for requirement in (one for group in lists for one in group if isinstance(one, str)):
        [*above] = (
            written[number - 1].lstrip()
            for number, line in enumerate(written)
            if f'"{requirement}"' in line and not line.startswith("requires = ")
        )
        assert above, requirement
        assert all(line.startswith("#") for line in above), f"{requirement}: no reason above it"
