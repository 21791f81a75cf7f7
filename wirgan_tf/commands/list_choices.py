"""--mode=list."""

import dataclasses

from wirgan_tf import evaluation, flagfiles
from wirgan_tf.bulk.formats import FORMATS
from wirgan_tf.commands.mode import Mode
from wirgan_tf.config import AXES
from wirgan_tf.data import DATASETS
from wirgan_tf.exporting import pretrained_names
from wirgan_tf.presets import PRESETS
from wirgan_tf.toy import EXPERIMENTS


@dataclasses.dataclass(frozen=True)
class ListChoices(Mode):
    """Prints every name that a flag can take, and the flagfiles that travel with the package."""

    def run(self) -> None:
        from wirgan_tf.commands import MODES  # which contains this class

        for registry in (MODES, PRESETS, DATASETS, *AXES.values(), evaluation.MEASURES, evaluation.FEATURE_NETWORKS,
                         EXPERIMENTS, FORMATS):
            print(f"{registry.kind}: {', '.join(registry)}")
        print(f"flagfile: {', '.join(flagfiles.packaged())}")
        print(f"pretrained: {', '.join(pretrained_names()) or 'none'}")
