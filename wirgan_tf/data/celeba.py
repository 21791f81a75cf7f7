"""CelebA, prepared by TensorFlow Datasets: 202,599 faces, decoded as they are needed.

The faces' 178x218 pixels are cropped to the centred 178x178 (20 rows go above and below) and resized to 64x64 or
128x128.
"""

import dataclasses
import difflib
import io
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from wirgan_tf.data.identity import Origin, identity_of, index_keys
from wirgan_tf.data.images import Beside, StreamedSource, square_image
from wirgan_tf.data.jitter import MirroredDataSet
from wirgan_tf.data.prepared import find_builder, open_records
from wirgan_tf.data.source import Source
from wirgan_tf.entries import Entry
from wirgan_tf.parts import setting

FACES = 202_599
TRAIN_FACES = 180_000
ATTRIBUTES = (
    "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs", "Big_Lips", "Big_Nose",
    "Black_Hair", "Blond_Hair", "Blurry", "Brown_Hair", "Bushy_Eyebrows", "Chubby", "Double_Chin", "Eyeglasses",
    "Goatee", "Gray_Hair", "Heavy_Makeup", "High_Cheekbones", "Male", "Mouth_Slightly_Open", "Mustache", "Narrow_Eyes",
    "No_Beard", "Oval_Face", "Pale_Skin", "Pointy_Nose", "Receding_Hairline", "Rosy_Cheeks", "Sideburns", "Smiling",
    "Straight_Hair", "Wavy_Hair", "Wearing_Earrings", "Wearing_Hat", "Wearing_Lipstick", "Wearing_Necklace",
    "Wearing_Necktie", "Young")
COLOURS_OF_HAIR = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair")


@dataclasses.dataclass(frozen=True)
class CelebA(MirroredDataSet):
    """GP-WIRGAN's split (§4.1): the first 180,000 faces to train on, the rest to test on.

    The order is that of the official train, validation and test. Of the attributes, colours of hair are a group of
    which a face has one.
    """

    attributes: str = setting("", "attributes that come with each face, as in Male,Smiling; of the 40 that it has")

    def __post_init__(self):
        super().__post_init__()
        for name in self.attribute_names:
            if name not in ATTRIBUTES:
                lower = {each.lower(): each for each in ATTRIBUTES}
                near = difflib.get_close_matches(name.lower(), lower, n=1)
                hint = f"did you mean {lower[near[0]]!r}?" if near else f"the choices are {', '.join(ATTRIBUTES)}"
                raise ValueError(f"attributes={self.attributes}: unknown attribute {name!r}; {hint}")
            if self.attribute_names.count(name) > 1:
                raise ValueError(f"attributes={self.attributes}: {name} is there twice; name each attribute once")

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """The attributes asked for, in their order."""
        return tuple(name.strip() for name in self.attributes.split(",")) if self.attributes else ()

    @property
    def attribute_groups(self) -> tuple[tuple[str, ...], ...]:
        """Attributes of which a face has only one."""
        hair = tuple(name for name in self.attribute_names if name in COLOURS_OF_HAIR)
        return (hair,) if len(hair) > 1 else ()

    def load(self, split: str) -> Source:
        """Raises: `FileNotFoundError` when it is not prepared, `ValueError` for an image size other than 64 and 128."""
        size = self.size_among(64, 128)
        builder = find_builder("celeb_a", self.data_dir)
        parts = [open_records(builder, part) for part in ("train", "validation", "test")]
        starts = np.cumsum([0, *(len(part) for part in parts)])
        if starts[-1] != FACES:
            raise ValueError(f"{builder.data_path} holds {starts[-1]} faces and CelebA has {FACES}; delete the "
                             "folder and prepare it again")
        first = 0 if split == "train" else TRAIN_FACES

        def features(index: int) -> Mapping[str, tf.train.Feature]:
            place = first + index
            part = int(np.searchsorted(starts, place, side="right")) - 1
            return tf.train.Example.FromString(parts[part][place - int(starts[part])]).features.feature

        def read(index: int) -> np.ndarray:
            return square_image(io.BytesIO(features(index)["image"].bytes_list.value[0]), size)

        def attributes(indices: np.ndarray) -> np.ndarray:
            records = [features(int(index)) for index in indices]
            return np.array([[record[f"attributes/{name}"].int64_list.value[0] for name in names]
                             for record in records], np.float32).reshape(-1, len(names))

        names = self.attribute_names
        entry = Entry((len(names),), tf.float32, names, self.attribute_groups)
        beside = {"attributes": Beside(entry, attributes)} if names else {}
        count = TRAIN_FACES if split == "train" else FACES - TRAIN_FACES
        origin = Origin(identity_of("celeb_a", str(builder.version), split, count, size), index_keys(count, first))
        return self.mirrored(StreamedSource(self.name, count, size, read, origin=origin, beside=beside), split)
