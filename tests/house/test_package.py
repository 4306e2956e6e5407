"""What somebody gets who installs the package: the code, its facts, templates and files."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from glabella import __version__
from tests.house.tree import ROOT, SOURCE, kept


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder: Path = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [built] = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_every_file_of_the_source(wheel: zipfile.ZipFile) -> None:
    source = {
        path.relative_to(SOURCE.parent).as_posix() for path in kept() if path.is_relative_to(SOURCE)
    }
    assert source <= set(wheel.namelist()), source - set(wheel.namelist())


def test_the_wheel_carries_the_version_the_licence_and_the_command(wheel: zipfile.ZipFile) -> None:
    about = f"glabella-{__version__}.dist-info"
    assert "glabella = glabella.cli:main" in wheel.read(f"{about}/entry_points.txt").decode()
    assert f"{about}/licenses/LICENSE" in wheel.namelist()
    told = wheel.read(f"{about}/METADATA").decode()
    assert "License-Expression: Apache-2.0" in told
    assert "Requires-Python: >=3.11" in told
