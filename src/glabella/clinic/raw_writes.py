"""Triggers that log each write to the record that did not come through an action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connections

from glabella.clinic.writer import SETTING, SQLITE_FUNCTION

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS = ("INSERT", "UPDATE", "DELETE")
LOG = "audit_rawwrite"
_LOG_ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION log_raw_write() RETURNS trigger LANGUAGE plpgsql AS $log$
BEGIN
  INSERT INTO audit_rawwrite (at, table_name, event, row_id)
  VALUES (now(), TG_TABLE_NAME, TG_OP, COALESCE(NEW.id, OLD.id));
  RETURN NULL;
END $log$
"""


def tables() -> list[str]:
    """The tables of the record: of every model of the clinic but the log itself."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        # Models of the clinic say what their fields give away; others are Django's own.
        if hasattr(model, "FIELDS") and model._meta.db_table != LOG
    )


def _sqlite(table: str) -> Iterator[tuple[str, str]]:
    for event in EVENTS:
        name = f"raw_{table}_{event.lower()}"
        row = "OLD" if event == "DELETE" else "NEW"
        logged = f"strftime('%Y-%m-%d %H:%M:%f', 'now'), '{table}', '{event}', {row}.id"
        statement = (
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW "
            f"WHEN {SQLITE_FUNCTION}() IS NULL BEGIN "
            f"INSERT INTO {LOG} (at, table_name, event, row_id) VALUES "
            f"({logged}); END"
        )
        yield name, statement


def _postgresql(table: str) -> Iterator[tuple[str, str]]:
    name = f"raw_{table}"
    statement = (
        f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"WHEN (COALESCE(current_setting('{SETTING}', true), '') = '') "
        "EXECUTE FUNCTION log_raw_write()"
    )
    yield name, statement


TRIGGERS = {"sqlite": _sqlite, "postgresql": _postgresql}
PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def present(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of all triggers that the database has."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def wanted(connection: BaseDatabaseWrapper, names: Iterable[str]) -> dict[str, str]:
    """The triggers that log raw writes to these tables, each with the statement that makes it."""
    make = TRIGGERS[connection.vendor]
    return {name: statement for table in names for name, statement in make(table)}


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers on the tables that are there and lack them."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if LOG not in there:
            return
        if connection.vendor == "postgresql":
            cursor.execute(_LOG_ON_POSTGRESQL)
        known = present(connection)
        for name, statement in wanted(connection, there & set(tables())).items():
            if name not in known:
                cursor.execute(statement)


def install_after_migrate(using: str, **_: Any) -> None:
    install(connections[using])
