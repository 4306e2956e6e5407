"""Triggers that refuse to change what was signed, the same on SQLite and on PostgreSQL.

They are put back after every `migrate`, because SQLite drops the triggers of a table when a
migration rebuilds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import connections

if TYPE_CHECKING:
    from django.apps import AppConfig
    from django.db.backends.base.base import BaseDatabaseWrapper

Event = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True, slots=True)
class Lock:
    """Refuses an event on a table when the condition (SQL over OLD and NEW) holds."""

    table: str
    event: Event
    message: str
    when: str = "TRUE"

    @property
    def name(self) -> str:
        return f"lock_{self.table}_{self.event.lower()}"


def append_only(table: str, what: str) -> tuple[Lock, ...]:
    """Rows of the table are added and stay as they are."""
    message = f"{what} is never changed or deleted."
    return (Lock(table, "UPDATE", message), Lock(table, "DELETE", message))


def _sqlite(lock: Lock) -> Iterator[str]:
    yield f"DROP TRIGGER IF EXISTS {lock.name}"
    yield (
        f"CREATE TRIGGER {lock.name} BEFORE {lock.event} ON {lock.table} FOR EACH ROW "
        f"WHEN {lock.when} BEGIN SELECT RAISE(ABORT, '{lock.message}'); END"
    )


def _postgresql(lock: Lock) -> Iterator[str]:
    row = "OLD" if lock.event == "DELETE" else "NEW"
    yield (
        f"CREATE OR REPLACE FUNCTION {lock.name}() RETURNS trigger LANGUAGE plpgsql AS $lock$ "
        f"BEGIN IF {lock.when} THEN RAISE EXCEPTION '{lock.message}' "
        f"USING ERRCODE = 'check_violation'; END IF; RETURN {row}; END $lock$"
    )
    yield f"DROP TRIGGER IF EXISTS {lock.name} ON {lock.table}"
    yield (
        f"CREATE TRIGGER {lock.name} BEFORE {lock.event} ON {lock.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {lock.name}()"
    )


STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}


def locks_of(app: AppConfig) -> Iterator[Lock]:
    for model in app.get_models():
        yield from getattr(model, "LOCKS", ())


def install(connection: BaseDatabaseWrapper, locks: Iterable[Lock]) -> None:
    """Put the locks on the tables that are there, replacing those of the same name."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for lock in locks:
            if lock.table in tables:
                for statement in STATEMENTS[connection.vendor](lock):
                    cursor.execute(statement)


def install_after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    install(connections[using], list(locks_of(sender)))


def drop_all(connection: BaseDatabaseWrapper) -> None:
    """Take all triggers off a SQLite database before its tables are made anew.

    SQLite refuses to rename a table while a trigger of another one names it.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def drop_before_migrate(using: str, plan: Sequence[object] = (), **_: Any) -> None:
    """Only where there is something to migrate; they are back as soon as it is done."""
    if plan:
        drop_all(connections[using])


@contextmanager
def lifted(connection: BaseDatabaseWrapper, locks: Iterable[Lock]) -> Iterator[None]:
    """Migrating signed rows, or emptying a whole test database, goes past the locks.

    They are back afterwards.
    """
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        locks = [lock for lock in locks if lock.table in there]
        where = "" if connection.vendor == "sqlite" else " ON {table}"
        for lock in locks:
            drop = f"DROP TRIGGER IF EXISTS {lock.name}" + where
            cursor.execute(drop.format(table=lock.table))
    try:
        yield
    finally:
        install(connection, locks)
