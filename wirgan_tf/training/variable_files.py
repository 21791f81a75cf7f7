"""Variables in a file: an archive of NumPy arrays (.npz), read and written without TensorFlow, which globs its paths.

`numpy.load` opens it. An archive has a checksum of every entry, which is verified whenever the entry is read. With the
arrays comes `wirgan_tf.json`: the format's number, the version of the code, each array's shape and type, and the
settings under which the arrays were made. NumPy has no bfloat16, so arrays of such types are stored as integers with
the same bits.
"""

import io
import json
import pathlib
import struct
import types
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from wirgan_tf import __version__
from wirgan_tf.files import whole_file
from wirgan_tf.wording import some_of

_FORMAT = 1
_HEADER = "wirgan_tf.json"
_SHOWN = 3  # variables of a part that an error names
_NO_SETTINGS: Mapping[str, Any] = types.MappingProxyType({})
_SIGNS_OF_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, TypeError, ValueError,
                    RuntimeError)


class DamagedFileError(OSError):
    """A file that is not what was written."""


def write_variables(path: pathlib.Path, variables: Mapping[str, keras.Variable],
                    settings: Mapping[str, Any] = _NO_SETTINGS) -> None:
    """Writes variables by key with settings, all or nothing. Raises `OSError` that names the file."""
    header = {"format": _FORMAT, "code_version": __version__, "settings": dict(settings),
              "variables": _described(variables)}
    with whole_file(path) as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_HEADER, json.dumps(header, indent=1))
        for key, variable in variables.items():
            array = np.asarray(variable.numpy())
            with archive.open(f"{key}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array.view(_stored_type(array.dtype)), allow_pickle=False)


def read_variables(path: pathlib.Path, variables: Mapping[str, keras.Variable],
                   settings: Mapping[str, Any] = _NO_SETTINGS) -> None:
    """Assigns to variables what `path` holds under their keys: to all of them, or to none.

    Raises: `DamagedFileError` for a file that is not as it was written, other `OSError`s when it cannot be read, and
    `ValueError` when it holds the variables of another model, or was written under other values of the settings that
    both have, naming those that differ.
    """
    header = _header(path)
    if differing := _differences(header["variables"], _described(variables)):
        raise ValueError(f"{path} is not a checkpoint of this model: {'; '.join(differing)}; was it written with other "
                         "settings, or by another version of wirgan_tf?")
    _check_settings(path, header["settings"], settings)
    arrays = _undamaged(path, lambda archive: {key: _read_array(archive, key, header) for key in variables})
    for key, variable in variables.items():
        variable.assign(arrays[key])


def read_arrays(path: pathlib.Path) -> dict[str, np.ndarray]:
    """All that `path` holds, by key. Raises as `read_variables` does for a file that cannot be read."""
    header = _header(path)
    return _undamaged(path, lambda archive: {key: _read_array(archive, key, header) for key in header["variables"]})


def _header(path: pathlib.Path) -> dict:
    header = _undamaged(path, _read_header)
    if header["format"] != _FORMAT:
        raise ValueError(f"{path} has format {header['format']}, this version of wirgan_tf reads {_FORMAT}; it was "
                         f"written by version {header['code_version']}: use that")
    return header


def _undamaged(path: pathlib.Path, read):
    try:
        with zipfile.ZipFile(path) as archive:
            return read(archive)
    except _SIGNS_OF_DAMAGE as error:
        raise DamagedFileError(f"{path} is damaged: {' '.join(str(error).split())}") from error


def _read_header(archive: zipfile.ZipFile) -> dict:
    header = json.loads(archive.read(_HEADER))
    return {"settings": header.get("settings", {}),  # files of earlier versions have none
            **{name: header[name] for name in ("format", "code_version", "variables")}}


def _read_array(archive: zipfile.ZipFile, key: str, header: dict) -> np.ndarray:
    array = np.lib.format.read_array(io.BytesIO(archive.read(f"{key}.npy")), allow_pickle=False)
    return array.view(tf.as_dtype(header["variables"][key]["dtype"]).as_numpy_dtype)


def _check_settings(path: pathlib.Path, there: dict[str, Any], here: Mapping[str, Any]) -> None:
    here = json.loads(json.dumps(dict(here)))  # as JSON has them
    if differing := [f"{name} ({there[name]!r} there, {value!r} now)" for name, value in here.items()
                     if name in there and there[name] != value]:
        raise ValueError(f"{path} was written with other settings: {', '.join(differing)}; a run keeps its own: put "
                         "them back into its config.json, or start another run")


def _described(variables: Mapping[str, keras.Variable]) -> dict[str, dict]:
    return {key: {"shape": list(variable.shape), "dtype": variable.dtype} for key, variable in variables.items()}


def _stored_type(dtype: np.dtype) -> np.dtype:
    """`dtype`, or, for one that NumPy itself lacks (bfloat16, float8), unsigned integers of the same size."""
    return dtype if dtype.isbuiltin == 1 else np.dtype(f"u{dtype.itemsize}")


def _differences(there: dict[str, dict], here: dict[str, dict]) -> list[str]:
    """What differs, a phrase for each part of a model and kind of difference."""
    kinds = {
        "lacks": [key for key in here if key not in there],
        "also has": [key for key in there if key not in here],
        "differs in": [key + _change(there[key], here[key]) for key in here
                       if key in there and there[key] != here[key]],
    }
    phrases = []
    for kind, keys in kinds.items():
        for part in dict.fromkeys(key.split("/")[0] for key in keys):
            phrases.append(f"its {part} {kind} {some_of([key for key in keys if key.split('/')[0] == part], _SHOWN)}")
    return phrases


def _change(there: dict, here: dict) -> str:
    return f" ({there['dtype']} {there['shape']} there, {here['dtype']} {here['shape']} here)"
