"""Writes what the benchmarks printed as tables into a page.

    python benchmarks/tables.py build/benchmarks.jsonl docs/performance.md

The tables replace what is between the lines `<!-- benchmarks -->` and `<!-- end of benchmarks -->`.
"""

import json
import pathlib
import sys
from collections.abc import Iterable

BEGIN, END = "<!-- benchmarks -->", "<!-- end of benchmarks -->"
Line = dict[str, object]
# For each benchmark: its title, and its columns by key.
_TABLES = {
    "against_torch": ("Against PyTorch", {
        "work": "generator update, T = 3", "ours_s": "wirgan_tf, s", "eager_s": "PyTorch, s",
        "compiled_s": "compiled, s", "turns": "turns", "ratio": "ratio", "least_ratio": "least",
        "greatest_ratio": "greatest", "wanted": "wanted"}),
    "train_step": ("Generator updates", {
        "shape": "image", "recompute": "recompute", "width": "width", "steps": "T",
        "batch": "batch", "critic_updates": "n_D", "median_s": "median, s", "min_s": "least, s", "cpu_s": "CPU, s",
        "multiply_adds": "multiply-adds",
        "share_of_matmul_rate": "of the matrix product's rate", "memory_gb": "memory, GB"}),
    "profile_step": ("Where their time goes", {
        "shape": "image", "width": "width", "seconds_per_update": "update, s",
        "share": "share of operations' time"}),
    "onednn": ("Everything but training GANs, with oneDNN's operations and with TensorFlow's own", {
        "job": "28x28x1, T = 3", "on_s": "oneDNN, s", "off_s": "TensorFlow's own, s", "ratio": "ratio",
        "least_ratio": "least", "greatest_ratio": "greatest", "cpu_ratio": "of CPU time"}),
    "startup": ("To the first update", {
        "dataset": "data", "width": "width", "import_s": "import, s", "data_s": "data, s", "build_s": "building, s",
        "trace_and_first_update_s": "tracing and first update, s", "median_s": "the program, s",
        "min_s": "least, s"}),
    "input_pipeline": ("Input", {
        "dataset": "data", "update_median_s": "update, s", "pipeline_median_s": "its batches, s",
        "share_percent": "share, %"}),
    "sampling": ("Sampling from an export", {
        "width": "width", "time_steps": "T", "images": "images", "median_s": "median, s",
        "images_per_s": "images a second", "share_of_bare_rate": "of the bare convolutions' rate"}),
    "evaluation_features": ("Features", {"images": "images", "median_s": "median, s",
                                         "share_of_bare_rate": "of the bare network's rate"}),
    "evaluation_all": ("Measures of samples with 2,048 features", {
        "images": "samples", "measure": "measure", "seconds": "in all, s", "memory_gb": "memory, GB"}),
}


def table(lines: Iterable[Line], columns: dict[str, str]) -> list[str]:
    """A row for each line."""
    rows = [[_shown(line.get(key)) for key in columns] for line in lines]
    return [_row(columns.values()), _row(["---"] * len(columns)), *map(_row, rows)]


def iterations(lines: Iterable[Line]) -> list[str]:
    """Seconds per iteration, ours and the paper's, a row for each data set and T."""
    cells: dict[tuple, dict[str, Line]] = {}
    for line in lines:
        cells.setdefault((line["dataset"], line["time_steps"]), {})[line["model"]] = line
    models = list(next(iter(cells.values())))
    rows = [[dataset, str(steps), *(_shown(row[model]["median_s"]) for model in models),
             *(_shown(row[model]["paper_s"]) for model in models)] for (dataset, steps), row in cells.items()]
    titles = ["data", "T", *(f"{model}, s" for model in models), *(f"{model}, the paper's, s" for model in models)]
    return [_row(titles), _row(["---"] * len(titles)), *map(_row, rows)]


def page(text: str, lines: list[Line]) -> str:
    """`text` with the tables of `lines` between its two marks. Raises `ValueError` when it lacks them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no lines {BEGIN} and {END}")
    by_name: dict[str, list[Line]] = {}
    for line in lines:
        by_name.setdefault(line["benchmark"], []).append({**line, "shape": _shape(line)})
    parts = [[f"### {title}", "", *table(by_name[name], columns), ""]
             for name, (title, columns) in _TABLES.items() if name in by_name]
    if "iterations" in by_name:
        found = by_name["iterations"]
        title = f"### Seconds per iteration at width {found[0]['width']} (Table 10)"
        parts.append([title, "", *iterations(found), ""])
    machine = [line for line in lines if "tensorflow" in line][-1]
    versions = "Python {python}, TensorFlow {tensorflow}, Keras {keras}, {cpus} cores.".format(**machine)
    tables = "\n".join([line for part in parts for line in part] + [versions])
    return f"{before}{begin}\n\n{tables}\n\n{end}{after}"


def _shape(line: Line) -> str:
    return "points" if line.get("toy") else "{size}x{size}x{channels}".format(**line) if "size" in line else ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shown(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, dict):
        return ", ".join(f"{name} {share:.0%}" for name, share in value.items() if share >= 0.01)
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    results, target = map(pathlib.Path, sys.argv[1:])
    found = [json.loads(line) for line in results.read_text().splitlines() if line.startswith("{")]
    target.write_text(page(target.read_text(), found))
