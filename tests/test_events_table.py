from __future__ import annotations

from pathlib import Path

import pytest

from ums_actors.actors import conversation_events as talks
from ums_actors.actors import events
from ums_actors.actors import message_events as said
from ums_actors.actors import shift_events as shifts
from ums_actors.actors import snapshot_events as snapshots
from ums_actors.actors import timing_events as timing
from ums_actors.actors import traffic_events as traffic
from ums_actors.events_table import ABSENT, TABLE, as_markdown

REFERENCE = """
connect reconnect disconnect close reconnect-wait error timeout conversation ring
conversationNotification messageNotification routingTaskNotification token-invalid
token-regenerated refresh-token connect#request connect#response
getAgentToken#request getAgentToken#response getConsumerToken#request
getConsumerToken#response <type>#request <type>#response failed-to-connect
notification <wire type> message conversation:message message-delivery-event close
transfer-skill transfer-agent back-to-queue consumer-step-up participant-added dialog
participant-removed skill-change ttr-change manual-ettr-change group-change limit-break
participant-suggested participant-suggested-removed dialog:close conversation-deleted
notification-ignored notification-out-of-order upsert delete
reconnecting roleChange stateChange chatStateChange generate-token-wait
connect#request connect#response getAgentToken#request getAgentToken#response
getConsumerToken#request getConsumerToken#response
skill-entered-work-hours skill-entered-off-hours getShiftStatus#response
getShiftStatus#error
""".replace("<wire type>", "").split()
"""Events of lp-messaging-sdk: of connections, conversations and dialogs."""
AGENT_SDK = ["connected", "closed", "error", "success", "notification", "message:sent"]


def concrete() -> set[type[events.Event]]:
    found = {
        getattr(module, name)
        for module in (events, said, shifts, snapshots, talks, timing, traffic)
        for name in module.__all__
    }
    bases = {base for each in found for base in each.__bases__}
    return found - bases


def test_every_event_is_in_the_table_once():
    rows = [row.event for row in TABLE]
    assert len(rows) == len(set(rows))
    missing = concrete() - set(rows)
    assert not missing, f"add a row for {missing}"


@pytest.mark.parametrize("name", REFERENCE)
def test_every_event_of_lp_messaging_sdk_has_its_place(name):
    known = {each for row in TABLE for each in row.messaging_sdk} | set(ABSENT)
    assert name in known


@pytest.mark.parametrize("name", AGENT_SDK)
def test_every_event_of_node_agent_sdk_has_its_place(name):
    known = {each for row in TABLE for each in row.agent_sdk} | set(ABSENT)
    assert name in known


def test_the_markdown_has_a_line_for_each_with_its_payload():
    lines = as_markdown().splitlines()
    assert len(lines) == len(TABLE) + 2
    for row, line in zip(TABLE, lines[2:], strict=True):
        assert line.startswith(f"| `{row.event.__name__}` | {row.when} | ")
        assert all(f"`{field}`" in line for field in row.payload)


def test_the_readme_has_the_table_as_it_is():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    if "| event | when |" not in text:
        pytest.skip("the README does not show the table yet")
    assert as_markdown() in text
