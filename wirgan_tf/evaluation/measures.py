"""The measures by name: each computes results from what was seen."""

import warnings
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

import numpy as np

from wirgan_tf.evaluation.attribute_accuracy import attribute_accuracy, question_names
from wirgan_tf.evaluation.by_class import (
    FEWEST_OF_INTRA_FID,
    FEWEST_OF_RECALL,
    ByClass,
    intra_fid,
    num_compared,
    recall_per_class,
)
from wirgan_tf.evaluation.classifier_error import classifier_error
from wirgan_tf.evaluation.code_correlation import code_correlation
from wirgan_tf.evaluation.code_purity import code_purity
from wirgan_tf.evaluation.condition_accuracy import condition_accuracy, quality_accuracies
from wirgan_tf.evaluation.density_coverage import density_coverage
from wirgan_tf.evaluation.evidence import Evidence
from wirgan_tf.evaluation.examples import CLASS, PARTNER
from wirgan_tf.evaluation.frechet_distance import frechet_distance, rank_deficiency
from wirgan_tf.evaluation.inception_score import inception_score
from wirgan_tf.evaluation.kernel_distance import BLOCK_SIZE, kernel_distance_and_std
from wirgan_tf.evaluation.modes import USUAL_SAMPLES, modes
from wirgan_tf.evaluation.precision_recall import precision_recall
from wirgan_tf.registry import Registry

_SPLITS = 10  # of the Inception Score, each of 2 samples or more
_NEIGHBORS_OF_PRECISION, _NEIGHBORS_OF_DENSITY = 3, 5

Measured = list[dict]  # fields of `Result` that are the measure's own


class Measure(NamedTuple):
    """A measure, and what it needs.

    instrument: what must look at images: "network", "classifier" (a network that knows the data set's classes),
      "classifiers" (two of them), "attributes" (a classifier of attributes), "critic", "channels" (a classifier of what
      is in one channel), "image" (the image itself), "partner" (the image that it should be), or "cycle" (the model
      that translates it back).
    fewest: how many samples it needs, and how many real images, when it compares with them.
    condition: name of the condition that samples must have been asked for; "" for none.
    of_example: what the examples that conditions are taken from must have, by its name in `evaluation.examples`.
    fewest_of_class: for a measure of samples that are asked for class by class, how many samples, and how many real
      images, it needs of each class; 0 for a measure of samples with any conditions.
    results: names of its results, when they do not begin with the measure's name.
    """

    instrument: str
    function: Callable[[Evidence], Measured]
    higher_is_better: bool = False
    condition: str = ""
    of_example: tuple[str, ...] = ()
    fewest_of_class: int = 0
    results: tuple[str, ...] = ()
    fewest: int = 1

    def needed(self, num_classes: int) -> int:
        """How many samples it needs when there are this many classes."""
        return max(self.fewest, self.fewest_of_class * num_classes)


def _check_enough(measure: str, fake: np.ndarray, real: np.ndarray | None = None) -> None:
    """Raises `ValueError` for fewer samples, or real images to compare them with, than the measure needs."""
    fewest = MEASURES[measure].fewest
    for kind, rows in (("samples", fake), ("real images", real)):
        if rows is not None and len(rows) < fewest:
            raise ValueError(f"the measure {measure} needs at least {fewest} {kind}, and there are {len(rows)}: take "
                             f"more, or leave {measure} out of the measures")


def _fid(seen: Evidence) -> Measured:
    _check_enough("fid", seen.fake.features, seen.real.features)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the result's note says it
        value = frechet_distance(seen.real.features, seen.fake.features)
    return [{"measure": "fid", "value": value,
             "note": rank_deficiency(len(seen.real.features), *seen.fake.features.shape)}]


def _kid(seen: Evidence) -> Measured:
    _check_enough("kid", seen.fake.features, seen.real.features)
    value, std = kernel_distance_and_std(seen.real.features, seen.fake.features)
    return [{"measure": "kid", "value": value, "std": std, "block_size": BLOCK_SIZE}]


def _is(seen: Evidence) -> Measured:
    if seen.fake.logits is None:
        return []
    _check_enough("is", seen.fake.logits)
    mean, std = inception_score(seen.fake.logits, _SPLITS)
    return [{"measure": "is", "value": mean, "std": std, "splits": _SPLITS, "split": "", "num_real": 0}]


def _precision_recall(seen: Evidence, k: int = _NEIGHBORS_OF_PRECISION) -> Measured:
    _check_enough("precision_recall", seen.fake.features, seen.real.features)
    return _of_equally_many(precision_recall, seen, k)


def _density_coverage(seen: Evidence, k: int = _NEIGHBORS_OF_DENSITY) -> Measured:
    _check_enough("density_coverage", seen.fake.features, seen.real.features)
    return _of_equally_many(density_coverage, seen, k)


def _of_equally_many(measure, seen: Evidence, k: int) -> Measured:
    """The manifolds of two sets are comparable only when both have equally many points."""
    count = min(len(seen.real.features), len(seen.fake.features))
    found = measure(seen.real.features[:count], seen.fake.features[:count], k=k)
    return [{"measure": name, "value": value, "k": k, "num_samples": count, "num_real": count}
            for name, value in found._asdict().items()]


def _classifier_error(seen: Evidence) -> Measured:
    found = classifier_error(*seen.logits)
    return [{"measure": f"classifier_error_{name}", "value": value, "split": "", "num_real": 0}
            for name, value in found._asdict().items()]


def _wasserstein(seen: Evidence) -> Measured:
    """E[s] - E[r]: the critic's estimate of the distance, in units of its own."""
    real, fake = (scores.mean(dtype=np.float64) for scores in seen.scores)
    return [{"measure": "wasserstein", "value": float(real - fake), "note": "in the critic's own units"}]


def _modes(seen: Evidence) -> Measured:
    return [{"measure": "modes", "value": float(modes(seen.modes, len(seen.class_names)).hit), **_of_modes(seen)}]


def _mode_divergence(seen: Evidence) -> Measured:
    return [{"measure": "mode_divergence", "value": modes(seen.modes, len(seen.class_names)).divergence,
             **_of_modes(seen)}]


def _of_modes(seen: Evidence) -> dict:
    usual = "" if len(seen.modes) == USUAL_SAMPLES else f"; published ones are of {USUAL_SAMPLES:,} samples"
    return {"split": "", "num_real": 0, "note": f"of {len(seen.class_names):,} modes{usual}"}


def _condition_accuracy(seen: Evidence) -> Measured:
    return _accuracies("condition_accuracy", seen.conditions["label"], seen, {"split": "", "num_real": 0})


def _text_accuracy(seen: Evidence) -> Measured:
    return _accuracies("text_accuracy", seen.kept, seen, {"num_real": 0})


def _accuracies(measure: str, labels: np.ndarray, seen: Evidence, about: dict) -> Measured:
    """How often the class `labels` is seen, and each quality of it."""
    logits, names = seen.fake.logits, [name for name, _ in seen.class_qualities]
    each = quality_accuracies(logits, labels, [len(values) for _, values in seen.class_qualities]) if names else []
    return [{"measure": measure, **about, **_by_class(condition_accuracy(logits, labels), seen)},
            *({"measure": f"{measure}_{name}", "value": value, **about}
              for name, value in zip(names, each, strict=True))]


def _mismatch(seen: Evidence) -> Measured:
    """D(x, t) - D(x', t), x' a real image that t does not describe: whether the critic reads t."""
    own, other = (scores.astype(np.float64) for scores in seen.pairs)
    about = {"num_samples": len(own), "num_real": len(own)}
    return [{"measure": "mismatch_margin", "value": float((own - other).mean()),
             "note": "in the critic's own units", **about},
            {"measure": "mismatch_ranked", "value": float((own > other).mean()), **about}]


def _intra_fid(seen: Evidence) -> Measured:
    labels = seen.conditions["label"]
    found = intra_fid(seen.real.features, seen.real_labels, seen.fake.features, labels, len(seen.class_names))
    fewest = [int(np.bincount(of_set).min()) for of_set in (seen.real_labels, labels)]
    notes = [f"the rarest class has {fewest[0]} real images" if fewest[0] < fewest[1] else "",
             rank_deficiency(*fewest, seen.fake.features.shape[1])]
    return [{"measure": "intra_fid", "note": "; ".join(filter(None, notes)), **_by_class(found, seen)}]


def _recall_per_class(seen: Evidence, k: int = 3) -> Measured:
    labels, num_classes = seen.conditions["label"], len(seen.class_names)
    found = recall_per_class(seen.real.features, seen.real_labels, seen.fake.features, labels, num_classes, k)
    count = num_compared(seen.real_labels, labels, num_classes)
    return [{"measure": "recall_per_class", "k": k, "per_class": count, "num_samples": num_classes * count,
             "num_real": num_classes * count, **_by_class(found, seen)}]


def _by_class(found: ByClass, seen: Evidence) -> dict[str, object]:
    names = seen.class_names or range(len(found.classes))
    return {"value": found.value, "by_class": {str(name): float(value) for name, value in
                                               zip(names, found.classes, strict=True) if np.isfinite(value)}}


def _code_purity(seen: Evidence) -> Measured:
    found = code_purity(seen.conditions["category"], seen.fake.logits)
    names = seen.class_names or range(seen.fake.logits.shape[1])
    matched = ", ".join(f"{code}: {'none' if number < 0 else names[number]}"
                        for code, number in enumerate(found.classes))
    return [{"measure": "code_purity", "value": found.purity, "split": "", "num_real": 0,
             "note": f"classes of the codes: {matched}"}]


def _code_correlation(seen: Evidence) -> Measured:
    _check_enough("code_correlation", seen.conditions["codes"])
    return [{"measure": f"code_correlation_{number}_{name}", "value": float(value), "split": "", "num_real": 0}
            for name, quantity in seen.strokes._asdict().items()
            for number, value in enumerate(code_correlation(seen.conditions["codes"], quantity))]


def _of_partner(name: str) -> Callable[[Evidence], Measured]:
    return lambda seen: [{"measure": name, "value": float(getattr(seen.partner, name).mean(dtype=np.float64)),
                          "num_real": len(seen.partner.l1)}]


def _cycle_error(seen: Evidence) -> Measured:
    return [{"measure": "cycle_error", "value": float(seen.cycle.mean(dtype=np.float64)), "num_real": 0}]


def _class_kept(seen: Evidence) -> Measured:
    return _accuracies("class_kept", seen.kept, seen, {"num_real": 0})


def _attribute_accuracy(seen: Evidence) -> Measured:
    entry = seen.asked_attributes
    found = attribute_accuracy(seen.attributes, seen.conditions["attributes"], entry.group_places)
    by_question = dict(zip(question_names(entry), found.classes.tolist(), strict=True))
    return [{"measure": "attribute_accuracy", "value": found.value, "split": "", "num_real": 0,
             "by_class": {name: value for name, value in by_question.items() if np.isfinite(value)}}]


MEASURES: Registry[Measure] = Registry("measure", {
    "fid": Measure("network", _fid, fewest=2),
    "kid": Measure("network", _kid, fewest=2),
    "is": Measure("network", _is, higher_is_better=True, fewest=2 * _SPLITS),
    "precision_recall": Measure("network", _precision_recall, higher_is_better=True, fewest=_NEIGHBORS_OF_PRECISION + 1,
                                results=("precision", "recall")),
    "density_coverage": Measure("network", _density_coverage, higher_is_better=True, fewest=_NEIGHBORS_OF_DENSITY + 1,
                                results=("density", "coverage")),
    "classifier_error": Measure("classifiers", _classifier_error),
    "wasserstein": Measure("critic", _wasserstein),
    "modes": Measure("channels", _modes, higher_is_better=True),
    "mode_divergence": Measure("channels", _mode_divergence),
    "condition_accuracy": Measure("classifier", _condition_accuracy, higher_is_better=True, condition="label"),
    "text_accuracy": Measure("classifier", _text_accuracy, higher_is_better=True, condition="embedding",
                             of_example=(CLASS,)),
    "mismatch": Measure("critic", _mismatch, higher_is_better=True, condition="embedding"),
    "intra_fid": Measure("network", _intra_fid, condition="label", fewest_of_class=FEWEST_OF_INTRA_FID),
    "recall_per_class": Measure("network", _recall_per_class, higher_is_better=True, condition="label",
                                fewest_of_class=FEWEST_OF_RECALL),
    "attribute_accuracy": Measure("attributes", _attribute_accuracy, higher_is_better=True, condition="attributes"),
    "code_purity": Measure("classifier", _code_purity, higher_is_better=True, condition="category"),
    "code_correlation": Measure("image", _code_correlation, higher_is_better=True, condition="codes",
                                fewest=2),
    "l1": Measure("partner", _of_partner("l1"), condition="source", of_example=(PARTNER,)),
    "psnr": Measure("partner", _of_partner("psnr"), higher_is_better=True, condition="source", of_example=(PARTNER,)),
    "ssim": Measure("partner", _of_partner("ssim"), higher_is_better=True, condition="source", of_example=(PARTNER,)),
    "class_kept": Measure("classifier", _class_kept, higher_is_better=True, condition="source", of_example=(CLASS,)),
    "cycle_error": Measure("cycle", _cycle_error, condition="source"),
})


def check_conditions(measures: Iterable[str], conditions: Collection[str]) -> None:
    """Raises `ValueError` for a measure that needs samples with a condition that is not among `conditions`."""
    for name in measures:
        condition = MEASURES[name].condition
        if condition and condition not in conditions:
            raise ValueError(f"the measure {name} needs a model whose samples are asked for by {condition}, and this "
                             f"one's are by {', '.join(conditions) or 'nothing'}; leave it out")


def measure_of(result: str) -> Measure:
    """The measure that gives results of the name `result`, as in "precision". Raises `ValueError` for no such name.

    >>> measure_of("recall").higher_is_better, measure_of("classifier_error_doubt").instrument
    (True, 'classifiers')
    """
    for name, measure in MEASURES.items():
        if result in measure.results or result == name or result.startswith(f"{name}_"):
            return measure
    raise ValueError(f"no measure gives results of the name {result!r}; the measures are: {', '.join(MEASURES)}")
