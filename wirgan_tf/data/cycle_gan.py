"""The unpaired sets of CycleGAN (Zhu et al. 2017), prepared by TensorFlow Datasets: horse2zebra and others."""

import dataclasses
import io

import numpy as np
import tensorflow as tf

from wirgan_tf.data.identity import Origin, identity_of, index_keys
from wirgan_tf.data.images import square_image
from wirgan_tf.data.jitter import JitteredDataSet
from wirgan_tf.data.picture_files import Pictures
from wirgan_tf.data.prepared import find_builder, open_records
from wirgan_tf.data.unpaired import Unpaired
from wirgan_tf.parts import setting

_SETS = ("apple2orange", "summer2winter_yosemite", "horse2zebra", "monet2photo", "cezanne2photo", "ukiyoe2photo",
         "vangogh2photo", "maps", "facades", "iphone2dslr_flower")


@dataclasses.dataclass(frozen=True)
class CycleGanSets(JitteredDataSet):
    """`source` of trainA or testA and `image` of trainB or testB, as RGB of `image_size` (256)."""

    pictures: str = setting("horse2zebra", "which of the sets", choices=_SETS)

    def load(self, split: str) -> Unpaired:
        """Raises: `FileNotFoundError` with the command that prepares the set when it is not there."""
        return Unpaired(self.name, *(self.jittered(self._domain(f"{split}{domain}"), split) for domain in "AB"))

    def _domain(self, records_of: str) -> Pictures:
        builder = find_builder(f"cycle_gan/{self.pictures}", self.data_dir)
        records = open_records(builder, records_of)

        def read(index: int, size: int) -> np.ndarray:
            features = tf.train.Example.FromString(records[index]).features.feature
            return square_image(io.BytesIO(features["image"].bytes_list.value[0]), size)

        identity = identity_of("cycle_gan", self.pictures, str(builder.version), records_of, len(records))
        return Pictures(self.name, read, Origin(identity, index_keys(len(records))))
