"""Rows over the values of a code."""

import numpy as np
import pytest

from wirgan_tf.commands.sample import TRAVERSED, traversed


def test_a_row_differs_in_the_code_alone():
    codes = np.random.RandomState(0).uniform(-1, 1, [25, 2]).astype(np.float32)
    conditions = {"category": np.arange(25), "codes": codes}
    rows = traversed(conditions, 1)
    values = np.linspace(-2, 2, TRAVERSED)
    np.testing.assert_allclose(rows["codes"][:, 1], [*values, *values, *values[:5]], atol=1e-6)
    for first, last in ((0, 10), (10, 20), (20, 25)):
        assert set(rows["category"][first:last]) == {first}
        assert set(rows["codes"][first:last, 0]) == {conditions["codes"][first, 0]}


@pytest.mark.parametrize(("conditions", "code", "message"), [
    ({"codes": np.zeros([3, 2])}, 2, "traverse=2: the model has 2 continuous codes; choose 0 to 1"),
    ({"label": np.zeros([3])}, 0, "traverse=0: the model has no continuous codes"),
])
def test_a_code_that_is_not_there(conditions, code, message):
    with pytest.raises(ValueError, match=message):
        traversed(conditions, code)
