"""Measures of generated images: pure functions of features and samples, each with its protocol in its result."""

from wirgan_tf.evaluation.attribute_accuracy import attribute_accuracy
from wirgan_tf.evaluation.by_class import ByClass, intra_fid, recall_per_class
from wirgan_tf.evaluation.classifier import ATTRIBUTES, LABEL, SEEDS, Classifier, load_classifier, train_classifier
from wirgan_tf.evaluation.classifier_error import ClassifierError, classifier_error
from wirgan_tf.evaluation.code_correlation import code_correlation, slant, thickness
from wirgan_tf.evaluation.code_purity import CodePurity, code_purity
from wirgan_tf.evaluation.condition_accuracy import condition_accuracy
from wirgan_tf.evaluation.density_coverage import DensityCoverage, density_coverage
from wirgan_tf.evaluation.features import FEATURE_NETWORKS, Activations, FeatureNetwork, extract, feature_network
from wirgan_tf.evaluation.frechet_distance import frechet_distance
from wirgan_tf.evaluation.gam import (
    THRESHOLDS,
    Battle,
    Place,
    Verdicts,
    comparable,
    gam,
    pairs,
    round_robin,
    thresholds,
)
from wirgan_tf.evaluation.inception_score import InceptionScore, inception_score
from wirgan_tf.evaluation.kernel_distance import KernelDistance, kernel_distance, kernel_distance_and_std
from wirgan_tf.evaluation.measures import MEASURES, check_conditions, measure_of
from wirgan_tf.evaluation.measuring import evaluate, evaluate_samples
from wirgan_tf.evaluation.mode_coverage import ModeCoverage, mode_coverage
from wirgan_tf.evaluation.modes import Modes, mode_numbers, modes
from wirgan_tf.evaluation.nearest_distances import NearestDistances, nearest_distances
from wirgan_tf.evaluation.precision_recall import PrecisionRecall, precision_recall
from wirgan_tf.evaluation.protocol import REPORT_SEED, SELECTION_SEED, Draw, Instruments, Protocol
from wirgan_tf.evaluation.real_features import real_activations, some_real_examples, some_real_images
from wirgan_tf.evaluation.report import Result, append, latest, table, write_summaries
from wirgan_tf.evaluation.suitability import Judged, check_suits, check_tells_classes, difference_of_data

__all__ = [
    "ATTRIBUTES", "FEATURE_NETWORKS", "LABEL", "MEASURES", "REPORT_SEED", "SEEDS", "SELECTION_SEED",
    "THRESHOLDS", "Activations", "Battle", "ByClass", "Classifier", "ClassifierError", "CodePurity",
    "DensityCoverage", "Draw", "FeatureNetwork", "InceptionScore", "Instruments", "Judged", "KernelDistance",
    "ModeCoverage", "Modes", "NearestDistances", "Place", "PrecisionRecall", "Protocol", "Result", "Verdicts",
    "append", "attribute_accuracy", "check_conditions", "check_suits", "check_tells_classes",
    "classifier_error", "code_correlation", "code_purity", "comparable", "condition_accuracy",
    "density_coverage", "difference_of_data", "evaluate", "evaluate_samples", "extract", "feature_network",
    "frechet_distance", "gam", "inception_score", "intra_fid", "kernel_distance", "kernel_distance_and_std",
    "latest", "load_classifier", "measure_of", "mode_coverage", "mode_numbers", "modes", "nearest_distances",
    "pairs", "precision_recall", "real_activations", "recall_per_class", "round_robin", "slant",
    "some_real_examples", "some_real_images", "table", "thickness", "thresholds", "train_classifier",
    "write_summaries",
]
