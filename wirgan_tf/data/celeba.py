"""CelebA, prepared by TensorFlow Datasets: 202,599 faces, decoded as they are needed.

The faces' 178x218 pixels are cropped to the centred 178x178 (20 rows go above and below) and resized to 64x64 or
128x128.
"""

import io

import numpy as np
import tensorflow as tf

from wirgan_tf.data.dataset import ResizedDataSet
from wirgan_tf.data.identity import Origin, identity_of, index_keys
from wirgan_tf.data.images import StreamedSource, square_image
from wirgan_tf.data.prepared import find_builder, open_records

FACES = 202_599
TRAIN_FACES = 180_000


class CelebA(ResizedDataSet):
    """GP-WIRGAN's split (§4.1): of the official train, validation and test, in this order, the first 180,000; the rest.
    """

    def load(self, split: str) -> StreamedSource:
        """Raises: `FileNotFoundError` when it is not prepared, `ValueError` for an image size other than 64 and 128."""
        size = self.size_among(64, 128)
        builder = find_builder("celeb_a", self.data_dir)
        parts = [open_records(builder, part) for part in ("train", "validation", "test")]
        starts = np.cumsum([0, *(len(part) for part in parts)])
        if starts[-1] != FACES:
            raise ValueError(f"{builder.data_path} holds {starts[-1]} faces and CelebA has {FACES}; delete the "
                             "folder and prepare it again")
        first = 0 if split == "train" else TRAIN_FACES

        def read(index: int) -> np.ndarray:
            place = first + index
            part = int(np.searchsorted(starts, place, side="right")) - 1
            record = tf.train.Example.FromString(parts[part][place - int(starts[part])])
            return square_image(io.BytesIO(record.features.feature["image"].bytes_list.value[0]), size)

        count = TRAIN_FACES if split == "train" else FACES - TRAIN_FACES
        origin = Origin(identity_of("celeb_a", str(builder.version), split, count, size), index_keys(count, first))
        return StreamedSource(self.name, count, size, read, origin=origin)
