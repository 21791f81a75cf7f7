import against_checkout
import pytest


def test_a_folder_without_the_package_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no checkout of wirgan_tf in"):
        against_checkout.worker_of(tmp_path, [])
