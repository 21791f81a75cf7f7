"""--mode=study: trains, measures and compares the runs of a study."""

import dataclasses
import functools
import pathlib
from collections.abc import Collection, Mapping, Sequence

from wirgan_tf import evaluation
from wirgan_tf.commands.common import required_path
from wirgan_tf.commands.measuring import Classifiers
from wirgan_tf.config import Config
from wirgan_tf.data import DataSet, StackedMnist, load
from wirgan_tf.files import expanded
from wirgan_tf.parts import flag_name, setting, setting_fields
from wirgan_tf.studies import (
    LAYOUTS,
    Failure,
    Group,
    Job,
    PlannedRun,
    Report,
    Runner,
    RunResults,
    Study,
    check_flagfiles,
    read_run,
    read_study,
    write_report,
)
from wirgan_tf.training.checkpoints import updates_made
from wirgan_tf.training.run_directory import RunDirectory


class RunsFailedError(OSError):
    """Runs of a study could not be made."""


@dataclasses.dataclass(frozen=True)
class StudyRuns(Classifiers):
    """Trains, measures and compares the runs of a study, and writes their report; when started again, it goes on."""

    study: str = setting("", "file of the study, as studies/digits_quick.toml", path=True)
    output: str = setting("", "folder of the runs and of the report", path=True)
    jobs: int = setting(1, "runs at a time; the cores are divided among them", at_least=1)
    data_dir: str = setting("", "folder of the real data, for the runs whose data is in a folder", path=True)

    def run(self) -> None:
        study = read_study(required_path(self, "study", "a .toml file"))
        folder = required_path(self, "output", "a folder for the runs and the report")
        configs = {run: self.config_of(study, run) for run in study.runs()}
        self._check_runs(configs, folder)
        runner = Runner(folder, self.jobs)
        if study.train_classifiers:
            datasets = {config.data for run, config in configs.items() if not run.measuring}
            self._train_classifiers(study, datasets, runner)
        jobs = [self._job(study, run, config, folder) for run, config in configs.items()]
        failures = runner.run(jobs)
        failed = {failure.name for failure in failures}
        made = {run: config for run, config in configs.items() if run.folder not in failed}
        further = self._further(study, made, folder)
        failures += runner.run(further)
        report = _report(study, made, folder, failures)
        more = LAYOUTS[study.layout](report.groups, folder) if study.layout else ""
        page = write_report(report, folder, more)
        print(f"report in {page}")
        if failures:
            others = ", and the report has the others" if made else ""
            raise RunsFailedError(f"{len(failures)} of {len(jobs) + len(further)} jobs failed{others}; "
                                  + "; ".join(f"{failure.name}: {failure.error}" for failure in failures))

    def config_of(self, study: Study, run: PlannedRun) -> Config:
        """The config of a run. Raises `ValueError` that names the run, before any work."""
        from wirgan_tf.command_line import parse  # which knows this class

        try:
            check_flagfiles(run.flags)
            command = parse(["study", *self._flags(study, run)])
            config = command.config()
            command.check_measures(config)
        except ValueError as error:
            raise ValueError(f"{self.study}, runs.{run.group!r}: {error}") from error
        return config.replace(data_dir=self.data_dir) if self._place(config) else config

    def _check_runs(self, configs: Mapping[PlannedRun, Config], folder: pathlib.Path) -> None:
        """Raises `ValueError` for a run that exists with other settings, before any work."""
        for run, config in configs.items():
            try:
                RunDirectory(_run_path(folder, run)).check(config)
            except ValueError as error:
                raise ValueError(f"{self.study}, runs.{run.group!r}: {error}; delete its folder to train it anew, or "
                                 "give another --output") from error

    def _flags(self, study: Study, run: PlannedRun) -> list[str]:
        return [*study.flags_of_report(), *run.flags, f"--seed={run.seed}", "--eval_all_metrics",
                f"--classifiers={self.classifiers}"]

    def _job(self, study: Study, run: PlannedRun, config: Config, folder: pathlib.Path) -> Job:
        path = _run_path(folder, run)
        measures = [*study.flags_of_report(), *run.measuring]
        # Training ends with measuring the newest checkpoint on test images, which saves a start of the program.
        is_measured = (study.checkpoint == "newest" and study.split == "test"
                       and updates_made(RunDirectory(path).checkpoints) < config.iterations)
        commands = [[*self._flags(study, run), *self._place(config), f"--run_dir={path}",
                     f"--report_samples={study.num_samples if is_measured else 0}"]]
        if not is_measured:
            count = min(study.num_samples, _size(config.data, study.split, config.validation_share))
            commands.append(["--mode=evaluate", f"--run_dir={path}", f"--checkpoint={study.checkpoint}",
                             f"--num_samples={count}", f"--split={study.split}",
                             f"--classifiers={self.classifiers}", *measures])
        wanted = {"config": config.to_json(), "measures": measures, "num_samples": study.num_samples,
                  "split": study.split, "checkpoint": study.checkpoint}
        return Job(run.folder, RunDirectory(path), config.iterations, commands, wanted)

    def _further(self, study: Study, made: Mapping[PlannedRun, Config], folder: pathlib.Path) -> list[Job]:
        """Battles of the runs of each data set, seed and conditions whose models have critics, and the toy study."""
        sets: dict[str, list[tuple[PlannedRun, Config]]] = {}
        for run, config in made.items():
            if study.gam and config.objective is not None:
                name = "_".join(["gam", config.dataset, *config.family.condition_names, f"seed{run.seed}"])
                sets.setdefault(name, []).append((run, config))
        jobs = []
        for name, runs in sets.items():
            paths = [_run_path(folder, run) for run, _ in runs]
            if len(paths) > 1:
                flags = ["--mode=gam", f"--checkpoint={study.checkpoint}", *self._place(runs[0][1]),
                         *(f"--run_dir={path}" for path in paths)]
                wanted = {"runs": [str(path) for path in paths], "checkpoint": study.checkpoint,
                          "configs": [config.to_json() for _, config in runs]}
                jobs.append(Job(name, RunDirectory(paths[0]), runs[0][1].iterations, [flags], wanted))
        if study.toy:
            toy = folder / "toy"
            jobs.append(Job("toy", RunDirectory(toy), 0, [["--mode=toy", f"--run_dir={toy}"]], {}))
        return jobs

    def _train_classifiers(self, study: Study, datasets: set[DataSet], runner: Runner) -> None:
        """Trains the missing classifiers of the data sets that have classes."""
        expanded(self.classifiers).mkdir(parents=True, exist_ok=True)
        needs = {evaluation.MEASURES[name].instrument for name in study.measures}
        digits = {dataset.single() if isinstance(dataset, StackedMnist) else dataset for dataset in datasets}
        for dataset in sorted(digits, key=lambda dataset: dataset.source_name):
            for seed in evaluation.SEEDS if "classifiers" in needs else evaluation.SEEDS[:1]:
                try:
                    evaluation.load_classifier(dataset.source_name, self.classifiers, seed=seed)
                except FileNotFoundError:
                    if "label" not in dataset.load("train").spec:
                        break
                    runner.run_program(f"classifier_{dataset.source_name}_{seed}", [
                        "--mode=train_classifier", *_flags_of(dataset), f"--classifier_seed={seed}",
                        f"--classifiers={self.classifiers}"])

    def _place(self, config: Config) -> list[str]:
        """The flag for the folder of a run's data, if the data is in a folder."""
        in_folder = "data_dir" in config.data.settings() and "data_dir" not in config.unused()
        return [f"--data_dir={self.data_dir}"] if self.data_dir and in_folder else []


@functools.cache
def _size(dataset: DataSet, split: str, validation_share: float) -> int:
    """Images in a split."""
    return load(dataset, split, validation_share).size


def _flags_of(dataset: DataSet) -> list[str]:
    """Flags that choose a data set with all its settings."""
    changed = {flag_name(field): getattr(dataset, name) for name, field in setting_fields(dataset).items()
               if getattr(dataset, name) != field.default}
    return [f"--dataset={dataset.name}", *(f"--{name}={value}" for name, value in changed.items())]


def _run_path(folder: pathlib.Path, run: PlannedRun) -> pathlib.Path:
    return folder / "runs" / run.folder


def _report(study: Study, made: Collection[PlannedRun], folder: pathlib.Path, failures: Sequence[Failure]) -> Report:
    found: Mapping[str, list[RunResults]] = {name: [] for name in study.groups}
    for run in made:
        found[run.group].append(read_run(_run_path(folder, run), study.split))
    groups = [Group(name, runs) for name, runs in found.items() if runs]
    return Report(study.title, groups, study.comparisons, failures, study.about)
