from __future__ import annotations

import json

from ums_actors.protocol.envelopes import encode_request
from ums_actors.protocol.renumbering import renumbered


def test_the_id_of_the_envelope_is_another_and_nothing_else_is():
    body = {"id": "c-1", "text": '"id":"c-1"'}
    payload = encode_request("c-1", ".Type", body, [{"id": "c-1"}])
    before, after = json.loads(payload), json.loads(renumbered(payload, "c-1", "c-22"))
    assert after == {**before, "id": "c-22"}
    assert after["body"] == body
