"""Two folders of pictures with nothing that pairs them, as CycleGAN is trained on (Zhu et al. 2017)."""

import dataclasses
import functools
import logging
import pathlib
from collections.abc import Mapping

import numpy as np

from wirgan_tf.data import image_files, two_folders
from wirgan_tf.data.copies import warn_of_copies
from wirgan_tf.data.identity import Origin, identity_of
from wirgan_tf.data.image_files import ImageFile, Listing
from wirgan_tf.data.intact import IntactImage, divided, intact_images
from wirgan_tf.data.jitter import JitteredDataSet
from wirgan_tf.data.picture_files import Pictures
from wirgan_tf.data.pixels import Pixels, read_pixels
from wirgan_tf.data.unpaired import Unpaired
from wirgan_tf.files import expanded
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class ImageDomains(JitteredDataSet):
    """`source` from one folder and `image` from the other, the largest centred squares resized to `image_size` (256).

    Crops and mirrorings are drawn for each by itself. Images that cannot be decoded are left out with a warning.
    """

    source_folder: str = setting("A", "folder of domain a, the sources")
    target_folder: str = setting("B", "folder of domain b, the images that they become")
    source_channels: int = setting(3, "channels of a source: 1 grey, 3 colour, or others that all files have",
                                   at_least=1)
    channels: int = setting(3, "channels of an image: 1 grey, 3 colour, or others that all files have", at_least=1)
    sixteen_bits: bool = setting(False, "keep 16 bits of PNG, of grey TIFF and of .npy; else 8")

    def __post_init__(self):
        super().__post_init__()
        if not self.source_folder or not self.target_folder or self.source_folder == self.target_folder:
            raise ValueError(f"source_folder={self.source_folder!r} and target_folder={self.target_folder!r}: expected "
                             "the names of two folders")

    def load(self, split: str) -> Unpaired:
        """The images of `split`; "validation" is there if both domains have one.

        Raises: `FileNotFoundError` when there is no such folder or no image in it, `ValueError` when more than 1 % of
        the images are broken, or when the folder's splits cannot be understood.
        """
        return Unpaired(self.name, *(self.jittered(self._pictures(splits, split, channels), split) for splits, channels
                                     in zip(self._domains(), (self.source_channels, self.channels), strict=True)))

    def has_validation(self) -> bool:
        return "validation" in self._domains()[0]

    def _domains(self) -> list["Splits"]:
        if not self.data_dir:
            raise ValueError(f"data_dir was not given: dataset={self.name} needs the folder of the two domains")
        folder = expanded(self.data_dir)
        return _contents(folder, two_folders.listed(folder), self.source_folder, self.target_folder)

    def _pictures(self, splits: "Splits", split: str, channels: int) -> Pictures:
        if split not in splits:
            raise ValueError(f"{self.data_dir} has no split {split!r}; it has {', '.join(splits)}")
        images, pixels = splits[split], Pixels(channels, self.sixteen_bits)

        def read(index: int, size: int) -> np.ndarray:
            content = pathlib.Path(images[index].file.path).read_bytes()
            return pixels.square(read_pixels(content, pixels.exact), size)

        parts = [part for image in images for part in (image.key, image.hash)]
        origin = Origin(identity_of(*pixels, *parts), [image.key for image in images],
                        [image.hash for image in images])
        return Pictures(self.name, read, origin, channels, pixels.dtype)


Splits = dict[str, list[IntactImage]]
"""The images of a domain by split, "train", "test", and "validation" where it has one."""


@functools.lru_cache(maxsize=1)  # all splits of a folder need the answer, which may take reading every image
def _contents(folder: pathlib.Path, listing: Listing, source: str, target: str) -> list[Splits]:
    domains = [two_folders.domain(folder, listing.files, name) for name in (source, target)]
    if set(domains[0].splits) != set(domains[1].splits):
        has = " and ".join(f"{domain.name} has {', '.join(sorted(domain.splits))}" for domain in domains)
        raise ValueError(f"{folder}: {has}; expected the same splits of both domains")
    wanted = {file for domain in domains for file in domain.files.values()}
    files = [file for file in listing.files if file in wanted]
    intact = {image.file: image for image in intact_images(folder, files)}
    found = [_of_domain(folder, domain, intact) for domain in domains]
    passed_over = [*listing.passed_over, ("broken", len(files) - len(intact)),
                   ("in other folders", len(listing.files) - len(files))]
    logging.info("%s: %s; passed over: %s", folder, "; ".join(
        f"{name}: {', '.join(f'{len(images)} {split}' for split, images in splits.items())}"
        for name, splits in zip((source, target), found, strict=True)), image_files.listed_reasons(passed_over))
    return found


def _of_domain(folder: pathlib.Path, domain: two_folders.Domain, intact: Mapping[ImageFile, IntactImage]) -> Splits:
    parts = {split: [intact[place] for file in files if (place := domain.files[file]) in intact]
             for split, files in domain.splits.items()}
    for split, images in parts.items():
        image_files.check_some(images, folder / domain.name / split)
    if "test" not in parts:
        parts["train"], parts["test"] = divided(folder / domain.name, parts["train"])
    warn_of_copies(parts)
    return {split: parts[split] for split in image_files.SPLITS if split in parts}
