"""How each database engine is dumped, checked and put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from glabella.errors import RecordError


class EngineRefused(RecordError):
    """The database or one of its programs did not do what was asked."""


class Engine(Protocol):
    """One kind of database."""

    name: str

    def dump(self, folder: Path) -> Path: ...

    def check(self, dump: Path) -> dict[str, int]: ...

    def put_back(self, dump: Path) -> None: ...


class Sqlite:
    """SQLite's own online backup: one consistent copy while others write."""

    name = "sqlite"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.file = str(connection.settings_dict["NAME"])
        self.connection = connection

    def dump(self, folder: Path) -> Path:
        target = folder / "clinic.sqlite3"
        try:
            with closing(_open(self.file)) as live, closing(_open(target)) as copy:
                live.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise _no_room(error) from error
        return target

    def check(self, dump: Path) -> dict[str, int]:
        """Row counts of a copy that SQLite finds whole, with no key that points nowhere."""
        try:
            with closing(_open(dump)) as copy:
                [(said,), *_] = copy.execute("PRAGMA integrity_check").fetchall()
                dangling = copy.execute("PRAGMA foreign_key_check").fetchone()
                if said != "ok" or dangling:
                    raise EngineRefused(
                        f"The copy of the database is not whole: {dangling or said}."
                    )
                listing = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                tables = [name for (name,) in copy.execute(listing)]
                return {
                    table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
                    for table in tables
                    if not table.startswith("sqlite_")
                }
        except sqlite3.Error as error:
            raise EngineRefused(f"The copy of the database cannot be read: {error}.") from error

    def put_back(self, dump: Path) -> None:
        """Write the copy into the live file, page by page in one transaction.

        Servers that have it open go on with the new content; whoever dies half-way leaves the old.
        """
        self.connection.close()
        try:
            with closing(_open(dump)) as copy, closing(_open(self.file)) as live:
                live.execute("PRAGMA journal_mode=WAL")
                copy.backup(live)
        except sqlite3.Error as error:
            raise _no_room(error) from error


def _open(file: str | Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=30)


def _no_room(error: sqlite3.Error) -> EngineRefused:
    return EngineRefused(
        f"The database could not be copied: {error}. Nothing was changed. Look whether the disk is "
        "full or the database is busy, then try again."
    )


class Postgresql:
    """pg_dump and pg_restore, as found on this machine."""

    name = "postgresql"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        told = connection.settings_dict
        self.connection = connection
        self.database = str(told["NAME"])
        names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
        # In the environment, so that no list of processes shows the password.
        self.environment = os.environ | {
            variable: str(told[key]) for key, variable in names.items() if told.get(key)
        }

    def dump(self, folder: Path) -> Path:
        target = folder / "clinic.pgdump"
        self._run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", self.database)
        return target

    def check(self, dump: Path) -> dict[str, int]:
        """Row counts, by reading all of the dump as a restore would."""
        counts: dict[str, int] = {}
        table = ""
        for line in self._read("pg_restore", "--data-only", "--file=-", str(dump)):
            if table:
                if line == b"\\.\n":
                    table = ""
                else:
                    counts[table] += 1
            elif line.startswith(b"COPY "):
                table = line.split()[1].decode().removeprefix("public.").strip('"')
                counts[table] = 0
        return dict(sorted(counts.items()))

    def put_back(self, dump: Path) -> None:
        """Empty the database and fill it from the dump, in one transaction."""
        self.connection.close()
        reader = [_program("pg_restore"), "--no-owner", "--file=-", str(dump)]
        writer = [
            *(_program("psql"), "--quiet", "--no-psqlrc", "--single-transaction"),
            *("--set=ON_ERROR_STOP=1", "--output=/dev/null", "--dbname", self.database),
        ]
        with (
            subprocess.Popen(  # noqa: S603 - as above
                reader, stdout=subprocess.PIPE, env=self.environment
            ) as source,
            subprocess.Popen(  # noqa: S603 - as above
                writer, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment
            ) as target,
        ):
            assert source.stdout is not None
            assert target.stdin is not None
            try:
                target.stdin.write(EMPTY_SQL)
                shutil.copyfileobj(source.stdout, target.stdin)
            except BrokenPipeError:
                source.kill()
            if source.wait() != 0:
                # Without its end psql would keep what it has.
                target.kill()
            _, said = target.communicate()
        if source.returncode != 0 or target.returncode != 0:
            raise EngineRefused(f"The backup was not put back: {said.decode().strip()}")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, no word of a user
            [_program(program), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = done.stderr.strip() or f"it ended with {done.returncode}"
            raise EngineRefused(
                f"{program} failed: {said}. Nothing was changed. Look whether the disk has room "
                "and the database answers, then try again."
            )

    def _read(self, program: str, *arguments: str) -> Iterator[bytes]:
        with subprocess.Popen(  # noqa: S603 - as above
            [_program(program), *arguments], stdout=subprocess.PIPE, env=self.environment
        ) as reading:
            assert reading.stdout is not None
            yield from reading.stdout
        if reading.returncode != 0:
            raise EngineRefused(f"{program} cannot read the dump to its end.")


# All of ours that is there: a table that is newer than the backup would stand in the way of the
# migration that makes it.
EMPTY_SQL = b"""
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT c.oid::regclass AS name FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') LOOP
    EXECUTE 'DROP TABLE IF EXISTS ' || one.name || ' CASCADE';
  END LOOP;
  FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND NOT EXISTS (
      SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE 'DROP FUNCTION IF EXISTS ' || one.name || ' CASCADE';
  END LOOP;
END $$;
"""


def _program(name: str) -> str:
    """One of PostgreSQL's programs, of the newest version that is installed."""
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    found = str(packaged[-1]) if packaged else shutil.which(name)
    if found is None:
        raise EngineRefused(
            f"{name} is not on this machine. It comes with PostgreSQL's client programs, on Debian "
            "or Ubuntu: apt-get install postgresql-client. Its version must not be older than the "
            "server's."
        )
    return found


def _version(path: Path) -> float:
    return float(path.parts[-3])


ENGINES: dict[str, Any] = {"sqlite": Sqlite, "postgresql": Postgresql}


def of(connection: BaseDatabaseWrapper) -> Engine:
    engine: Engine = ENGINES[connection.vendor](connection)
    return engine
