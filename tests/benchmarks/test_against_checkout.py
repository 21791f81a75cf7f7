import against_checkout
import pytest


class Asked:
    """Stands for a checkout's process: notes when it was asked, and takes as many seconds as it was asked before."""

    def __init__(self, name, order):
        self.name, self.order = name, order

    def update(self):
        self.order.append(self.name)
        return {"s": float(self.order.count(self.name)), "cpu_s": 0.5}


def test_the_first_to_go_changes_with_every_turn():
    order = []
    turns = against_checkout.take_turns({name: Asked(name, order) for name in ("this", "other")}, repeats=3)
    warmup = against_checkout._WARMUP
    assert order[2 * warmup:] == ["this", "other", "other", "this", "this", "other"]
    assert [turn["this"]["s"] for turn in turns] == [warmup + 1.0, warmup + 2.0, warmup + 3.0]
    assert [turn["other"]["s"] for turn in turns] == [warmup + 1.0, warmup + 2.0, warmup + 3.0]


def test_a_folder_without_the_package_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no checkout of wirgan_tf in"):
        against_checkout.Checkout(tmp_path, [])


def test_the_median_of_ratios():
    """Ratios 2, 1 and 3 of the time, 1, 2 and 3 of the CPU time."""
    turns = [{"this": {"s": 2.0, "cpu_s": 1.0}, "other": {"s": 1.0, "cpu_s": 1.0}},
             {"this": {"s": 5.0, "cpu_s": 4.0}, "other": {"s": 5.0, "cpu_s": 2.0}},
             {"this": {"s": 9.0, "cpu_s": 9.0}, "other": {"s": 3.0, "cpu_s": 3.0}}]
    assert against_checkout.compared(turns) == {
        "this_s": 5.0, "this_cpu_s": 4.0, "other_s": 3.0, "other_cpu_s": 2.0, "ratio": 2.0, "least_ratio": 1.0,
        "greatest_ratio": 3.0, "cpu_ratio": 2.0}
