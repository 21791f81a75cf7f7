import pytest

from wirgan_tf.training import speed
from wirgan_tf.training.speed import Speed


def test_only_the_time_of_updates_counts_and_not_that_of_the_first(monkeypatch):
    """Updates of 30 s, which compiles, then of 2, 3 and 0.5; the pictures after them take 100 s each."""
    now, measured = [0.0], Speed()
    monkeypatch.setattr(speed.time, "monotonic", lambda: now[0])
    found = []
    for seconds in (30.0, 2.0, 3.0, 0.5):
        now[0] += seconds
        with measured.after_update():
            if seconds != 2.0:
                found.append(measured.per_second())
            now[0] += 100.0
    assert found == [None, pytest.approx(2 / 5), pytest.approx(2.0)]
