"""A clinic in a process of its own, on a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.clinic.conftest import _cheap_passwords, signed_in
from tests.house.tree import ROOT

# Fixtures of the clinic's tests that hold here too.
__all__ = ["_cheap_passwords", "signed_in"]

ON = os.environ.get("GLABELLA_TEST_DATABASE_URL", "")


class Victim:
    """The other process; `order` tells it one thing and waits for its answer."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def order(self, *words: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def _another_database() -> tuple[str, str]:
    """A fresh database in the throw-away cluster, and the statement that removes it."""
    import psycopg

    parts = urlsplit(ON)
    name = f"victim_{os.getpid()}"
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
    return urlunsplit(parts._replace(path=f"/{name}")), name


def environment_of(folder: Path) -> dict[str, str]:
    """A clinic in this folder; on PostgreSQL where the tests run there."""
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    database = {"DATABASE_URL": _another_database()[0]} if ON else {}
    return {
        **inherited,
        **database,
        "GLABELLA_DATA": str(folder / "clinic"),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    started = Victim(environment_of(tmp_path_factory.mktemp("victim")))
    yield started
    started.end()
