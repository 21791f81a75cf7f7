import sys

import pytest
import turns


class Asked:
    """Stands for a worker: notes when it was asked, and takes as many seconds as it was asked before."""

    def __init__(self, name, order):
        self.name, self.order = name, order

    def turn(self):
        self.order.append(self.name)
        return {"s": float(self.order.count(self.name)), "cpu_s": 0.5}


def test_the_first_to_go_changes_with_every_round():
    order = []
    rounds = turns.take_turns({name: Asked(name, order) for name in ("this", "other")}, repeats=3, warmup=2)
    assert order[4:] == ["this", "other", "other", "this", "this", "other"]
    assert [taken["this"]["s"] for taken in rounds] == [taken["other"]["s"] for taken in rounds] == [3.0, 4.0, 5.0]


def test_what_is_compared_are_turns_of_the_same_round():
    rounds = [{"on": {"s": on, "cpu_s": 1.0}, "off": {"s": off, "cpu_s": 2.0}}
              for on, off in ((1.0, 2.0), (3.0, 4.0), (9.0, 10.0))]
    assert turns.compared(rounds, "on", "off") == {
        "on_s": 3.0, "on_cpu_s": 1.0, "off_s": 4.0, "off_cpu_s": 2.0, "ratio": 0.75, "least_ratio": 0.5,
        "greatest_ratio": 0.9, "cpu_ratio": 0.5}


def test_a_worker_has_its_own_variables_and_says_when_it_has_ended():
    answer = "import os, sys; sys.stdin.readline(); print('{\"s\": %s}' % os.environ['TAKEN']); sys.stdin.readline()"
    worker = turns.Worker([sys.executable, "-c", answer], {"TAKEN": "2.5"})
    assert worker.turn() == {"s": 2.5}
    with pytest.raises(RuntimeError, match="ended with exit code 0"):
        worker.turn()
    worker.close()
