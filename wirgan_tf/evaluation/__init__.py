"""Measures of generated images: pure functions of features and samples, each with its protocol in its result."""

from wirgan_tf.evaluation.brief import MEASURES, evaluate_samples
from wirgan_tf.evaluation.classifier import Classifier, load_classifier, train_classifier
from wirgan_tf.evaluation.density_coverage import DensityCoverage, density_coverage
from wirgan_tf.evaluation.features import FEATURE_NETWORKS, Activations, FeatureNetwork, extract, feature_network
from wirgan_tf.evaluation.frechet_distance import frechet_distance
from wirgan_tf.evaluation.inception_score import InceptionScore, inception_score
from wirgan_tf.evaluation.kernel_distance import KernelDistance, kernel_distance, kernel_distance_and_std
from wirgan_tf.evaluation.precision_recall import PrecisionRecall, precision_recall
from wirgan_tf.evaluation.real_features import real_activations
from wirgan_tf.evaluation.report import Result, append, latest, table

__all__ = [
    "FEATURE_NETWORKS", "MEASURES", "Activations", "Classifier", "DensityCoverage", "FeatureNetwork", "InceptionScore",
    "KernelDistance", "PrecisionRecall", "Result", "append", "density_coverage", "evaluate_samples", "extract",
    "feature_network", "frechet_distance", "inception_score", "kernel_distance", "kernel_distance_and_std",
    "latest", "load_classifier", "precision_recall", "real_activations", "table", "train_classifier",
]
