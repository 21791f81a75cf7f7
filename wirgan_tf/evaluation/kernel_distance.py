"""Kernel distance between two sets of features: KID (Binkowski et al. 2018, arXiv 1801.01401)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wirgan_tf.evaluation import checks, tfgan

BLOCK_SIZE = 1024


class KernelDistance(NamedTuple):
    """`std` is the standard error over blocks, None when there was only one block."""

    value: float
    std: float | None


def kernel_distance(real: np.ndarray | tf.Tensor, fake: np.ndarray | tf.Tensor, *, block_size: int = BLOCK_SIZE,
                    seed: int = 0) -> float:
    """The value of `kernel_distance_and_std`."""
    return kernel_distance_and_std(real, fake, block_size=block_size, seed=seed).value


def kernel_distance_and_std(real: np.ndarray | tf.Tensor, fake: np.ndarray | tf.Tensor, *,
                            block_size: int = BLOCK_SIZE, seed: int = 0) -> KernelDistance:
    """Squared maximum mean discrepancy under the kernel (x . y / d + 1)^3, by TF-GAN's unbiased block estimator.

    Args:
      real: [n, d] features of real images, n >= 2.
      fake: [m, d] features of generated images, m >= 2.
      block_size: most rows of a block; each block gives one estimate, the result is their mean.
      seed: of the order in which rows are assigned to blocks: the estimator is wrong for sorted rows.

    Returns: the distance, about 0 (also slightly below) for two samples of one distribution, and its standard error.
    Raises: `ValueError` for sets that are not features of that shape, or too unequal in number to split into blocks.
    """
    real, fake = checks.rows(minimum=2, real=real, fake=fake)
    if block_size < 2:
        raise ValueError(f"block_size={block_size}: a block needs at least 2 rows")
    blocks = -(-max(len(real), len(fake)) // block_size)
    if min(len(real), len(fake)) < 2 * blocks:
        raise ValueError(f"{len(real)} real and {len(fake)} generated rows cannot be shared out among {blocks} blocks "
                         f"of 2 or more; take more samples or a larger block_size than {block_size}")
    random = np.random.default_rng(seed)
    dealt = [np.split(random.permutation(len(rows)) if blocks > 1 else np.arange(len(rows)),
                      _boundaries(len(rows), blocks)) for rows in (real, fake)]
    # One block at a time, so that TF-GAN copies the rows of one block only.
    values = [_of_block(real[real_rows], fake[fake_rows]) for real_rows, fake_rows in zip(*dealt, strict=True)]
    return over_blocks(values)


def over_blocks(values: Sequence[float]) -> KernelDistance:
    """The mean of the blocks' estimates, and its standard error."""
    std = float(np.std(values, ddof=1)) / len(values)**0.5 if len(values) > 1 else None
    return KernelDistance(float(np.mean(values)), std)


def block_estimates(real_blocks: Sequence[np.ndarray], fake: np.ndarray, first_block: int) -> list[float]:
    """Estimates of part of a large set of generated images, against a smaller set of real ones.

    Args:
      real_blocks: features [r, d] each, r >= 2, in random order; generated block b is compared with real block b modulo
        their number.
      fake: [m, d] features of the part, in random order; it is cut into equal blocks of at most `BLOCK_SIZE` rows.
      first_block: b of the part's first block.

    Returns: one estimate for each block; the mean over all parts estimates the distance without bias.
    Raises: `ValueError` for a part of a single row.
    """
    if len(fake) < 2:
        raise ValueError("a block of 1 generated row; the kernel distance needs at least 2: take more samples")
    blocks = np.array_split(fake, -(-len(fake) // BLOCK_SIZE))
    return [_of_block(real_blocks[number % len(real_blocks)], block)
            for number, block in enumerate(blocks, first_block)]


def _of_block(real: np.ndarray, fake: np.ndarray) -> float:
    value, _ = tfgan.formulas().kernel_classifier_distance_and_std_from_activations(
        tf.convert_to_tensor(real), tf.convert_to_tensor(fake), max_block_size=max(len(real), len(fake)),
        dtype=tf.float64)
    return float(value)


def _boundaries(count: int, blocks: int) -> list[int]:
    """Where TF-GAN cuts `count` rows into `blocks`: the smaller ones come first.

    >>> _boundaries(1030, 3)
    [343, 686]
    """
    smaller, larger = count // blocks, count % blocks
    return [smaller * block + max(0, block - (blocks - larger)) for block in range(1, blocks)]
