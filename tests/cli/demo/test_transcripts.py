from __future__ import annotations

from ums_actors.cli.demo.audit import Line
from ums_actors.cli.demo.ledger import Place
from ums_actors.cli.demo.transcripts import transcripts
from ums_actors.emulator import running_emulator


def test_the_emulators_events_are_told_with_those_who_took_part():
    with running_emulator(users=2) as emulator:
        first = emulator.open_conversation(assign="bot1", text="hello")
        emulator.accept(first.conversation_id, [0])
        second = emulator.open_conversation(text="alone")
        one, two = transcripts(emulator)
        agent = emulator.conversations()[0]["assigned"]
    where = first.dialog_id
    assert [line.place for line in one] == [Place(where, 0), Place(where, 1)]
    assert [line.text for line in one] == ["hello", None]
    assert all(
        sorted(line.recipients) == sorted([agent, first.consumer_id]) for line in one
    )
    assert two == [Line(Place(second.dialog_id, 0), (second.consumer_id,), "alone")]
