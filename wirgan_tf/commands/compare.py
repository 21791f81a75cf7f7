"""--mode=compare: the report of a study, for existing runs."""

import dataclasses
import pathlib

from wirgan_tf.commands.common import required_path
from wirgan_tf.commands.mode import Mode
from wirgan_tf.parts import setting
from wirgan_tf.studies import Report, grouped, read_run, write_report


@dataclasses.dataclass(frozen=True)
class Compare(Mode):
    """Writes the report of runs that have been trained and measured: runs that differ only in the seed are grouped."""

    run_dirs: tuple[str, ...] = setting((), "folder of a run; repeat the flag for each run: --run_dir=A --run_dir=B",
                                        flag="run_dir", path=True)
    output: str = setting("", "folder of the report", path=True)

    def run(self) -> None:
        if len(self.run_dirs) < 2:
            raise ValueError("--mode=compare needs --run_dir=A --run_dir=B of two runs or more")
        folder = required_path(self, "output", "a folder for the report")
        groups = grouped([read_run(pathlib.Path(path)) for path in self.run_dirs])
        first, *others = [group.name for group in groups]
        report = Report("Comparison of runs", groups, [(name, first) for name in others])
        print(f"report in {write_report(report, folder)}")
