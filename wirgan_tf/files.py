"""Files that are complete or absent, and what tells SavedModels apart."""

import hashlib
import os
import pathlib


def write_whole(path: pathlib.Path, content: bytes) -> None:
    """Writes a file, all or nothing. Raises `OSError` that names it, with no partial file left behind."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OSError(f"could not write {path}: {error.strerror or error}") from error


def saved_model_hash(folder: pathlib.Path) -> str:
    """sha256 of the graph and the variables of the SavedModel in `folder`."""
    digest = hashlib.sha256()
    for path in [folder / "saved_model.pb", *sorted((folder / "variables").glob("*"))]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
