"""Measuring a generator: its images, the instruments that look at them, and the results."""

import collections
import dataclasses
import itertools
import pathlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import tensorflow as tf
import tqdm

from wirgan_tf.data import Source, conditions_of, distinct_images, source_count
from wirgan_tf.evaluation import checks, files
from wirgan_tf.evaluation.by_class import check_counts
from wirgan_tf.evaluation.evidence import Evidence
from wirgan_tf.evaluation.examples import ATTRIBUTES, CLASS, entries
from wirgan_tf.evaluation.features import FeatureNetwork
from wirgan_tf.evaluation.looking import gathered, look
from wirgan_tf.evaluation.measures import MEASURES, check_conditions
from wirgan_tf.evaluation.protocol import Conditions, Draw, Instruments, Protocol
from wirgan_tf.evaluation.real_features import class_by_class, labels_in_order, real_activations, some_real_examples
from wirgan_tf.evaluation.report import Result
from wirgan_tf.models.mismatches import mismatches

_BATCH = 640  # images drawn and looked at together; none is kept


def evaluate(draw: Draw, source: Source, instruments: Instruments, protocol: Protocol, *,
             iteration: int | None = None, training_seed: int | None = None,
             cache: str | pathlib.Path | None = files.CACHE / "features", progress: bool = False) -> list[Result]:
    """Measures a generator against real images, once for each time step that is asked for.

    Images are drawn, looked at and forgotten batch by batch, so memory holds features alone.

    Args:
      draw: the generator.
      source: real images of the same size.
      instruments: what looks at the images.
      protocol: what is measured, and on how many images.
      iteration: generator update of the model, for the results.
      training_seed: of the model's run, for the results.
      cache: folder for features of real images; None to do without.
      progress: show a bar.

    Raises: `ValueError` for images of another size, not finite or outside [-1, 1], a feature network trained on another
    data set, an unknown measure, an instrument that is not there, or too few samples for a measure.
    """
    instruments.check(source, protocol.needs)
    conditions = tuple(draw.conditions(np.arange(1)))
    check_conditions(protocol.measures, conditions)
    sets = [make(draw, source, instruments, protocol, measures, cache) for make, measures in (
        (_by_examples, [name for name in protocol.measures if not MEASURES[name].fewest_of_class]),
        (_by_classes, [name for name in protocol.measures if MEASURES[name].fewest_of_class])) if measures]
    found: dict[str, list[list[dict]]] = {}  # results by measure, of each step
    with tqdm.tqdm(total=sum(asked.count for asked in sets) * protocol.num_seeds, unit="sample", desc="measuring",
                   disable=not progress) as bar:
        for asked in sets:
            seen = [_look_at_fake(draw, protocol.seed + number * protocol.num_samples, source.shape, instruments,
                                  protocol.per_step, asked, bar) for number in range(protocol.num_seeds)]
            for name in asked.measures:
                found[name] = [[{**asked.about, **fields} for fields in
                                _over_seeds([MEASURES[name].function(evidence) for evidence in of_step])]
                               for of_step in zip(*seen, strict=True)]
    about = {"dataset": source.name, "split": protocol.split, "seed": protocol.seed, "num_seeds": protocol.num_seeds,
             "iteration": iteration, "training_seed": training_seed}
    steps = len(next(iter(found.values()), []))
    return [Result(**{**about, **instruments.described(MEASURES[name].instrument),
                      "time_step": step + 1 if steps > 1 else None, **fields})
            for step in range(steps) for name in protocol.measures for fields in found[name][step]]


def evaluate_samples(images: np.ndarray | tf.Tensor, source: Source, network: FeatureNetwork, *, split: str,
                     measures: Sequence[str] = ("fid", "kid", "is", "precision_recall"),
                     cache: str | pathlib.Path | None = files.CACHE / "features") -> list[Result]:
    """Measures existing images, [n, H, W, C] in [-1, 1] in random order, by features alone.

    The results are those of `evaluate`, but without a seed, which is not known. A note says when no value is below 0,
    as with images in [0, 1].
    """
    array = np.asarray(images)
    results = evaluate(_Given(array), source, Instruments(network), Protocol(measures, len(array), split), cache=cache)
    range_note = checks.note_on_range(float(array.min()))
    return [dataclasses.replace(result, seed=None, note="; ".join(filter(None, (result.note, range_note))))
            for result in results]


class _Given:
    """Existing images; their seeds are their indices."""

    def __init__(self, images: np.ndarray):
        self._images = images

    def conditions(self, seeds: np.ndarray) -> Conditions:
        del seeds
        return {}

    def images(self, seeds: np.ndarray, conditions: Conditions) -> np.ndarray:
        del conditions
        return self._images[seeds]

    def canvases(self, seeds: np.ndarray, conditions: Conditions) -> np.ndarray:
        return self.images(seeds, conditions)[np.newaxis]


@dataclasses.dataclass(frozen=True)
class _Set:
    """A set of samples that is measured.

    measures: of the set.
    count: of the samples.
    conditions: indices int64 [N] into the set, and seeds int64 [N] -> what these samples are asked to be.
    real: what was seen of the real images that it is compared with.
    about: fields of `Result`.
    examples: seeds int64 [N] -> what measures need of the examples that were translated, by its name in
      `evaluation.examples`.
    """

    measures: Sequence[str]
    count: int
    conditions: Callable[[np.ndarray, np.ndarray], Conditions]
    real: Evidence
    about: Mapping[str, object]
    examples: Callable[[np.ndarray], Conditions] = lambda seeds: {}

    @property
    def needs(self) -> set[str]:
        return {MEASURES[name].instrument for name in self.measures}


def _by_examples(draw: Draw, source: Source, instruments: Instruments, protocol: Protocol, measures: Sequence[str],
                 cache) -> _Set:
    """Samples with the conditions of examples, as the model draws them by default."""
    needs, real = {MEASURES[name].instrument for name in measures}, distinct_images(source)
    conditions = tuple(draw.conditions(np.arange(1)))
    # A second translation of an image would be the first one again, or nearly so.
    samples = min(protocol.num_samples, source_count(source)) if "source" in conditions else protocol.num_samples
    count = min(protocol.num_samples, real.size)
    features = scores = None
    if "network" in needs:
        features = real_activations(instruments.network, real, protocol.split, count, cache=cache)
    about, pairs = {"class_names": _class_names(source), "class_qualities": _class_qualities(source)}, None
    if "mismatch" in measures:
        pairs = _scores_of_pairs(draw, source, instruments, count)
    if "critic" in needs:
        parts = [instruments.critic(batch["image"], batch) for batch in some_real_examples(real, count)]
        scores = (np.concatenate(parts), np.empty(0))
    of_data, own = [], []
    for name in conditions:
        (of_data if name in source.spec else own).append(name)
    needed = {need: entry for name in measures for need, entry in entries(MEASURES[name].of_example, source).items()}
    if "cycle" in needs and ATTRIBUTES in source.spec:
        needed |= entries([ATTRIBUTES], source)
    choose = conditions_of(source, set(needed.values()))

    def examples(seeds: np.ndarray) -> Conditions:
        found = choose(seeds)
        return {need: found[entry] for need, entry in needed.items()}

    chosen = [f"{', '.join(of_data)} of {protocol.split} examples" if of_data else "",
              f"{', '.join(own)} drawn by the model" if own else ""]
    return _Set(measures, samples, lambda places, seeds: draw.conditions(seeds),
                Evidence(real=features, scores=scores, pairs=pairs, asked_attributes=source.spec.get("attributes"),
                         **about),
                {"num_samples": samples, "num_real": count,
                 "conditions": "; ".join(filter(None, chosen))},
                examples)


def _by_classes(draw: Draw, source: Source, instruments: Instruments, protocol: Protocol, measures: Sequence[str],
                cache) -> _Set:
    """Equally many samples of each class; their other conditions are those of examples of the class.

    Raises: `ValueError` when this leaves too few samples of a class, or a class has too few real images.
    """
    names = _class_names(source)
    strictest = max(measures, key=lambda name: MEASURES[name].fewest_of_class)
    fewest, each = MEASURES[strictest].fewest_of_class, protocol.num_samples // max(len(names), 1)
    if not names:
        raise ValueError(f"the measure {strictest} needs real images with labels, and {source.name!r} has none")
    if each < fewest:
        raise ValueError(f"{protocol.num_samples} samples are {each} of each of {len(names)} classes; {strictest} "
                         f"needs at least {fewest}: take {fewest * len(names)} samples or more")
    examples, labels = class_by_class(distinct_images(source), each)
    counts = np.bincount(labels, minlength=len(names))
    check_counts(counts, fewest, f"the {protocol.split} split of {source.name!r}")
    firsts = np.cumsum(counts) - counts
    real = real_activations(instruments.network, examples, protocol.split, cache=cache)

    def conditions(places: np.ndarray, seeds: np.ndarray) -> Conditions:
        number, place = places // each, places % each
        batch = examples.examples(tf.constant(firsts[number] + place % counts[number]))
        return {name: batch[name].numpy() if name in batch else values
                for name, values in draw.conditions(seeds).items()}

    return _Set(measures, each * len(names), conditions,
                Evidence(real=real, class_names=names, class_qualities=_class_qualities(source),
                         real_labels=labels_in_order(examples)),
                {"num_samples": each * len(names), "per_class": each, "num_real": len(labels),
                 "conditions": "each label equally often"})


def _class_names(source: Source) -> tuple[str, ...]:
    if "label" not in source.spec:
        return ()
    return source.spec["label"].names or tuple(str(number) for number in range(source.num_classes))


def _class_qualities(source: Source) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return source.spec["label"].qualities if "label" in source.spec else ()


def _scores_of_pairs(draw: Draw, source: Source, instruments: Instruments, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The critic's scores of `count` real images with their conditions, and of mismatched images with the same ones."""
    names = [name for name in ("image", "label", *draw.conditions(np.arange(1))) if name in source.spec]
    own, other = [], []
    for batch in some_real_examples(source, count):
        places, found = (array.numpy() for array in mismatches({name: tf.constant(batch[name]) for name in names}))
        own.append(instruments.critic(batch["image"], batch)[found])
        other.append(instruments.critic(batch["image"][places], batch)[found])
    return np.concatenate(own), np.concatenate(other)


def _look_at_fake(draw: Draw, first: int, shape: tuple[int, ...], instruments: Instruments, per_step: bool,
                  asked: _Set, bar: tqdm.tqdm) -> list[Evidence]:
    """The evidence on the samples of a set from seed `first` on, for each time step."""
    by_step: list[dict[str, list]] = []
    all_conditions, kept = [], []
    for start in range(0, asked.count, _BATCH):
        places = np.arange(start, min(start + _BATCH, asked.count))
        conditions = asked.conditions(places, first + places)
        canvases = (draw.canvases(first + places, conditions) if per_step
                    else draw.images(first + places, conditions)[np.newaxis])
        of_examples = asked.examples(first + places)
        by_step = by_step or [collections.defaultdict(list) for _ in canvases]
        for found, images in zip(by_step, canvases, strict=True):
            look(checks.images(images, shape), conditions, of_examples, instruments, asked.needs, found)
        all_conditions.append({name: values for name, values in conditions.items() if values.ndim < 4})  # no images
        kept.append(of_examples.get(CLASS, np.empty(0, np.int64)))
        bar.update(len(places))
    conditions = {name: np.concatenate([part[name] for part in all_conditions]) for name in all_conditions[0]}
    real = asked.real._replace(kept=np.concatenate(kept), conditions=conditions)
    return [gathered(found, real) for found in by_step]


def _over_seeds(by_seed: list[list[dict]]) -> list[dict]:
    """Fields of a measure's results: those of the one seed, or the mean and standard deviation of several."""
    if len(by_seed) == 1:
        return by_seed[0]
    joined = []
    for same in zip(*by_seed, strict=True):
        values = [fields["value"] for fields in same]
        joined.append({**same[0], "value": float(np.mean(values)), "std": float(np.std(values, ddof=1))})
        if any(fields.get("note", "") != same[0].get("note", "") for fields in same):
            joined[-1]["note"] = f"of the first set: {same[0].get('note') or 'nothing'}"
        if "by_class" in same[0]:
            joined[-1]["by_class"] = {name: float(np.mean([fields["by_class"][name] for fields in same
                                                           if name in fields["by_class"]]))
                                      for name in dict.fromkeys(itertools.chain(*(f["by_class"] for f in same)))}
    return joined
