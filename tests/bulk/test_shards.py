import pytest

from wirgan_tf.bulk.shards import Shard, cut


@pytest.mark.parametrize(("total", "most"), [(1, 64), (64, 64), (65, 64), (1000, 64), (100_000, 4096)])
def test_every_place_is_in_one_shard(total, most):
    shards = cut(total, most)
    assert [place for shard in shards for place in range(shard.first, shard.first + shard.count)] == list(range(total))
    assert [shard.number for shard in shards] == list(range(len(shards)))
    counts = {shard.count for shard in shards}
    assert max(counts) <= most
    assert max(counts) - min(counts) <= 1


def test_names():
    assert Shard(2, 25, 8000, 4000).name == "00002-of-00025"
