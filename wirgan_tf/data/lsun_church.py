"""LSUN church_outdoor: 126,227 photographs to train on and 300 to test on, from the LMDB folders it is published as."""

import functools
import io
import pathlib
from typing import Any

import numpy as np

from wirgan_tf.data.dataset import ResizedDataSet
from wirgan_tf.data.identity import Origin, identity_of
from wirgan_tf.data.images import StreamedSource, square_image
from wirgan_tf.files import expanded

_FOLDERS = {"train": "church_outdoor_train_lmdb", "test": "church_outdoor_val_lmdb"}


class LsunChurch(ResizedDataSet):
    """Centred squares resized to 64x64, decoded as they are needed."""

    def load(self, split: str) -> StreamedSource:
        """Split "test" is LSUN's validation split.

        Raises: `FileNotFoundError` that says how to get the data when it is not below `self.data_dir`, `ValueError` for
        another image size, without `data_dir`, or without the package `lmdb`.
        """
        size = self.size_among(64)
        if not self.data_dir:
            raise ValueError(f"data_dir was not given: dataset={self.name} needs the folder that holds "
                             f"{_FOLDERS['train']} and {_FOLDERS['test']}")
        data_dir = expanded(self.data_dir)
        folder = data_dir / _FOLDERS[split]
        if not (folder / "data.mdb").is_file():
            archive = f"{folder.name}.zip"
            raise FileNotFoundError(f"{folder}/data.mdb does not exist; get it with: curl -O "
                                    f"http://dl.yf.io/lsun/scenes/{archive} && unzip {archive} -d {data_dir}")
        database, keys = _open(folder.resolve())

        def read(index: int) -> np.ndarray:
            with database.begin() as transaction:
                return square_image(io.BytesIO(transaction.get(keys[index])), size)

        return StreamedSource(self.name, len(keys), size, read, origin=Origin(identity_of(size, *keys), keys))


@functools.cache  # LMDB allows a process to open a folder once
def _open(folder: pathlib.Path) -> tuple[Any, list[bytes]]:
    """The opened database and its keys in order."""
    try:
        import lmdb
    except ImportError as error:
        raise ValueError("dataset=lsun_church needs the package lmdb; install it with: "
                         "pip install 'wirgan-tf[lsun]'") from error
    try:
        database = lmdb.open(str(folder), readonly=True, lock=False, readahead=False)
    except lmdb.Error as error:
        raise ValueError(f"{folder} is not an LMDB folder; unpack it again: {error}") from error
    with database.begin() as transaction:
        return database, list(transaction.cursor().iternext(keys=True, values=False))
