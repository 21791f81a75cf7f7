"""--mode=bulk_translate."""

import dataclasses
import pathlib

from wirgan_tf import __version__
from wirgan_tf.bulk.translation import SUFFIX, TranslationJob, names_hash
from wirgan_tf.commands.bulk_job import Sharded
from wirgan_tf.commands.common import OneExport, required_path
from wirgan_tf.commands.translate import Translation, translating
from wirgan_tf.exporting import open_export
from wirgan_tf.files import saved_model_hash
from wirgan_tf.models import asking
from wirgan_tf.parts import setting
from wirgan_tf.translation.files import tasks
from wirgan_tf.translation.translator import translator


@dataclasses.dataclass(frozen=True)
class BulkTranslate(OneExport, Translation, Sharded):
    """Translates a folder of pictures by an export, in shards, in processes of this machine or on a cluster."""

    shard_samples: int = setting(256, "most pictures in a shard, which is done whole or not at all", at_least=1)

    def run(self) -> None:
        """Raises `OSError` when some pictures could not be read, after the others have been translated."""
        self.require_beam()
        model, metadata = self.found_export()
        export = translating(open_export(model), metadata["model"])
        translator(export, export.condition_specs, export.shape[-1], metadata["data_settings"], self.asked)
        source = required_path(self, "input", "a folder of pictures").resolve()
        if not source.is_dir():
            raise FileNotFoundError(f"input={source} is no folder; --mode=translate takes single pictures")
        folder = self.folder(SUFFIX)
        files = tasks(source, folder.path)
        total, names = len(files), names_hash(files, source)
        job = TranslationJob(model.resolve(), folder, source, total, self.asked, names)
        shards = self.shards(total)
        if folder.begin(self._described(model, source, total, names)) is None:
            self.carry_out(job, folder, shards)
            folder.finish(shards)
        broken = job.broken(shards)
        print(f"{total - len(broken)} of {total} pictures translated to {folder.path / 'translations'}")
        if broken:
            raise OSError(f"{len(broken)} of {total} pictures could not be read: {asking.shown(broken)}")

    def _described(self, model: pathlib.Path, source: pathlib.Path, total: int, names: str) -> dict[str, object]:
        """What two jobs must have in common to be the same."""
        return {"mode": self.name, "code_version": __version__, "model_version": model.name,
                "model_hash": saved_model_hash(model), "input": str(source), "pictures": total, "names_hash": names,
                "shard_samples": self.shard_samples, **dataclasses.asdict(self.asked)}
