"""Which experiments the study is made of: sheets of panels, like the paper's figures."""

import pathlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PIL import Image

from wirgan_tf.config import AXES, Config
from wirgan_tf.objectives import OBJECTIVES
from wirgan_tf.registry import Registry
from wirgan_tf.toy import figures
from wirgan_tf.toy.experiments import OF_GENERATORS, OF_RUN_FOLDERS, Experiment, Outcome, both_players, critic_alone
from wirgan_tf.toy.numbers import Numbers, append, measure

MODELS = ("sim_wirgan", "sim_gp_wirgan")  # a row each
DATASETS = ("swiss_roll", "gaussians_8", "gaussians_25")  # a column each
TIME_STEPS = (1, 3)
_COLUMNS = 4  # of the sheet of objectives
_ENERGY = {"network": "mlp_autoencoder", "penalty": "none"}
_COMPANIONS = {  # what objectives are trained with in place of simGP-WIRGAN's own: what suits their critics
    "gan": {"penalty": "r1"},
    "gan_minimax": {"penalty": "r1"},
    "lsgan": {"penalty": "r1"},
    "f_gan": {"penalty": "r1"},
    "ls_gan": {"penalty": "gp_one_sided"},
    "gls_gan": {"penalty": "gp_one_sided"},
    "ebgan": _ENERGY | {"margin": 0.2},
    "began": _ENERGY,
    "hinge": {"penalty": "gp_one_sided"},
}

Sheet = list[list[tuple[Experiment, Config]]]
"""Rows of experiments to run and to draw."""
Given = dict[str, Any]
"""Fields of `Config` that were asked for: a given model, data set or T is then the only one, others hold for all."""


def figure_4(given: Given) -> dict[str, Sheet]:
    """The critic alone, against real data plus noise."""
    return {"critic_alone": _sheet(critic_alone, given | {"time_steps": 1})}


def figures_5_and_6(given: Given) -> dict[str, Sheet]:
    """Both players, for each T."""
    return {f"both_players_t{time_steps}": _sheet(both_players, given | {"time_steps": time_steps})
            for time_steps in _asked(given, "time_steps", TIME_STEPS)}


def table_of_objectives(given: Given) -> dict[str, Sheet]:
    """simGP-WIRGAN with every objective in turn, on 25 Gaussians."""
    cells = [(both_players, _config({"model": "sim_gp_wirgan", "dataset": "gaussians_25", "objective": objective}
                                    | _COMPANIONS.get(objective, {}) | given))
             for objective in _asked(given, "objective", tuple(OBJECTIVES))]
    return {"objectives": [cells[first:first + _COLUMNS] for first in range(0, len(cells), _COLUMNS)]}


EXPERIMENTS: Registry[Callable[[Given], dict[str, Sheet]]] = Registry("experiment", {
    "critic_alone": figure_4,
    "both_players": figures_5_and_6,
    "objectives": table_of_objectives,
})


def check_used(sheets: Iterable[Sheet], names: Iterable[str]) -> None:
    """Raises `ValueError` if a setting of `names`, asked for, has an effect in none of the sheets' experiments."""
    panels = [panel for sheet in sheets for row in sheet for panel in row]
    configs = [config for _, config in panels]
    for name in names:
        if name in ("init_from", "init_fresh"):
            raise ValueError(f"{name} has no effect: every experiment starts from random weights; leave it out")
        if name in OF_RUN_FOLDERS:
            raise ValueError(f"{name} has no effect: an experiment leaves its picture and its numbers alone, and "
                             "trains on all training points; leave it out")
        with_generator = [config for experiment, config in panels
                          if experiment is not critic_alone or name not in OF_GENERATORS]
        if configs and not with_generator:
            raise ValueError(f"{name} has no effect: critic_alone has no generator; leave it out, or run both_players")
        if not any(name in config.settings() and name not in config.unused() for config in with_generator):
            reasons = {config.unused()[name] for config in configs if name in config.unused()}
            raise ValueError(f"{name} has no effect in these experiments"
                             + (f": {', '.join(sorted(reasons))}" if reasons else "; leave it out"))


def run(sheet: Sheet, num_samples: int, numbers_file: pathlib.Path) -> tuple[Image.Image, list[Numbers]]:
    """Runs a sheet's experiments: its picture and their numbers, which are appended to the file once they are known."""
    panels, results = [], []
    for row in sheet:
        panels.append([])
        for experiment, config in row:
            outcome = experiment(config, num_samples)
            results.append(measure(outcome))
            append(results[-1], numbers_file)
            panels[-1].append(_panel(outcome, results[-1]))
    return figures.sheet(panels), results


def _panel(outcome: Outcome, numbers: Numbers) -> figures.Panel:
    config, generated = outcome.config, outcome.generated
    if outcome.experiment == "critic_alone":
        found, generated = f"slope {numbers.slope:.2g}", None  # noise about the data, all over the panel
    elif numbers.modes:
        found = f"{numbers.covered}/{numbers.modes} modes, {numbers.good_share:.0%} good"
    else:
        found = f"{numbers.to_real:.3f} from the data"
    title = (f"{config.model}, {config.dataset}, T = {config.network.time_steps}\n"
             f"{config.objective.name}, {config.penalty.name}: {found}")
    return figures.Panel(title, outcome.real, generated, lambda points: outcome.model.critic(points).numpy())


def _sheet(experiment: Experiment, given: Given) -> Sheet:
    return [[(experiment, _config(given | {"model": model, "dataset": dataset}))
             for dataset in _asked(given, "dataset", DATASETS)] for model in _asked(given, "model", MODELS)]


def _asked(given: Given, name: str, otherwise: Sequence) -> Sequence:
    return [given[name]] if name in given else otherwise


def _config(given: Given) -> Config:
    """The config of one experiment, with those of the settings asked for that its parts have."""
    if given["dataset"] not in DATASETS:
        raise ValueError(f"dataset={given['dataset']}: the toy study is of points; the choices are "
                         f"{', '.join(DATASETS)}")
    config = Config(**{name: given[name] for name in ("model", "dataset", *AXES) if name in given})
    config = config.replace(**{name: value for name, value in given.items() if name in config.settings()})
    if config.family.condition_names or config.family.codes():
        raise ValueError(f"family={config.family.name}: the toy study draws points without conditions; use "
                         "family=adversarial")
    return config
