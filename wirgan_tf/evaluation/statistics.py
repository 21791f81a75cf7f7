"""What fid, is and kid need of a set of images, gathered part by part: the set never has to fit in memory."""

import json
import pathlib
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from wirgan_tf.evaluation import checks, files
from wirgan_tf.evaluation.features import Activations
from wirgan_tf.evaluation.frechet_distance import Moments, distance_of_moments, rank_deficiency
from wirgan_tf.evaluation.inception_score import ClassSums
from wirgan_tf.evaluation.kernel_distance import BLOCK_SIZE, block_estimates, over_blocks

COMBINABLE = ("fid", "is", "kid")
_KEPT = 10 * BLOCK_SIZE  # rows of a set that generated images are compared with, block by block


class Numbered(NamedTuple):
    """Values [k, ...] with the numbers [k] that give their order."""

    numbers: np.ndarray
    values: np.ndarray

    def combine(self, other: "Numbered") -> "Numbered":
        """Both, in order.

        >>> Numbered(np.array([2]), np.array([0.5])).combine(Numbered(np.array([0]), np.array([0.1])))
        Numbered(numbers=array([0, 2]), values=array([0.1, 0.5]))
        """
        numbers, values = (np.concatenate(both) for both in zip(self, other, strict=True))
        order = np.argsort(numbers)
        return Numbered(numbers[order], values[order])


class Statistics(NamedTuple):
    """Statistics of a set of images, or of a part of it: `combine` gives those of two parts together.

    `combine` is associative and commutative up to the rounding of float64; for the same bits, combine the same parts in
    the same order.

    moments: of the features.
    kept: the features of the first 10,240 images of the set.
    classes: of the logits; None for a feature network without logits.
    estimates: of the kernel distance to a set of real images, for each block; None without real images to compare with.
    """

    moments: Moments
    kept: Numbered
    classes: ClassSums | None
    estimates: Numbered | None

    @classmethod
    def of(cls, seen: Activations, first: int, total: int, *, real_blocks: Sequence[np.ndarray] = (),
           first_block: int = 0) -> "Statistics":
        """The statistics of images first, first + 1, ... of a set of `total`.

        Args:
          seen: the feature network's outputs for them.
          first: index of the first.
          total: images in the set.
          real_blocks: features [r, d] of real images for the kernel distance, see `block_estimates`; may be empty.
          first_block: number of the part's first block.

        Raises: `ValueError` for features that are not finite.
        """
        (features,) = checks.rows(minimum=1, features=seen.features)
        kept = features[:max(0, _KEPT - first)]
        estimates = block_estimates(real_blocks, features, first_block) if len(real_blocks) else None
        return cls(Moments.of(features), Numbered(first + np.arange(len(kept)), kept),
                   None if seen.logits is None else ClassSums.of(seen.logits, first, total),
                   estimates and Numbered(first_block + np.arange(len(estimates)), np.array(estimates)))

    def combine(self, other: "Statistics") -> "Statistics":
        """The statistics of both parts together."""
        return Statistics(*(mine and mine.combine(others) for mine, others in zip(self, other, strict=True)))

    def blocks(self) -> list[np.ndarray]:
        """The kept features in equal blocks, for `real_blocks`."""
        rows = self.kept.values
        return np.array_split(rows, -(-len(rows) // BLOCK_SIZE))

    def save(self, path: pathlib.Path, about: dict[str, Any]) -> None:
        """Writes a .npz file, all or nothing, with `about`, which says what the statistics are of."""
        arrays = {f"{name}.{part}": np.asarray(value) for name, group in self._asdict().items() if group is not None
                  for part, value in group._asdict().items()}
        files.save_arrays(path, {"about": np.array(json.dumps(about)), **arrays})

    @classmethod
    def load(cls, path: pathlib.Path) -> tuple["Statistics", dict[str, Any]]:
        """What `save` wrote, and its `about`.

        Raises: `FileNotFoundError` when there is no file, `ValueError` when it is damaged or of another kind.
        """
        try:
            arrays = files.load_arrays(path)
            about = json.loads(str(arrays.pop("about")))
            kinds = {"moments": Moments, "kept": Numbered, "classes": ClassSums, "estimates": Numbered}
            groups = {name: kind(*(arrays[f"{name}.{part}"] for part in kind._fields))
                      if f"{name}.{kind._fields[0]}" in arrays else None for name, kind in kinds.items()}
            moments = groups["moments"]
            return cls(**{**groups, "moments": moments._replace(count=int(moments.count))}), about
        except FileNotFoundError as error:
            raise FileNotFoundError(f"there are no statistics at {path}; make them with --mode=bulk_statistics "
                                    "--dataset=... --output=FOLDER") from error
        except (KeyError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
            raise ValueError(f"{path} is not a file of statistics of this version of wirgan_tf ({error}); make it "
                             "again with --mode=bulk_statistics") from error


def measured(measures: Sequence[str], fake: Statistics, real: Statistics | None) -> list[dict[str, Any]]:
    """For each of `measures`, the fields of `Result` that are its own; `real` may be None for "is" alone.

    Raises: `ValueError` for a measure that cannot be combined, or for too few images.
    """
    return [_MEASURED[name](fake, real) for name in checked_measures(measures) if name != "is" or fake.classes]


def checked_measures(measures: Sequence[str]) -> Sequence[str]:
    """`measures`, all of which can be combined. Raises `ValueError` for others."""
    others = [name for name in measures if name not in COMBINABLE]
    if others:
        raise ValueError(f"the measures {', '.join(others)} cannot be put together from parts of a set; "
                         f"{', '.join(COMBINABLE)} can; for the others see --mode=evaluate")
    return measures


def _fid(fake: Statistics, real: Statistics) -> dict[str, Any]:
    return {"measure": "fid", "value": distance_of_moments(real.moments, fake.moments), "num_real": real.moments.count,
            "note": rank_deficiency(real.moments.count, fake.moments.count, len(fake.moments.mean))}


def _is(fake: Statistics, real: Statistics | None) -> dict[str, Any]:
    mean, std = fake.classes.score()
    return {"measure": "is", "value": mean, "std": std, "splits": len(fake.classes.counts), "split": "", "num_real": 0}


def _kid(fake: Statistics, real: Statistics) -> dict[str, Any]:
    numbers, values = fake.estimates
    blocks = numbers % len(real.blocks())
    std = over_blocks([values[blocks == block].mean() for block in np.unique(blocks)]).std
    value = float(values.mean())  # its error is over real blocks: estimates that share one are not independent
    return {"measure": "kid", "value": value, "std": std, "block_size": BLOCK_SIZE, "num_real": len(real.kept.numbers)}


_MEASURED = dict(zip(COMBINABLE, (_fid, _is, _kid), strict=True))
