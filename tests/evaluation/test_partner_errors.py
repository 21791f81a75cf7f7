import numpy as np
import pytest

from wirgan_tf.evaluation.partner_errors import partner_errors


def test_by_hand():
    """Half of the pixels differ by 0.4: mean square 0.08, and 10 log10(4 / 0.08) = 16.9897."""
    images = np.zeros([2, 16, 16, 1], np.float32)
    partners = images.copy()
    partners[0, :8] = 0.4
    found = partner_errors(images, partners)
    np.testing.assert_allclose(found.l1, [0.2, 0.0], atol=1e-6)
    np.testing.assert_allclose(found.psnr, [16.9897, 100.0], atol=1e-3)
    assert found.ssim[0] < 0.99
    assert found.ssim[1] == pytest.approx(1.0)


def test_similarity_of_constant_images():
    """Without any structure it is that of means: (2 m n + c) / (m^2 + n^2 + c), c = (0.01 * 2)^2."""
    found = partner_errors(np.full([1, 5, 8, 3], 0.5, np.float32), np.full([1, 5, 8, 3], 0.25, np.float32))
    np.testing.assert_allclose(found.ssim, [(0.25 + 4e-4) / (0.3125 + 4e-4)], rtol=1e-4)


def test_other_shapes():
    with pytest.raises(ValueError, match=r"images of shape \[2, 8, 8, 1\] and partners of \[1, 8, 8, 1\]"):
        partner_errors(np.zeros([2, 8, 8, 1]), np.zeros([1, 8, 8, 1]))
