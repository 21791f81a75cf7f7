"""The GP-WIRGAN paper's Tables 3 to 10 and its figures, its numbers next to those of a study (Feng et al. 2020)."""

import dataclasses
import functools
import importlib.resources
import math
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wirgan_tf.evaluation import THRESHOLDS, comparable
from wirgan_tf.files import read_lines, write_whole
from wirgan_tf.studies.curves import draw_curves
from wirgan_tf.studies.events import scalars, seconds_of_update
from wirgan_tf.studies.layout import FILES, file_name
from wirgan_tf.studies.results import Group, RunResults
from wirgan_tf.studies.statistics import summary
from wirgan_tf.studies.toml import tomllib
from wirgan_tf.tables import markdown_table
from wirgan_tf.training.run_directory import RunDirectory

TIME_STEPS = (1, 3, 5)
_NAMES = {"gran": "GRAN", "wirgan": "WIRGAN", "gp_wirgan": "GP-WIRGAN", "denoising_vae": "DAVE", "draw": "DRAW"}
_DATA = {"mnist": "MNIST", "cifar10": "CIFAR10", "lsun_church": "LSUN", "celeba": "CelebA"}
_FORMS = {"errors": ("r_test", "r_sample"), "accuracies": ("r_test_of_accuracies", "r_sample_of_accuracies")}


@functools.cache
def printed() -> Mapping[str, Any]:
    """The numbers of the paper; the file describes its own layout."""
    return tomllib.loads(importlib.resources.files("wirgan_tf.studies").joinpath("gp_wirgan_paper.toml").read_text())


@dataclasses.dataclass(frozen=True)
class _Runs:
    """The groups of a study, looked up as the paper names them."""

    groups: Sequence[Group]

    def find(self, model: str, dataset: str, time_steps: int | None = None) -> Group | None:
        return next((group for group in self.groups
                     if (group.config.model, group.config.dataset) == (model, dataset)
                     and time_steps in (None, group.config.network.time_steps)), None)

    @property
    def datasets(self) -> list[str]:
        """The study's data sets, the paper's first, in its order."""
        found = dict.fromkeys(group.config.dataset for group in self.groups)
        return [*(name for name in _DATA if name in found), *(name for name in found if name not in _DATA)]


def sections(groups: Sequence[Group], folder: pathlib.Path) -> str:
    """The tables and figures as Markdown; pictures go into the report's folder."""
    runs = _Runs(groups)
    battles = _battles(groups)
    parts = ["## Tables of the paper", "GP-WIRGAN, Chinese Journal of Computers 43(2), 2020. A dash: the paper has no "
             "such number, or this study no such run."]
    parts += [_gam_table(table, runs, battles) for table in printed()["gam"]]
    parts += [_pattern(runs, battles), _classifier_errors(runs), _inception_scores(runs), _seconds(runs)]
    return "\n\n".join(part for part in (*parts, *_figures(runs, folder)) if part)


# Tables 3 to 7

Battles = Mapping[tuple[str, str, str], Mapping[str, Any]]
"""Lines of gam.jsonl by the folders of both runs and the threshold."""


def _battles(groups: Sequence[Group]) -> Battles:
    found = {}
    for group in groups:
        for run in group.runs:
            for line in read_lines(RunDirectory(run.path).battles_file, {"a": str, "b": str, "threshold": str}):
                found[line["a"], line["b"], line["threshold"]] = line
    return found


def _of_pair(first: Group, second: Group, threshold: str, battles: Battles) -> list[Mapping[str, Any]]:
    """The battles of the runs of equal training seeds."""
    pairs = [(a, b) for a in first.runs for b in second.runs if a.seed == b.seed]
    keys = [(str(a.path), str(b.path), threshold) for a, b in pairs]
    return [battles[key] for key in keys if key in battles]


def _rows_of(table: Mapping[str, Any],
             runs: _Runs) -> Iterator[tuple[str, list[int], list[float] | None, Group, Group]]:
    """Each row of a table of battles that the study has: data, both T, the paper's numbers, both groups."""
    for dataset in runs.datasets:
        for number, steps in enumerate(table["time_steps"]):
            first, second = (runs.find(model, dataset, step)
                             for model, step in zip(table["models"], steps, strict=True))
            if first and second:
                yield dataset, steps, table[dataset][number] if dataset in table else None, first, second


def _gam_table(table: Mapping[str, Any], runs: _Runs, battles: Battles) -> str:
    rows = [("data", *(f"{_NAMES[model]}, M_{number}" for number, model in enumerate(table["models"], 1)),
             "paper: r_test", "r_sample", "threshold", "errors: r_test", "r_sample", "accuracies: r_test", "r_sample")]
    for dataset, steps, paper, first, second in _rows_of(table, runs):
        for threshold in THRESHOLDS:
            lines = _of_pair(first, second, threshold, battles)
            if lines:
                ours = [f"{_geometric_mean([line[ratio] for line in lines]):.3f}"
                        for ratios in _FORMS.values() for ratio in ratios]
                rows.append((_DATA.get(dataset, dataset), *(f"T={step}" for step in steps),
                             *([f"{paper[0]:.2f}", f"{paper[1]:.4g}"] if paper else "––"), threshold, *ours))
    if len(rows) == 1:
        return ""
    return (f"### Table {table['table']}: {table['title']}\n\n"
            "As ratios of errors, M_1 wins below 1; as ratios of accuracies, above 1; several seeds: geometric means."
            f"\n\n{markdown_table(rows)}")


def _geometric_mean(values: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def _pattern(runs: _Runs, battles: Battles) -> str:
    """Which form and threshold look like the paper's tables: r_test near 1 everywhere, and the second model ahead."""
    rows = [("form", "threshold", "r_test within (0.85, 1.1)", "r_sample above 1, as all of the paper's", "both")]
    for form, (r_test, r_sample) in _FORMS.items():
        for threshold in THRESHOLDS:
            lines = [line for table in printed()["gam"] for *_, first, second in _rows_of(table, runs)
                     for line in _of_pair(first, second, threshold, battles)]
            near = [comparable(line[r_test]) for line in lines]
            above = [line[r_sample] > 1 for line in lines]
            both = sum(a and b for a, b in zip(near, above, strict=True))
            rows.append((form, threshold, *(f"{count} of {len(lines)}" for count in (sum(near), sum(above), both))))
    if not battles:
        return ""
    return ("### Which form and threshold give the paper's pattern\n\nEvery r_test of the paper lies within 0.87 to "
            "1.08, and every r_sample above 1, which as errors is for the second model, and as accuracies for the "
            f"first.\n\n{markdown_table(rows)}")


# Tables 8 to 10

def _values(group: Group | None, measure: str) -> list[float]:
    if group is None:
        return []
    return [line["value"] for run in group.runs for line in run.results.values() if line["measure"] == measure]


def _shown(values: Sequence[float], digits: str = ".4g") -> str:
    return summary(values).shown(digits) if values else "–"


def _classifier_errors(runs: _Runs) -> str:
    """Samples have no label to be wrong about: their error is measured by `doubt` and `disagreement`."""
    rows = [("model", "paper: error, %", "doubt, %", "disagreement of two classifiers, %")]
    for model, error in printed()["classifier_error"].items():
        group = runs.find(model, "mnist", 3) or runs.find(model, "mnist")
        ours = [_shown([100 * value for value in _values(group, f"classifier_error_{kind}")])
                for kind in ("doubt", "disagreement")]
        if ours != ["–", "–"]:
            rows.append((_NAMES[model], f"{error}", *ours))
    if len(rows) == 1:
        return ""
    return ("### Table 8: errors of a classifier on samples, MNIST, T = 3\n\nThe paper does not say what is an error "
            f"in an image without a label; `classifier_error` has two readings.\n\n{markdown_table(rows)}")


def _inception_scores(runs: _Runs) -> str:
    rows = [("data", "model", *(f"T={steps}: {whose}" for steps in TIME_STEPS for whose in ("paper", "ours")))]
    for dataset in runs.datasets:
        for model, table in printed()["inception_score"].items():
            ours = [_shown(_values(runs.find(model, dataset, steps), "is")) for steps in TIME_STEPS]
            paper = [f"{mean} ± {deviation}" for mean, deviation in table.get(dataset, [])] or ["–"] * 3
            if set(ours) != {"–"}:
                rows.append((_DATA.get(dataset, dataset), _NAMES[model],
                             *(cell for pair in zip(paper, ours, strict=True) for cell in pair)))
    if len(rows) == 1:
        return ""
    return ("### Table 9: Inception Scores\n\nOurs by the feature network named above; the paper's is not named, so "
            f"the order of T compares, the numbers do not.\n\n{markdown_table(rows)}")


def _seconds(runs: _Runs) -> str:
    rows = [("model", "T", *(f"{_DATA.get(name, name)}: {whose}" for name in runs.datasets
                             for whose in ("paper", "ours")))]
    for model, table in printed()["seconds"].items():
        for number, steps in enumerate(TIME_STEPS):
            cells = []
            for dataset in runs.datasets:
                group = runs.find(model, dataset, steps)
                paper = f"{table[dataset][number]:.4f}" if dataset in table else "–"
                cells += [paper, _shown([seconds for run in group.runs if (seconds := seconds_of_update(run.path))]
                                        if group else [], ".3g")]
            rows.append((_NAMES[model], str(steps), *cells))
    return ("### Table 10: seconds for an update of the generator\n\nOurs: the median over the run, with the critic's "
            "updates before it, while the study's other runs shared the machine; the paper names no machine.\n\n"
            + markdown_table(rows))


# Figures

def _figures(runs: _Runs, folder: pathlib.Path) -> Iterator[str]:
    toy = sorted((folder / "toy").glob("*.png"))
    pictures = [_picture(folder, path, f"toy_{path.stem}", path.stem) for path in toy]
    if pictures:
        yield "\n\n".join(["## Figures of the paper", "### Figures 4 to 6: points in the plane", *pictures])
    for number, model, steps in ((8, "wirgan", 3), (9, "wirgan", 5), (10, "gp_wirgan", 3), (11, "gp_wirgan", 5)):
        shown = [(group, _newest(group.runs[0], "refinement")) for dataset in runs.datasets
                 if (group := runs.find(model, dataset, steps))]
        yield _figure(folder, f"Figure {number}: how {_NAMES[model]}, T = {steps}, draws", shown)
    for number, dataset in ((12, "mnist"), (13, "cifar10")):
        shown = [(group, group.runs[0].picture) for model in ("gran", "wirgan", "gp_wirgan")
                 if (group := runs.find(model, dataset, 3))]
        yield _figure(folder, f"Figure {number}: samples of {_DATA[dataset]}, T = 3", shown)
    yield _figure_14(runs, folder)
    group = runs.find("gp_wirgan", "lsun_church", 3)
    yield _figure(folder, "Figure 15: samples of GP-WIRGAN, LSUN", [(group, group.runs[0].picture)] if group else [])


def _figure(folder: pathlib.Path, title: str, shown: Sequence[tuple[Group, pathlib.Path | None]]) -> str:
    parts = [f"{group.name}:\n\n" + _picture(folder, path, f"{file_name(title)}_{group.name}", group.name)
             for group, path in shown if path]
    return "\n\n".join([f"### {title}", *parts]) if parts else ""


def _figure_14(runs: _Runs, folder: pathlib.Path) -> str:
    """The critic's estimate of the distance as training goes on, and samples at four points of training."""
    group = next((found for dataset in runs.datasets if (found := runs.find("gp_wirgan", dataset, 3))), None)
    curve = scalars(group.runs[0].path, "wasserstein_estimate/validation") if group else {}
    if not curve:
        return ""
    path = f"{FILES}/figure_14.svg"
    write_whole(folder / path, draw_curves("Wasserstein estimate, validation images", {group.name: [curve]}))
    grids = sorted((group.runs[0].path / "samples").glob("samples_*.png"))
    chosen = [grids[round(place * (len(grids) - 1) / 3)] for place in range(4)] if grids else []
    moments = [f"update {int(grid.stem.split('_')[1]):,}:\n\n"
               + _picture(folder, grid, f"figure_14_{grid.stem}", grid.stem) for grid in dict.fromkeys(chosen)]
    return "\n\n".join([f"### Figure 14: samples and loss of {group.name}", f"![estimate]({path})", *moments])


def _newest(run: RunResults, kind: str) -> pathlib.Path | None:
    return max((run.path / "samples").glob(f"{kind}_*.png"), default=None)


def _picture(folder: pathlib.Path, source: pathlib.Path, name: str, text: str) -> str:
    path = f"{FILES}/{file_name(name)}.png"
    write_whole(folder / path, source.read_bytes())
    return f"![{text}]({path})"
