"""The report of a study, or of runs that are compared: report.md, report.html and results.csv."""

import csv
import dataclasses
import io
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wirgan_tf import __version__
from wirgan_tf.evaluation import measure_of
from wirgan_tf.files import write_whole
from wirgan_tf.studies.curves import draw_curves
from wirgan_tf.studies.layout import FILES, file_name
from wirgan_tf.studies.page import as_html
from wirgan_tf.studies.results import Column, Data, Group
from wirgan_tf.studies.running import Failure
from wirgan_tf.studies.statistics import paired_difference, summary
from wirgan_tf.tables import markdown_table, without_html

_OF_RESULTS = ("name", "measure", "value", "std", "split", "num_samples", "num_real", "num_seeds", "iteration",
               "features", "features_hash", "resize", "seed", "conditions", "per_class", "splits", "k", "block_size",
               "note")
_OF_RUNS = ("run", "model", "dataset", "time_steps", "training_seed", "run_dir")


@dataclasses.dataclass(frozen=True)
class Report:
    """What a report is about.

    title, about: `about` is Markdown.
    groups: of runs; each has one run or more.
    comparisons: names of groups, of which the first is compared with the second.
    failures: runs that were not made.
    """

    title: str
    groups: Sequence[Group]
    comparisons: Sequence[tuple[str, str]] = ()
    failures: Sequence[Failure] = ()
    about: str = ""

    def of_data(self) -> dict[str, list[Group]]:
        """Groups by the name of what they were measured on: results on different data are not comparable."""
        found: dict[Data, list[Group]] = {}
        for group in self.groups:
            found.setdefault(group.data, []).append(group)
        datasets = [dataset for dataset, _ in found]
        return {dataset if datasets.count(dataset) == 1 else
                f"{dataset} {1 + datasets[:number].count(dataset)}": groups
                for number, (dataset, groups) in enumerate(zip(datasets, found.values(), strict=True))}


def write_report(report: Report, folder: pathlib.Path, more: str = "") -> pathlib.Path:
    """Writes the report into `folder`, and returns the path of report.html.

    Args:
      report: what it is about.
      folder: where it goes; it is made if it is not there. Pictures go into `report_files/` below it.
      more: further sections, Markdown.

    Raises: `OSError` when it cannot be written.
    """
    (folder / FILES).mkdir(parents=True, exist_ok=True)
    sections = [f"# {without_html(report.title)}", report.about, _failures(report), _runs(report), _results(report),
                _comparisons(report), _curves(report, folder), _samples(report, folder), more, _settings(report),
                f"Made by wirgan_tf {__version__}. `results.csv` has every number with its protocol."]
    text = "\n\n".join(section for section in sections if section) + "\n"
    write_whole(folder / "report.md", text.encode())
    write_whole(folder / "results.csv", _csv(report).encode())
    write_whole(folder / "report.html", as_html(text, report.title, folder).encode())
    return folder / "report.html"


def _failures(report: Report) -> str:
    if not report.failures:
        return ""
    rows = [("run", "error", "log")]
    rows += [(failure.name, failure.error, f"`{failure.log}`") for failure in report.failures]
    return f"## Runs that failed\n\n{markdown_table(rows)}"


def _runs(report: Report) -> str:
    rows = [("runs", "model", "data", "T", "updates", "measured after", "training seeds")]
    for name, groups in report.of_data().items():
        for group in groups:
            rows.append((group.name, f"`{group.config.model}`", f"`{name}`", str(group.config.network.time_steps),
                         _range(run.updates for run in group.runs), _range(run.measured for run in group.runs),
                         ", ".join(str(run.seed) for run in group.runs)))
    return f"## Runs\n\n{markdown_table(rows)}"


def _range(counts: Iterable[int | None]) -> str:
    known = [count for count in counts if count is not None]
    return " to ".join(f"{count:,}" for count in dict.fromkeys((min(known), max(known)))) if known else "–"


def _results(report: Report) -> str:
    """A table for each data set: means over training seeds, their standard deviations, and how many there are."""
    splits = sorted({line["split"] for group in report.groups for run in group.runs for line in run.results.values()
                     if line["split"]})
    sections = ["## Results", "Mean over training seeds ± standard deviation (n seeds), on "
                f"{' and '.join(splits) or 'test'} images; an arrow points to the better values."]
    for data, groups in report.of_data().items():
        columns = list(dict.fromkeys(column for group in groups for column in group.columns()))
        if not columns:
            sections.append(f"`{data}`: there are no results yet that report on test or validation images.")
            continue
        lines = {column: run.results[column] for group in groups for run in group.runs for column in run.results}
        labels = _labels(columns)
        rows = [(f"`{data}`", *(f"{labels[column]} {_arrow(column.measure)}" for column in columns))]
        rows += [(group.name, *(_cell(list(group.by_seed(column).values())) for column in columns))
                 for group in groups]
        sections += [markdown_table(rows), "\n".join(f"* {labels[column]}: {_protocol(lines[column])}"
                                                     for column in columns)]
    return "\n\n".join(sections)


def _labels(columns: Sequence[Column]) -> dict[Column, str]:
    """A short name for each column: the measure alone, or with what distinguishes it from another column."""
    labels = {}
    for column in columns:
        same = [other for other in columns if other.measure == column.measure]
        names = {other.name for other in same}
        label = column.measure if len(same) == 1 else column.name
        labels[column] = label if len(same) == len(names) else f"{label} by {column.features_hash[:8]}"
    return labels


def _arrow(measure: str) -> str:
    return "↑" if _is_higher_better(measure) else "" if _is_unjudged(measure) else "↓"


def _is_higher_better(measure: str) -> bool:
    return measure_of(measure).higher_is_better


def _is_unjudged(measure: str) -> bool:
    """Whether two models' values cannot be compared, because each critic has its own scale."""
    return measure_of(measure).instrument == "critic"


def _cell(values: Sequence[float]) -> str:
    if not values:
        return "–"
    return f"{summary(values).shown()} (n = {len(values)})"


def _protocol(line: Mapping[str, Any]) -> str:
    against = f" against {line['num_real']:,} {line['split']} images" if line.get("num_real") else ""
    by = f", by {line['features']}" + (f" ({line['features_hash'][:8]})" if line["features_hash"] else "")
    sets = f", {line['num_seeds']} sets" if line.get("num_seeds", 1) > 1 else ""
    note = f"; {line['note']}" if line.get("note") else ""
    return f"`{line['name']}`, {line['num_samples']:,} samples{sets}{against}{by}{note}"


def _comparisons(report: Report) -> str:
    """Differences on equal training seeds, with intervals and a verdict."""
    groups = {group.name: group for group in report.groups}
    rows = [("first", "second", "measure", "difference", "95 % interval", "seeds", "the first is")]
    alone = []
    for first, second in report.comparisons:
        if first in groups and second in groups:
            compared = list(_compared(groups[first], groups[second]))
            rows += compared
            if not compared:
                alone.append(f"* {first} and {second}: {_why_not_compared(report, groups[first], groups[second])}")
    sections = ["## Comparisons", "Differences, the first minus the second, paired by training seed, with intervals by "
                "Student's t; a single seed tells nothing apart.", markdown_table(rows)] if len(rows) > 1 else []
    if alone:
        sections += ["## Not compared", "\n".join(alone)]
    return "\n\n".join(sections)


def _why_not_compared(report: Report, first: Group, second: Group) -> str:
    if first.data != second.data:
        names = {group.name: data for data, groups in report.of_data().items() for group in groups}
        return f"they are of different data, `{names[first.name]}` and `{names[second.name]}`"
    return ("they share no result of one measure, protocol and feature network for one training seed, but for critics' "
            "scores")


def _compared(first: Group, second: Group) -> Iterable[tuple[str, ...]]:
    if first.data != second.data:
        return
    for column in first.columns():
        if _is_unjudged(column.measure):
            continue
        found = paired_difference(first.by_seed(column), second.by_seed(column), _is_higher_better(column.measure))
        if found is not None:
            interval = "–" if found.interval is None else f"{found.interval[0]:+.3g} to {found.interval[1]:+.3g}"
            yield (first.name, second.name, column.measure, f"{found.mean:+.3g}", interval, str(found.count),
                   found.verdict)


def _curves(report: Report, folder: pathlib.Path) -> str:
    sections = []
    for data, groups in report.of_data().items():
        columns = list(dict.fromkeys(column for group in groups for run in group.runs for column in run.curves))
        labels = _labels(columns)
        for column in columns:
            curves = {group.name: [run.curves[column] for run in group.runs if column in run.curves]
                      for group in groups}
            path = f"{FILES}/curve_{file_name(data)}_{file_name(labels[column])}.svg"
            write_whole(folder / path, draw_curves(f"{labels[column]} {_arrow(column.measure)}", curves))
            sections.append(f"![{labels[column]} on {data}]({path})")
    if not sections:
        return ""
    return "\n\n".join(["## Curves", "Of the brief evaluations on validation images: mean over training seeds; the "
                        "band is from the lowest to the highest seed.", *sections])


def _samples(report: Report, folder: pathlib.Path) -> str:
    sections = []
    for group in report.groups:
        run = next((run for run in group.runs if run.picture), None)
        if run is not None:
            path = f"{FILES}/samples_{file_name(group.name)}.png"
            write_whole(folder / path, run.picture.read_bytes())
            name = without_html(group.name)
            sections.append(f"### {name}, seed {run.seed}\n\n![samples of {name}]({path})")
    return "\n\n".join(["## Samples", *sections]) if sections else ""


def _settings(report: Report) -> str:
    """The settings that differ between groups, and those that all have."""
    if not report.groups:
        return ""
    data = {group.data for group in report.groups}
    hidden = {"seed"} if len({each.dataset for each in data}) < len(data) else {"seed", "data_dir"}
    of_groups = [{name: value for name, value in group.config.settings().items() if name not in hidden}
                 for group in report.groups]
    names = dict.fromkeys(name for settings in of_groups for name in settings)
    differing = [name for name in names if len({repr(settings.get(name)) for settings in of_groups}) > 1]
    shared = ", ".join(f"{name}={of_groups[0][name]}" for name in names if name not in differing)
    rows = [("setting", *(group.name for group in report.groups))]
    rows += [(f"`{name}`", *(str(settings.get(name, "–")) for settings in of_groups)) for name in differing]
    table = markdown_table(rows) if differing else "All settings but the training seed are the same."
    return f"## Settings\n\n{table}\n\nThose of all runs: `{shared}`."


def _csv(report: Report) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*_OF_RUNS, *(f"sample_{name}" if name == "seed" else name for name in _OF_RESULTS)])
    for group in report.groups:
        for run in group.runs:
            config = run.config
            about = (group.name, config.model, config.dataset, config.network.time_steps, run.seed, run.path)
            for line in run.results.values():
                writer.writerow([*about, *(line.get(name, "") for name in _OF_RESULTS)])
    return buffer.getvalue()
