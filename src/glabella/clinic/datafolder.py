"""The folder that holds the database and the secret key of this installation."""

import os
import secrets
from pathlib import Path


def data_folder(name: str) -> Path:
    """The folder by this name, made if absent, readable by its owner alone."""
    folder = Path(name).expanduser().resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """The secret key kept in the folder, generated once."""
    file = folder / "secret-key"
    try:
        # O_EXCL: of two servers starting at once only one writes the key.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(64))
    return file.read_text(encoding="ascii").strip()
