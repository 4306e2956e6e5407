"""Who is writing: set by every action, and read by the triggers that log raw writes.

On SQLite the triggers call a function that only this program gives to its connections, so another
program's write to a table of the record fails. On PostgreSQL they read a setting of the
transaction, and a write without it is logged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

SETTING = "glabella.writer"
SQLITE_FUNCTION = "glabella_writer"
_writer: ContextVar[str] = ContextVar("writer", default="")


def current() -> str:
    """The action that runs now; empty outside of one."""
    return _writer.get()


def teach(connection: Any, **_: Any) -> None:
    """Give a new SQLite connection the function that the triggers call."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(SQLITE_FUNCTION, 0, lambda: current() or None)


def _tell_postgresql(name: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, name])


@contextmanager
def named(name: str) -> Iterator[None]:
    """Name the writer of what Django itself does to whole tables."""
    token = _writer.set(name)
    try:
        yield
    finally:
        _writer.reset(token)


@contextmanager
def writing(name: str) -> Iterator[bool]:
    """Name the writer inside a transaction; gives whether this is the outermost of its kind."""
    if current():
        yield False
        return
    with named(name):
        _tell_postgresql(name)
        yield True
        # What fails is rolled back, and the setting with it.
        _tell_postgresql("")
