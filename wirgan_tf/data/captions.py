"""Any folder of images with texts: several per image, as vectors."""

import dataclasses
import functools
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.data.caption_tables import Caption, read_captions
from wirgan_tf.data.captioned import Captioned
from wirgan_tf.data.encoded_texts import encoded
from wirgan_tf.data.identity import identity_of
from wirgan_tf.data.image_files import list_images
from wirgan_tf.data.image_folder import ImageFolder, contents
from wirgan_tf.parts import Assembly, setting
from wirgan_tf.sentence_encoders import SENTENCE_TRANSFORMER, model_of
from wirgan_tf.texts import bag_of_words, vocabulary_of
from wirgan_tf.wording import some_of

BAG_OF_WORDS, FILE = "bag_of_words", "file"
VECTORS = "captions.npy"


@dataclasses.dataclass(frozen=True)
class Captions(ImageFolder):
    """The images of `image_folder`, with the texts of captions.csv or captions.jsonl in the folder.

    Classes of images, when there are any, keep a mismatched image from being of the same class.
    """

    text_encoder: str = setting(
        BAG_OF_WORDS, "how a text becomes a vector: bag_of_words, by the words that are in it; file, by the row of "
        "captions.npy, next to the table, with the same number; sentence_transformer:<name or folder>, by that model")
    vocabulary_size: int = setting(1_000, "words that a bag of words counts: those in the most texts to train on",
                                   at_least=1)

    def __post_init__(self):
        super().__post_init__()
        if self.text_encoder not in (BAG_OF_WORDS, FILE) and not model_of(self.text_encoder):
            raise ValueError(f"text_encoder={self.text_encoder}: the choices are {BAG_OF_WORDS}, {FILE}, and "
                             f"{SENTENCE_TRANSFORMER}<name or folder>")

    def unused(self, config: Assembly) -> dict[str, str]:
        reason = {} if self.text_encoder == BAG_OF_WORDS else {"vocabulary_size": "no words are counted"}
        return super().unused(config) | reason

    def load(self, split: str) -> Captioned:
        """The images of `split` with their texts.

        Raises: as `ImageFolder.load`; `FileNotFoundError` when there are no texts, `ValueError` for images without
          texts, for texts of missing images, for vectors that do not fit, and for a missing language model.
        """
        folder, pictures = self._folder(), super().load(split)
        captions = self._captions_by_image(folder)
        keys = pictures.example_keys()
        of_split = [caption for key in keys for caption in captions[key]]
        counts = np.array([len(captions[key]) for key in keys])
        captioned = functools.partial(Captioned, pictures, firsts=np.cumsum(counts) - counts, counts=counts)
        if self.text_encoder == FILE:
            return captioned(vectors=_vectors(folder / VECTORS, of_split))
        texts = [caption.text for caption in of_split]
        if self.text_encoder == BAG_OF_WORDS:
            trained = [image.file.key for image in contents(folder, self.labels).splits["train"]]
            vocabulary = vocabulary_of((caption.text for key in trained for caption in captions[key]),
                                       self.vocabulary_size)
            return captioned(vectors=bag_of_words(tf.constant(texts), vocabulary).numpy(), vocabulary=vocabulary)
        return captioned(vectors=encoded(texts, self.text_encoder), encoder=self.text_encoder,
                         vectors_identity=identity_of(self.text_encoder, *texts))

    def _captions_by_image(self, folder: pathlib.Path) -> Mapping[bytes, Sequence[Caption]]:
        found: dict[bytes, list[Caption]] = {}
        for caption in read_captions(folder):
            found.setdefault(caption.key, []).append(caption)
        images = [image.file.key for part in contents(folder, self.labels).splits.values() for image in part]
        if missing := [key.decode() for key in images if key not in found]:
            raise ValueError(f"{len(missing)} images in {folder} have no text: {some_of(sorted(missing))}; give each a "
                             "row")
        there = {file.key for file in list_images(folder).files}  # on disk an accent may be a character of its own
        if unknown := [key.decode() for key in found if key not in there and not (folder / key.decode()).is_file()]:
            raise ValueError(f"{len(unknown)} texts are of no image in {folder}: {some_of(sorted(unknown))}; expected "
                             "paths below it, with slashes")
        return found


def _vectors(path: pathlib.Path, captions: Sequence[Caption]) -> np.ndarray:
    """The rows of the file that belong to `captions`, float32 [N, E]."""
    if not path.is_file():
        raise FileNotFoundError(f"text_encoder={FILE} needs {path}, the vectors of the texts, [rows, E]")
    vectors = np.load(path)
    rows = np.array([caption.row for caption in captions])
    if vectors.ndim != 2 or vectors.dtype.kind != "f" or len(vectors) <= rows.max():
        raise ValueError(f"{path} has shape {list(vectors.shape)} and type {vectors.dtype}; expected floating-point "
                         "numbers [rows, E], a row for each of the table")
    if not np.isfinite(vectors).all():
        raise ValueError(f"{path} has values that are NaN or infinite; fix them")
    return vectors[rows].astype(np.float32)
