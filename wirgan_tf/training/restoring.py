"""The model of a run that has trained."""

from wirgan_tf.config import Config
from wirgan_tf.models import Model, build_model
from wirgan_tf.training.checkpoints import Checkpoints
from wirgan_tf.training.run_directory import RunDirectory

CHECKPOINTS = {"newest": "none has been reached yet: train it further",
               "best": "none of its evaluations has been reached yet: train it further",
               "watched": "make one with --mode=evaluate --watch"}


def restore_model(config: Config, run: RunDirectory, checkpoint: str = "newest") -> Model:
    """The model of a run at its "newest", "best" or "watched" checkpoint.

    The best one of a run without validation images is its newest.

    Raises: `FileNotFoundError` when it has none; otherwise as `Checkpoints.restore` does.
    """
    model = build_model(config, run.load_spec())
    if checkpoint == "best" and not run.has_validation:
        checkpoint = "newest"
    folder = "watched" if checkpoint == "watched" else "best"
    checkpoints = Checkpoints(model, run.checkpoints, config.keep_checkpoints, folder, config.fixed())
    if not checkpoints.restore(checkpoint != "newest"):
        raise FileNotFoundError(f"{run.path} has no {checkpoint} checkpoint; {CHECKPOINTS[checkpoint]}")
    return model
