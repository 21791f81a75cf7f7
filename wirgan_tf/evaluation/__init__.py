"""Measures of generated images: pure functions of features and samples, each with its protocol in its result."""

from wirgan_tf.evaluation.classifier import SEEDS, Classifier, load_classifier, train_classifier
from wirgan_tf.evaluation.classifier_error import ClassifierError, classifier_error
from wirgan_tf.evaluation.density_coverage import DensityCoverage, density_coverage
from wirgan_tf.evaluation.features import FEATURE_NETWORKS, Activations, FeatureNetwork, extract, feature_network
from wirgan_tf.evaluation.frechet_distance import frechet_distance
from wirgan_tf.evaluation.gam import Battle, Place, Verdicts, gam, midpoint_threshold, pairs, round_robin
from wirgan_tf.evaluation.inception_score import InceptionScore, inception_score
from wirgan_tf.evaluation.kernel_distance import KernelDistance, kernel_distance, kernel_distance_and_std
from wirgan_tf.evaluation.measures import MEASURES
from wirgan_tf.evaluation.measuring import Draw, Instruments, Protocol, evaluate, evaluate_samples
from wirgan_tf.evaluation.mode_coverage import ModeCoverage, mode_coverage
from wirgan_tf.evaluation.nearest_distances import NearestDistances, nearest_distances
from wirgan_tf.evaluation.precision_recall import PrecisionRecall, precision_recall
from wirgan_tf.evaluation.real_features import real_activations, some_real_examples, some_real_images
from wirgan_tf.evaluation.report import Result, append, latest, table, write_summaries

__all__ = [
    "FEATURE_NETWORKS", "MEASURES", "SEEDS", "Activations", "Battle", "Classifier", "ClassifierError",
    "DensityCoverage", "Draw", "FeatureNetwork", "InceptionScore", "Instruments", "KernelDistance", "ModeCoverage",
    "NearestDistances", "Place", "PrecisionRecall", "Protocol", "Result", "Verdicts", "append", "classifier_error",
    "density_coverage", "evaluate", "evaluate_samples", "extract", "feature_network", "frechet_distance", "gam",
    "inception_score", "kernel_distance", "kernel_distance_and_std", "latest", "load_classifier",
    "midpoint_threshold", "mode_coverage", "nearest_distances", "pairs", "precision_recall", "real_activations",
    "round_robin", "some_real_examples", "some_real_images", "table", "train_classifier", "write_summaries",
]
