"""What the command line makes of its arguments, in process: nothing is run."""

import pathlib
import subprocess
import sys

import pytest

import wirgan_tf.__main__ as module
from wirgan_tf import __version__, main
from wirgan_tf.command_line import flag_kinds, parse
from wirgan_tf.commands import MODES
from wirgan_tf.config import AXES, Config
from wirgan_tf.data import DATASETS
from wirgan_tf.guide import GUIDE
from wirgan_tf.parts import setting_fields

ROOT = pathlib.Path(__file__).parents[1]


def command(*flags):
    return parse(["wirgan_tf", *flags])


def refused(*flags):
    with pytest.raises(ValueError) as caught:  # noqa: PT011, the callers match
        command(*flags)
    return str(caught.value)


class TestARunsSettings:
    def test_defaults_are_the_presets(self):
        assert command("--mode=train").config() == Config()
        assert command("--model=wirgan").config() == Config(model="wirgan")

    def test_flags_of_parts_reach_them(self):
        config = command("--penalty=clipping", "--clip=0.2", "--width=8", "--nosync_batch_norm").config()
        assert (config.penalty.clip, config.network.width, config.network.sync_batch_norm) == (0.2, 8, False)

    def test_a_run_is_continued_by_its_folder_alone(self, tmp_path):
        Config(model="gran", width=8, dataset="mnist").save(tmp_path / "config.json")
        assert command(f"--run_dir={tmp_path}").config() == Config(model="gran", width=8, dataset="mnist")
        assert command(f"--run_dir={tmp_path}", "--iterations=9").config().iterations == 9
        assert command(f"--run_dir={tmp_path}", "--model=gp_wirgan").config() == Config()

    def test_default_run_path(self):
        asked = command("--dataset=mnist", "--time_steps=5")
        assert str(asked.run_path(asked.config())) == "runs/mnist_gp_wirgan_t5"

    def test_going_on_measures_as_before(self):
        asked = command("--run_dir=my runs/x", "--metrics=fid", "--classifiers=c", "--width=3", "--debug")
        assert asked.resume_command(pathlib.Path("my runs/x")) == (
            "python -m wirgan_tf.main '--run_dir=my runs/x' --classifiers=c --metrics=fid")

    @pytest.mark.parametrize(("flags", "message"), [
        (["--divergence=kl"], "divergence is a setting of objective=f_gan, and objective=wgan was chosen"),
        (["--clip=0.1"], "clip is a setting of penalty=clipping, and penalty=gp was chosen"),
        (["--network=mlp", "--kernel_size=3"], "kernel_size is a setting of network=convolutional"),
        (["--optimizer=rmsprop", "--beta_1=0.1"], "beta_1 is a setting of optimizer=adam, and optimizer=rmsprop"),
        (["--data_dir=x"], "data_dir is a setting of dataset=mnist"),
        (["--time_steps=1", "--encoder_activation=tanh"],
         "encoder_activation has no effect: with time_steps=1 no canvas is encoded"),
        (["--model=vae", "--critic_initializer=he"], "critic_initializer has no effect: family=vae has no critic"),
        (["--width=0"], "width=0: must be at least 1"),
        (["--model=wirgn"], r"did you mean 'wirgan'? The choices are: gp_wirgan, wirgan, gran"),
    ])
    def test_settings_without_effect_are_refused(self, flags, message):
        with pytest.raises(ValueError) as caught:  # noqa: PT011, matched below
            command(*flags).config()
        assert message in str(caught.value)

    def test_a_data_set_alone_brings_its_own_settings(self):
        assert command("--mode=train_classifier", "--dataset=celeba", "--image_size=128").changes == {
            "dataset": "celeba", "image_size": 128}
        assert "--width is a flag of --mode=train and --mode=toy" in refused(
            "--mode=bulk_statistics", "--dataset=mnist", "--width=8")


class TestAModesFlags:
    @pytest.mark.parametrize(("flags", "message"), [
        (["--widht=3"], "unknown flag --widht; did you mean --width?"),
        (["--mode=sample", "--wodth=3"], "unknown flag --wodth; see --mode=sample --help"),
        (["--width=many"], "flag --width=many: expected a whole number"),
        (["--width=1.5"], "flag --width=1.5: expected a whole number"),
        (["--penalty_weight=1:x"], "flag --penalty_weight=1:x: expected a number"),
        (["--pad=perhaps"], "flag --pad=perhaps: expected true or false"),
        (["--mode=trian"], "unknown mode 'trian'; did you mean 'train'?"),
        (["train"], "unexpected argument 'train'; did you mean --mode=train?"),
        (["width=8"], "unexpected argument 'width=8'; flags are written --name=value"),
        (["--undefok=widht", "--widht=3"], "unknown flag --undefok=widht"),
        (["--width"], "Missing value for flag --width"),
        (["--flagfile=missing.flags"], "missing.flags"),
        (["--host=0.0.0.0"], "--host is a flag of --mode=serve, and --mode=train, which was asked for, does not use"),
        (["--nocanvases"], "--canvases is a flag of --mode=sample"),
        (["--mode=sample", "--width=8"], "--width is a flag of --mode=train and --mode=toy"),
        (["--mode=evaluate", "--model=gran"], "--model is a flag of --mode=train and --mode=toy"),
        (["--mode=list", "--run_dir=x"], "--run_dir is a flag of --mode=train, --mode=evaluate, --mode=gam"),
        (["--data_dir=my", "pictures"], "'pictures'; flags are written --name=value, values with spaces in quotes"),
        (["--mode=export", "--version=3"], "--version is now --export_version"),
        (["--mode=sample", "--model_dir=x", "--version=3"], "--version is now --export_version"),
        (["--mode=train_classifier", "--seed=1"], "--seed is now --classifier_seed"),
        (["--mode=train_classifier", "--classifier_seed=2"], "classifier_seed=2: must be in [0, 1]"),
        (["--mode=train", "--version"], "--version stands alone"),
        (["--mode=sample", "--num_samples=-1"], "num_samples=-1: must be at least 1"),
        (["--mode=serve", "--rest_port=65536"], "rest_port=65536: must be in [0, 65536)"),
        (["--mode=sample", "--checkpoint=oldest"], "checkpoint=oldest: the choices are newest, best, watched"),
        (["--mode=evaluate", "--split=valid"], "split=valid: the choices are auto, train, validation, test"),
    ])
    def test_others_are_refused(self, flags, message):
        assert message in refused(*flags)

    @pytest.mark.parametrize(("flags", "message"), [
        (["--mode=sample", "--model_dir=x", "--checkpoint=best"], "checkpoint has no effect: an export is of one"),
        (["--mode=sample", "--run_dir=x", "--export_version=2"], "export_version has no effect"),
        (["--mode=sample", "--run_dir=x", "--model_dir=y"], "run_dir and model_dir were both given"),
        (["--mode=evaluate", "--run_dir=x", "--watch", "--checkpoint=best"], "checkpoint has no effect: watch"),
        (["--mode=bulk_sample", "--model_dir=x", "--features=pixels"], "features has no effect: without metrics"),
    ])
    def test_those_without_effect_are_refused(self, flags, message):
        assert message in refused(*flags)

    def test_all_have_one_owner(self):
        """A mode's own flag is no setting of runs that the mode takes too, and two parts together share none."""
        for mode in MODES.values():
            taken = set(mode.axes) | (set(setting_fields(Config)) if mode.takes_run else set())
            for axis in mode.axes:
                taken |= {name for part in (DATASETS if axis == "dataset" else AXES[axis]).values()
                          for name in setting_fields(part)}
            assert not taken & set(setting_fields(mode)), mode.name

    def test_short_forms_and_renamed_flags_are_of_flags_that_there_are(self):
        for mode in MODES.values():
            kinds = flag_kinds(mode)
            assert set(mode.short_forms.values()) | set(mode.renamed.values()) <= set(kinds)
            assert not (set(mode.short_forms) | set(mode.renamed)) & set(kinds)


class TestSeeds:
    def test_a_runs_own(self):
        assert command("--seed=3").config().seed == 3
        assert "seed=4611686018427387904: must be between" in _message(command(f"--seed={2**62}").config)

    @pytest.mark.parametrize("mode", ["sample", "evaluate", "gam", "bulk_sample"])
    def test_seed_is_short_for_sample_seed(self, mode):
        assert command(f"--mode={mode}", "--seed=3").sample_seed == command(f"--mode={mode}",
                                                                            "--sample_seed=3").sample_seed == 3
        assert "--seed is short for --sample_seed, and both were given" in refused(
            f"--mode={mode}", "--seed=3", "--sample_seed=3")

    def test_all_that_are_counted_from_it_fit(self):
        last = 2**62 - 1
        assert command("--mode=sample", f"--seed={last}", "--num_samples=1").sample_seed == last
        assert "and so must be the 2 seeds" in refused("--mode=sample", f"--seed={last}", "--num_samples=2")
        assert "and so must be the 20 seeds" in refused("--mode=evaluate", f"--seed={last}", "--num_samples=10",
                                                        "--eval_seeds=2")
        assert "sample_seed=0" in refused("--mode=bulk_sample", f"--num_samples={2**63}")


def _message(function):
    with pytest.raises(ValueError) as caught:  # noqa: PT011, the caller matches
        function()
    return str(caught.value)


class TestPaths:
    @pytest.fixture(autouse=True)
    def _home(self, monkeypatch):
        monkeypatch.setenv("HOME", "/home/me")

    def test_home_folders_are_written_out(self, tmp_path):
        assert command("--run_dir=~/x").run_dir == "/home/me/x"
        assert command("--dataset=mnist", "--data_dir=~/data").changes["data_dir"] == "/home/me/data"
        assert command("--mode=sample", "--output=~/images/").output == "/home/me/images/"
        (tmp_path / "run.flags").write_text("--run_dir=~/y\n")
        assert command(f"--flagfile={tmp_path}/run.flags").run_dir == "/home/me/y"
        assert command("--mode=gam", "--run_dir=~/a", "--run_dir=b").run_dirs == ("/home/me/a", "b")

    def test_every_setting_that_is_a_place_says_so(self):
        owners = [*MODES.values(), *(part for registry in (DATASETS, *AXES.values()) for part in registry.values())]
        named = {name: field.metadata["path"] for owner in owners for name, field in setting_fields(owner).items()
                 if name.endswith(("_dir", "_dirs", "_path", "_base", "classifiers", "output", "statistics"))}
        assert len(named) == 9
        assert all(named.values())

    @pytest.mark.parametrize("flags", [
        ["--run_dir=gs://bucket/x"], ["--mode=sample", "--output=s3://bucket/x.png"],
        ["--dataset=mnist", "--data_dir=file:///x"], ["--mode=gam", "--run_dir=a", "--run_dir=gs://b"],
        ["--mode=serve", "--model_base=https://x"]])
    def test_addresses_are_refused(self, flags):
        assert "expected a path on this machine, not an address" in refused(*flags)

    def test_nobodys_home_is_refused(self):
        assert "there is no home folder ~nobody-of-this-name" in refused("--run_dir=~nobody-of-this-name/x")

    def test_the_later_run_dir_wins(self):
        assert command("--run_dir=a", "--run_dir=b").run_dir == "b"
        assert command("--mode=evaluate", "--run_dir=a", "--run_dir=b").run_dir == "b"


class TestFlagfiles:
    @pytest.fixture
    def flagfile(self, tmp_path):
        def write(content):
            (tmp_path / "run.flags").write_bytes(content)
            return f"--flagfile={tmp_path}/run.flags"

        return write

    def test_flags_after_it_win(self, flagfile):
        config = command(flagfile(b"# a comment\n--model=gran\n--width=32\n--time_steps=5\n"), "--width=16").config()
        assert (config.model, config.network.width, config.network.time_steps) == ("gran", 16, 5)

    def test_it_may_name_the_mode_and_the_run(self, flagfile):
        asked = command(flagfile(b"--mode=sample\n--run_dir=a\n"), "--run_dir=b")
        assert (asked.name, asked.run_dir) == ("sample", "b")

    @pytest.mark.parametrize("content", [
        b"\xef\xbb\xbf--model=gran\n--width=8\n", b"\xef\xbb\xbf# a comment\r\n--model=gran\r\n\r\n--width=8\r\n",
        b"\xef\xbb\xbf// a comment\n--model=gran\n--width=8", b"--model=gran\r\n--width=8\r\n"])
    def test_byte_order_marks_and_line_ends_of_other_systems(self, flagfile, content):
        assert command(flagfile(content)).config() == Config(model="gran", width=8)

    def test_a_byte_order_mark_before_another_flagfile(self, flagfile, tmp_path):
        (tmp_path / "inner.flags").write_text("--model=gran\n")
        assert command(flagfile(f"\ufeff--flagfile={tmp_path}/inner.flags\n".encode())).config().model == "gran"


class TestHelp:
    @pytest.fixture
    def shown(self, capsys, monkeypatch):
        monkeypatch.setenv("COLUMNS", "120")

        def show(*flags):
            assert command(*flags) is None
            return capsys.readouterr().out

        return show

    @pytest.mark.parametrize("mode", MODES)
    def test_fits_a_few_screens(self, shown, mode):
        lines = shown(f"--mode={mode}", "--help").splitlines()
        assert len(lines) < 120
        assert max(map(len, lines)) <= 120
        assert all(f"--{name}=" in "\n".join(lines) for name in setting_fields(MODES[mode]) if name not in (
            "run_dirs", "beam_options"))

    def test_shows_what_applies_to_the_model(self, shown):
        text = shown("--model=gran", "--help")
        assert "--model=gran" in text
        assert "--canvas=sum" in text
        assert "--beta_2=0.999" in text
        assert "--penalty_weight" not in text
        assert "--clip=0.01" in shown("--model=wirgan", "--help")
        assert "--objective" not in shown("--model=vae", "--help").split("every run")[1]

    def test_shows_ranges_choices_and_short_forms(self, shown):
        text = " ".join(shown("--mode=train", "--penalty=clipping", "--help").split())
        assert "(truncated_normal, normal, uniform)" in text
        assert "--critic_updates=5 n_D, critic updates in each generator update (at least 1)" in text
        assert "short: --seed" in shown("--mode=sample", "--help")

    def test_shows_the_settings_of_a_run_that_is_there(self, shown, tmp_path):
        Config(model="gran", width=9).save(tmp_path / "config.json")
        assert "--width=9 " in shown(f"--run_dir={tmp_path}", "--help")

    def test_shows_the_values_of_a_flagfile_and_of_flags(self, shown, tmp_path):
        (tmp_path / "mine.flags").write_text("--model=wirgan\n--iterations=700\n--eval_all_metrics\n")
        text = shown(f"--flagfile={tmp_path}/mine.flags", "--width=9", "--unknown=1", "-h")
        assert all(flag in text for flag in ("--iterations=700 ", "--eval_all_metrics=true", "--clip=", "--width=9 "))
        text = shown("--mode=sample", "--seed=7", "--help")
        assert "--sample_seed=7 " in text

    def test_in_full_has_every_flag(self, shown):
        text = shown("--helpfull")
        assert [name for mode in MODES.values() for name in flag_kinds(mode) if f"--{name}=" not in text] == []


class TestProgram:
    def test_no_arguments_give_a_guide(self, capsys):
        assert main.main(["wirgan_tf"]) == 0
        assert capsys.readouterr().out == GUIDE + "\n"
        assert len(GUIDE.splitlines()) <= 12
        assert GUIDE.count("\n  wirgan_tf ") == 5

    def test_the_guides_commands_and_documents_are_there(self):
        for line in GUIDE.splitlines():
            if line.startswith("  wirgan_tf "):
                assert command(*line.split("   ")[0].split()[1:])
        assert [name for name in ("README.md", "docs/training.md", "docs/measuring.md", "docs/serving.md",
                                  "docs/reference.md") if name not in GUIDE or not (ROOT / name).is_file()] == []

    def test_the_guide_and_the_version_do_not_wait_for_tensorflow(self):
        code = ("import sys\nfrom wirgan_tf.main import main\nmain(['x']), main(['x', '--version'])\n"
                "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, __version__), done.stderr

    def test_three_names_are_one_program(self):
        assert '\n[project.scripts]\nwirgan_tf = "wirgan_tf.main:program"\n' in (ROOT / "pyproject.toml").read_text()
        assert module.program is main.program
