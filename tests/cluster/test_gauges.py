from __future__ import annotations

import msgspec

from ums_actors.cluster.gauges import GAUGES, Gauges
from ums_actors.cluster.status import ShardStatus, Stage


class Gauge:
    def __init__(self, name, *, description, tag_keys):
        self.name, self.keys = name, tag_keys
        self.values = []
        assert description
        made.append(self)

    def set_default_tags(self, tags):
        assert tuple(tags) == self.keys
        self.tags = tags

    def set(self, value):
        self.values.append(value)


made: list[Gauge] = []


def test_each_number_of_a_shard_is_a_gauge_with_its_place():
    made.clear()
    gauges = Gauges(Gauge, "bots", 3)
    status = ShardStatus(shard=3, stage=Stage.OPEN, agents=5, ready=4, failed=1)
    gauges.show(status, calls=7)
    gauges.show(msgspec.structs.replace(status, stage=Stage.LOST, agents=0), calls=0)
    assert [each.name for each in made] == list(GAUGES)
    assert {each.name: each.values for each in made} == {
        "ums_cluster_shard_open": [1.0, 0.0],
        "ums_cluster_agents": [5.0, 0.0],
        "ums_cluster_agents_ready": [4.0, 4.0],
        "ums_cluster_agents_failed": [1.0, 1.0],
        "ums_cluster_calls": [7.0, 0.0],
    }
    assert made[0].tags == {"cluster": "bots", "shard": "3"}
