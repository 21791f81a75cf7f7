"""Pairs of pictures, as Pix2Pix is trained on: side by side in a file, or in two folders under equal names."""

import dataclasses
import functools
import logging
import pathlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from wirgan_tf.data import image_files, two_folders
from wirgan_tf.data.copies import warn_of_copies
from wirgan_tf.data.identity import Origin, identity_of
from wirgan_tf.data.image_files import ImageFile, Listing
from wirgan_tf.data.intact import IntactImage, divided, intact_images
from wirgan_tf.data.jitter import JitteredDataSet
from wirgan_tf.data.paired import Paired
from wirgan_tf.data.picture_files import Pictures
from wirgan_tf.data.pixels import Pixels, read_pixels
from wirgan_tf.files import expanded
from wirgan_tf.parts import Assembly, setting

_SHOWN = 20


class Pair(NamedTuple):
    """A pair by its key, and the files of its images: the same file when they are side by side."""

    key: bytes
    source: IntactImage
    image: IntactImage

    @property
    def hash(self) -> str:
        """The hashes of both files."""
        return self.source.hash + self.image.hash

    @property
    def path(self) -> str:
        return self.image.path


@dataclasses.dataclass(frozen=True)
class ImagePairs(JitteredDataSet):
    """`source` and `image` of a pair, each the largest centred square of its picture, resized to `image_size` (256).

    A crop and a mirroring are drawn once for both. Pairs of which one image cannot be decoded are left out with a
    warning.
    """

    source_side: str = setting("left", "which half of a file is the source; the other is what it becomes",
                               choices=("left", "right"))
    source_folder: str = setting("", "folder of the source images, when pairs are in two folders; empty: side by side")
    target_folder: str = setting("", "folder of the images that they become")
    source_channels: int = setting(3, "channels of a source: 1 grey, 3 colour, or others that all files have",
                                   at_least=1)
    channels: int = setting(3, "channels of an image: 1 grey, 3 colour, or others that all files have", at_least=1)
    source_resampling: str = setting("lanczos", "how sources are resized: nearest for maps of labels",
                                     choices=("lanczos", "nearest"))
    resampling: str = setting("lanczos", "how images are resized: nearest for maps of labels",
                              choices=("lanczos", "nearest"))
    sixteen_bits: bool = setting(False, "keep 16 bits of PNG, of grey TIFF and of .npy; else 8")

    def __post_init__(self):
        super().__post_init__()
        if bool(self.source_folder) != bool(self.target_folder) or (
                self.source_folder and self.source_folder == self.target_folder):
            raise ValueError(f"source_folder={self.source_folder!r} and target_folder={self.target_folder!r}: expected "
                             "two folders, or none of them for pictures side by side")

    def unused(self, config: Assembly) -> dict[str, str]:
        reason = {"source_side": "source_folder says which image is the source"} if self.source_folder else {}
        return super().unused(config) | reason

    def load(self, split: str) -> Paired:
        """The pairs of `split`; "validation" is there if the folder has one.

        Raises: `FileNotFoundError` when there is no such folder or no image in it, `ValueError` when a name has no
        partner, when more than 1 % of the images are broken, or when the folder's splits cannot be understood.
        """
        found = self._splits()
        if split not in found:
            raise ValueError(f"{self.data_dir} has no split {split!r}; it has {', '.join(found)}")
        pairs = found[split]
        parts = [part for pair in pairs for part in (pair.key, pair.source.hash, pair.image.hash)]
        settings = (self.source_side, bool(self.source_folder), *self._source_pixels, *self._image_pixels)
        pictures = Pictures(self.name, lambda index, size: self._read(pairs[index], size),
                            Origin(identity_of(*settings, *parts), [pair.key for pair in pairs],
                                   [pair.hash for pair in pairs]),
                            self.source_channels + self.channels, self._image_pixels.dtype)
        return Paired(self.jittered(pictures, split), self.source_channels)

    def has_validation(self) -> bool:
        return "validation" in self._splits()

    @property
    def _source_pixels(self) -> Pixels:
        return Pixels(self.source_channels, self.sixteen_bits, self.source_resampling == "nearest")

    @property
    def _image_pixels(self) -> Pixels:
        return Pixels(self.channels, self.sixteen_bits, self.resampling == "nearest")

    def _splits(self) -> Mapping[str, Sequence[Pair]]:
        if not self.data_dir:
            raise ValueError(f"data_dir was not given: dataset={self.name} needs the folder of the pairs")
        folder = expanded(self.data_dir)
        return _contents(folder, two_folders.listed(folder), self.source_folder, self.target_folder)

    def _read(self, pair: Pair, size: int) -> np.ndarray:
        """Both images of a pair, [size, size, source_channels + channels]."""
        formats = self._source_pixels, self._image_pixels
        exact = any(pixels.exact for pixels in formats)
        source = read_pixels(pathlib.Path(pair.source.file.path).read_bytes(), exact)
        if pair.source is pair.image:
            middle = source.shape[1] // 2
            left, right = source[:, :middle], source[:, source.shape[1] - middle:]
            source, image = (left, right) if self.source_side == "left" else (right, left)
        else:
            image = read_pixels(pathlib.Path(pair.image.file.path).read_bytes(), exact)
        return np.concatenate([pixels.square(each, size)
                               for pixels, each in zip(formats, (source, image), strict=True)], axis=-1)


@functools.lru_cache(maxsize=1)  # all splits of a folder need the answer, which may take reading every image
def _contents(folder: pathlib.Path, listing: Listing, source: str, target: str) -> dict[str, list[Pair]]:
    groups = _in_two_folders(folder, listing.files, source, target) if source else _side_by_side(folder, listing.files)
    wanted = {file for pairs in groups.values() for _, *files in pairs for file in files}
    files = [file for file in listing.files if file in wanted]
    intact = {image.file: image for image in intact_images(folder, files)}
    parts = {split: [Pair(key, intact[one], intact[other]) for key, one, other in pairs
                     if one in intact and other in intact] for split, pairs in groups.items()}
    for split, pairs in parts.items():
        image_files.check_some(pairs, folder / split if len(parts) > 1 else folder)
    if "test" not in parts:
        parts["train"], parts["test"] = divided(folder, parts["train"])
    parts = {split: parts[split] for split in image_files.SPLITS if split in parts}
    warn_of_copies(parts)
    passed_over = [*listing.passed_over, ("broken", len(files) - len(intact)),
                   ("in other folders", len(listing.files) - len(files))]
    logging.info("%s: %d pairs in all: %s; passed over: %s", folder, sum(map(len, parts.values())),
                 ", ".join(f"{len(pairs)} {split}" for split, pairs in parts.items()),
                 image_files.listed_reasons(passed_over))
    return parts


Files = tuple[bytes, ImageFile, ImageFile]


def _side_by_side(folder: pathlib.Path, files: Sequence[ImageFile]) -> dict[str, list[Files]]:
    return {split: [(file.key, file, file) for file in of_split]
            for split, of_split in image_files.by_split_folder(folder, files).items()}


def _in_two_folders(folder: pathlib.Path, files: Sequence[ImageFile], source: str,
                    target: str) -> dict[str, list[Files]]:
    """The pairs by split; their keys are names without endings. Raises `ValueError` listing names without partner."""
    domains = [two_folders.domain(folder, files, name) for name in (source, target)]
    (sources, images) = ({split: _by_stem(domain, of_split) for split, of_split in domain.splits.items()}
                         for domain in domains)
    alone = [f"{', '.join(names[:_SHOWN])}{', ...' if len(names) > _SHOWN else ''} ({len(names)} in {name} alone)"
             for name, mine, others in ((source, sources, images), (target, images, sources))
             if (names := sorted(stem for split, found in mine.items() for stem in set(found) - set(
                 others.get(split, ()))))]
    if alone:
        raise ValueError(f"{folder} has names without partner: {'; '.join(alone)}; expected the same names in {source} "
                         f"and {target}, whatever their endings")
    return {split: [(stem.encode(errors="surrogateescape"), file, images[split][stem]) for stem, file in found.items()]
            for split, found in sources.items()}


def _by_stem(domain: two_folders.Domain, files: Sequence[ImageFile]) -> dict[str, ImageFile]:
    """Files by their names without endings. Raises `ValueError` for two of the same name."""
    found: dict[str, ImageFile] = {}
    for file in files:
        stem = file.key.decode(errors="surrogateescape").rpartition(".")[0]
        if stem in found:
            raise ValueError(f"{domain.name} has {stem} twice, as {found[stem].name} and {domain.files[file].name}; "
                             "leave one of them out")
        found[stem] = domain.files[file]
    return found
