"""What is written down stays true: words, commands, and examples that a reader types."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, SOURCE, files, lines, name, syntax

GLOSSARY = ROOT / "GLOSSARY.md"
README = ROOT / "README.md"

# The nouns a newcomer meets first, spelt as their classes are.
DOMAIN = (
    "Units",
    "Concentration",
    "Fact",
    "Source",
    "Product",
    "Protocol",
    "Area",
    "Face",
    "Side",
    "Measures",
    "Site",
    "Plan",
    "Treatment",
    "Injection",
    "Patient",
    "Forecast",
    "Finding",
    "Goal",
    "Preset",
    "Aims",
    "Candidate",
    "Hand",
    "Proposal",
    "Outcome",
    "Binding",
    "Robustness",
    "Recheck",
    "Titration",
    "Population",
    "Endpoint",
    "Member",
    "Vial",
    "Opening",
    "Draw",
    "Discard",
    "Review",
    "Addendum",
    "Override",
)
HEADWORD = re.compile(r"^(?:#+\s+|[-|]?\s*\*\*)(?P<word>[A-Z]\w+)", re.MULTILINE)
CONSOLE = re.compile(r"^```console\n(?P<block>.*?)^```", re.MULTILINE | re.DOTALL)
SUBCOMMAND = re.compile(r"^ {4}(?P<name>[a-z][\w-]*)", re.MULTILINE)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def public_classes() -> set[str]:
    return {
        node.name
        for path in files(".py", under=SOURCE)
        for node in syntax(path).body
        if isinstance(node, ast.ClassDef)
    }


def test_the_glossary_explains_every_domain_noun() -> None:
    explained = {match["word"] for match in HEADWORD.finditer(text(GLOSSARY))}
    assert not set(DOMAIN) - explained


def test_every_domain_noun_is_spelt_as_its_class() -> None:
    assert not set(DOMAIN) - public_classes()


def command_line(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "glabella.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SOURCE.parent)},
    )


def subcommands() -> list[str]:
    usage = command_line("--help")
    assert usage.returncode == 0, usage.stderr
    found = [match["name"] for match in SUBCOMMAND.finditer(usage.stdout)]
    assert found, "`glabella --help` lists no commands"
    return found


def test_every_command_is_written_about() -> None:
    written = "\n".join(text(path) for path in [README, *files(".md", under=ROOT / "docs")])
    assert not [one for one in subcommands() if f"glabella {one}" not in written]


def test_every_command_says_what_it_does() -> None:
    for one in subcommands():
        told = command_line(one, "--help")
        assert told.returncode == 0, told.stderr
        assert "usage: glabella" in told.stdout, one


def examples(document: Path) -> list[list[str]]:
    """The `$ glabella ...` lines of each console block, a block being one sitting."""
    blocks = (match["block"].splitlines() for match in CONSOLE.finditer(text(document)))
    typed = ([line[2:] for line in block if line.startswith("$ glabella ")] for block in blocks)
    return [block for block in typed if block]


def test_every_example_a_reader_can_type_runs(tmp_path: Path) -> None:
    documents = [README, *files(".md", under=ROOT / "docs")]
    sittings = [block for document in documents for block in examples(document)]
    assert sittings, "README shows no `$ glabella` line in a ```console block"
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in (line for block in sittings for line in block):
        done = subprocess.run(
            command,
            shell=True,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"


def test_every_make_target_a_reader_is_told_of_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    for document in files(".md"):
        told = set(re.findall(r"`make ([a-z]+)`|^\$ make ([a-z]+)", text(document), re.MULTILINE))
        assert {one for pair in told for one in pair if one} <= targets, name(document)


def test_links_between_documents_lead_somewhere() -> None:
    link = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
    assert not [
        f"{name(document)}: {target}"
        for document in files(".md")
        for line in lines(document)
        for target in link.findall(line)
        if not (document.parent / target).exists()
    ]
