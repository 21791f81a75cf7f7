"""Translating a folder in shards: what a worker does with the pictures of one."""

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Callable, Sequence

from wirgan_tf.bulk.folder import Folder
from wirgan_tf.bulk.jobs import take_threads
from wirgan_tf.bulk.shards import Shard
from wirgan_tf.exporting import ExportedTranslator
from wirgan_tf.translation.files import Task, tasks, translate_files
from wirgan_tf.translation.translator import Asked, translator

SUFFIX = ".json"  # of the file that says which of a shard's pictures could not be read


def names_hash(files: Sequence[Task], source: pathlib.Path) -> str:
    """sha256 of the names of pictures below `source`: a shard is positions in their list."""
    names = [file.source.relative_to(source).as_posix() for file in files]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


@dataclasses.dataclass(frozen=True)
class TranslationJob:
    """Translates the `total` pictures of a folder, in the order of their names, by an export.

    model: folder of the version.
    folder: of the job; translations go to `translations/` in it, and a file for each shard names its broken pictures.
    source: folder of the pictures.
    total: pictures in it.
    asked: how they are translated.
    names: `names_hash` of the pictures at the beginning.
    """

    model: pathlib.Path
    folder: Folder
    source: pathlib.Path
    total: int
    asked: Asked
    names: str

    @property
    def files(self) -> list[Task]:
        """Raises `ValueError` when the folder does not have the same pictures as at the beginning."""
        found = tasks(self.source, self.folder.path / "translations")
        if len(found) != self.total:
            raise ValueError(f"{self.source} has {len(found)} pictures, and the job began with {self.total}; leave the "
                             "folder as it was, or begin a job with another output")
        if names_hash(found, self.source) != self.names:
            raise ValueError(f"{self.source} has pictures of other names than when the job began; leave the folder as "
                             "it was, or begin a job with another output")
        return found

    def open(self, threads: int) -> Callable[[Shard], None]:
        take_threads(threads)
        export, files = ExportedTranslator(self.model), self.files
        translate, pixels = translator(export, export.condition_specs, export.shape[-1],
                                       export.metadata["data_settings"], self.asked)

        def do(shard: Shard) -> None:
            part = files[shard.first:shard.first + shard.count]
            done = translate_files(translate, part, pixels, one_by_one=bool(self.asked.tile))
            broken = [each.source.relative_to(self.source).as_posix() for each in done if isinstance(each, Task)]
            report = self.folder.partial(shard)
            report.write_text(json.dumps({"broken": broken}) + "\n")
            self.folder.publish(shard, None, report)

        return do

    def broken(self, shards: list[Shard]) -> list[str]:
        """The pictures of these finished shards that could not be read."""
        return [name for shard in shards for name in json.loads(self.folder.shard(shard).read_text())["broken"]]
