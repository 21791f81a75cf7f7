"""Results that say how they were measured: `Result`, its line in metrics.jsonl and its row in a table."""

import dataclasses
import math
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf

from wirgan_tf.files import append_lines, read_lines
from wirgan_tf.tables import aligned


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """One measured number with its protocol.

    Attributes:
      measure: as in "fid".
      value: the number.
      std: its spread, when there is one: over seeds when there are several; else over splits ("is") or the standard
        error over blocks ("kid").
      num_samples: generated images of each seed.
      dataset: the data set the samples imitate.
      split: of the real images; "" for a measure that looks at samples alone.
      num_real: real images; 0 for a measure that looks at samples alone.
      features: the feature network's name, as in "classifier:mnist".
      features_hash: the feature network's hash.
      resize: how images were brought to the feature network's size.
      seed: of the first sample, when known.
      num_seeds: sets of samples that `value` is the mean of.
      iteration: generator update of the model, when known.
      training_seed: the seed of its training, when known.
      time_step: t of the canvases measured, from 1 on; None for the images, drawn in as many steps as in training.
      conditions: how the conditions of the samples were chosen; "" for an unconditional model.
      per_class: samples of each class, where they were asked for class by class: a name then says "10x100".
      by_class: the measure of each class by its name, where there is one.
      splits, k, block_size: the measure's own settings, where it has them.
      note: what to bear in mind when reading `value`.

    Raises: `ValueError` when `value` is not finite.

    >>> Result(measure="fid", value=8.25, num_samples=1000, num_real=360, dataset="digits", split="test",
    ...        features="pixels", features_hash="0", resize="area 8x8").name
    'fid_1k_digits_test_pixels'
    """

    measure: str
    value: float
    std: float | None = None
    num_samples: int
    dataset: str
    split: str = ""
    num_real: int = 0
    features: str
    features_hash: str
    resize: str
    seed: int | None = None
    num_seeds: int = 1
    iteration: int | None = None
    training_seed: int | None = None
    time_step: int | None = None
    conditions: str = ""
    per_class: int | None = None
    by_class: Mapping[str, float] | None = None
    splits: int | None = None
    k: int | None = None
    block_size: int | None = None
    note: str = ""

    def __post_init__(self):
        if not math.isfinite(self.value):
            raise ValueError(f"{self.name} is {self.value}; a result must be finite: look at the samples")

    @property
    def name(self) -> str:
        """Measure, number of samples, data set, split, feature network and, when one is shown, time step."""
        kind, _, trained_on = self.features.partition(":")
        network = kind if trained_on in ("", self.dataset) else f"{kind}-{trained_on}"
        count = _shortened(self.num_samples)
        if self.per_class is not None:
            count = f"{self.num_samples // self.per_class}x{_shortened(self.per_class)}"
        step = "" if self.time_step is None else f"t{self.time_step}"
        return "_".join(part for part in (self.measure, count, self.dataset, self.split, network, step) if part)

    @property
    def remark(self) -> str:
        """`note`, and the classes of the lowest and the highest value."""
        if not self.by_class:
            return self.note
        low, high = (choose(self.by_class, key=self.by_class.get) for choose in (min, max))
        spread = f"{self.by_class[low]:.3g} (class {low}) .. {self.by_class[high]:.3g} (class {high})"
        return "; ".join(filter(None, (spread, self.note)))


def _shortened(count: int) -> str:
    return f"{count // 1000}k" if count % 1000 == 0 else str(count)


def append(results: Sequence[Result], path: str | pathlib.Path) -> None:
    """Appends a JSON object for each result to the file `path`, all or none.

    Raises: `OSError`, as when the disk is full.
    """
    append_lines(path, [{"name": result.name, **dataclasses.asdict(result)} for result in results])


def latest(path: str | pathlib.Path, iteration: int) -> list[dict[str, Any]]:
    """The last result of each name in the file `path`, for the model at generator update `iteration` or before.

    Returns: objects as `append` wrote them; none when there is no file. Damaged lines are skipped with a warning.
    """
    results = [result for result in read_lines(path, {"name": str, "iteration": int | None})
               if result["iteration"] is not None and result["iteration"] <= iteration]
    results.sort(key=lambda result: result["iteration"])  # an older checkpoint may have been measured later
    return list({result["name"]: result for result in results}.values())


def table(results: Sequence[Result]) -> str:
    """The results for a terminal, one per line.

    >>> print(table([Result(measure="is", value=9.5, std=0.25, num_samples=500, dataset="mnist",
    ...                     features="classifier:mnist", features_hash="0", resize="none")]))
    measure                  value   std  note
    is_500_mnist_classifier    9.5  0.25
    """
    rows = [("measure", "value", "std", "note")]
    rows += [(result.name, f"{result.value:.5g}", "" if result.std is None else f"{result.std:.2g}", result.remark)
             for result in results]
    return aligned(rows, right=(1, 2))


def write_summaries(results: Sequence[Result], folder: str | pathlib.Path) -> None:
    """Shows results in TensorBoard as measures/<name>, at their generator updates; those without one are left out."""
    writer = tf.summary.create_file_writer(str(folder), filename_suffix=".measures")
    with writer.as_default():
        for result in results:
            if result.iteration is not None:
                tf.summary.scalar(f"measures/{result.name}", result.value, step=result.iteration)
    writer.close()
