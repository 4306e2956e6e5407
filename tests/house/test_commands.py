"""What a newcomer types first: `make demo` on a bare machine, twice, and on a taken port."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.postgres import free_port

QUICK_SECONDS = 30


def demo_environment(data: Path, port: int) -> dict[str, str]:
    paths = {"PYTHONPATH": str(ROOT / "src"), "GLABELLA_DATA": str(data), "PORT": str(port)}
    inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DEBUG"}}
    return {**inherited, **paths}


@contextmanager
def running_demo(data: Path, port: int) -> Iterator[str]:
    """The demo from its first line to the one with the address; stopped as by Ctrl-C."""
    demo = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "demo.py")],
        env=demo_environment(data, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert demo.stdout is not None
    said = ""
    try:
        for line in demo.stdout:
            said += line
            if "Glabella is at" in line:
                break
        yield said
    finally:
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=QUICK_SECONDS)
    assert demo.returncode == 0, said + rest


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_demo_answers_names_its_data_and_its_logins_and_starts_again(tmp_path: Path) -> None:
    data, port = tmp_path / "clinic", free_port()
    with running_demo(data, port) as said:
        assert f"http://127.0.0.1:{port}/" in said
        assert str(data) in said
        assert re.search(r"password", said, re.IGNORECASE)
        assert status_of(port, "/sign-in/") == http.HTTPStatus.OK
    started = time.monotonic()
    with running_demo(data, port) as said:
        assert status_of(port, "/sign-in/") == http.HTTPStatus.OK
    assert time.monotonic() - started < QUICK_SECONDS


def test_a_taken_port_is_said_plainly_with_the_way_round_it(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / "demo.py")],
            env=demo_environment(tmp_path, port),
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode != 0
    assert f"Port {port} on 127.0.0.1 is taken" in told.stderr
    assert f"make demo PORT={port + 1}" in told.stderr


@pytest.mark.parametrize("port", ["eighty", "80", "70000"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    told = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "demo.py")],
        env={**os.environ, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode != 0
    assert f"PORT={port} is not a port" in told.stderr


def test_an_old_python_is_told_what_is_needed(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    told = subprocess.run(
        [str(tmp_path / "scripts" / "setup"), "runtime"],
        env={**os.environ, "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode != 0
    assert "not Python 3.11 or newer: Python 3.9.2" in told.stderr
    assert not (tmp_path / ".venv").exists()


def test_starting_a_command_reads_no_facts() -> None:
    """A faulty fact is told as one; before `main` nobody would catch it."""
    asked = "import glabella.cli; from glabella import facts; print(facts.load.cache_info().misses)"
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "0"
