from __future__ import annotations

import json
import ssl

import pytest

from ums_actors.emulator import Emulator, EmulatorError
from ums_actors.emulator.world.tokens import EXTERNAL_ISSUER, INTERNAL_ISSUER

CHANGES = ".ams.aam.ExConversationChangeNotification"


def known(emulator):
    """Give all that is to survive, as scripts and the wire see it."""
    world = emulator._service.world
    conversations = emulator.conversations()
    return {
        "conversations": conversations,
        "transcripts": [
            emulator.transcript(it["conversation"]) for it in conversations
        ],
        "unread": [it.unread for it in world.conversations.values()],
        "ttr": [it.effective_ttr for it in world.conversations.values()],
        "updated": [it.updated for it in world.conversations.values()],
        "details": [it.details for it in world.conversations.values()],
        "last": [it.last_public_content for it in world.conversations.values()],
        "first": [it.is_first for it in world.conversations.values()],
        "consumers": list(world.consumers),
        "profiles": world.profiles.told,
        "properties": world.client_properties,
        "away": emulator._service.consumer_side.away,
        "routing": emulator.state()["routing"],
        "shifts": emulator.shifts(),
    }


async def test_all_facts_survive_a_stop(tmp_path):
    state = str(tmp_path / "state")
    async with Emulator(users=2, state=state) as emulator:
        one = emulator.open_conversation(
            assign="bot1", text="hi", consumer="c1", survey=True
        ).conversation_id
        emulator.write(one, "more", metadata=[{"type": "x", "n": [1, None]}])
        emulator.accept(one, [0])
        two = emulator.open_conversation(consumer="c1", skill="s").conversation_id
        emulator.close_conversation(two)
        emulator.open_conversation(text="who is there?")
        world = emulator._service.world
        survey = {"field": "DialogChange", "type": "UPDATE"}
        dialog = {"dialogId": one, "state": "CLOSE"}
        world.update(world.find(one), "12345678.1001", [{**survey, "dialog": dialog}])
        world.profiles.set_person("c1", {"firstName": "Ann"})
        world.consumers.authenticate("c1", {"sub": "c1", "lp_sdes": []})
        world.client_properties["c1"] = {"type": ".ClientProperties", "os": "x"}
        emulator._service.consumer_side.away.add("c1")
        emulator.set_shift("s", False, next_on=7)
        before = known(emulator)
        assert before["routing"]["tasks"] == 1
        assert any(before["unread"])
    async with Emulator(users=2, state=state) as emulator:
        assert known(emulator) == before
        with pytest.raises(Exception, match="Conversation is closed"):
            emulator.close_conversation(two)
        assert emulator.write(before["conversations"][2]["conversation"], "me") == 1


async def test_tokens_survive_a_stop_and_dead_ones_stay_dead(scene, tmp_path):
    state = str(tmp_path)
    async with scene(users=2, state=state, online=()) as (emulator, bot, other):
        assert await bot.log_in() == 200
        await other.log_in()
        dead, secret = dict(other.login), bot.login["bearer"]
        await other.log_in()
        tokens = emulator._service.world.tokens
        old, live = (tokens.issue(INTERNAL_ISSUER, "c1") for _ in range(2))
        identity = tokens.issue(EXTERNAL_ISSUER, "c1")
        login = bot.login
        port = int(emulator.csds.split(":")[1])
    async with scene(users=2, state=state, online=(), port=port) as (emulator, *bots):
        bot = bots[0]
        bot.login = login
        assert await bot.refresh() == 200
        assert await bot.handshake_status() == 101
        assert await bot.handshake_status(dead["bearer"]) == 401
        tokens = emulator._service.world.tokens
        assert (tokens.consumer_of(live), tokens.consumer_of(old)) == ("c1", None)
        assert tokens.is_renewable(tokens.read(identity))
        event = {"type": "ContentEvent", "message": secret}
        await bot.request(".ams.ms.PublishEvent", {"dialogId": "x", "event": event})
        assert secret.encode() not in emulator.log_lines()


async def test_the_ca_and_its_file_survive_a_stop(tmp_path):
    async with Emulator(tls=True, state=str(tmp_path)) as emulator:
        ca = emulator.ca
        context = ssl.create_default_context(cafile=ca)
    shown = context.get_ca_certs()
    async with Emulator(tls=True, state=str(tmp_path)) as emulator:
        assert emulator.ca == ca
        assert ssl.create_default_context(cafile=ca).get_ca_certs() == shown
    async with Emulator(state=str(tmp_path)) as emulator:
        assert emulator.ca is None


async def test_a_change_of_consumer_is_told_after_a_stop_too(scene, tmp_path):
    async with Emulator(state=str(tmp_path)) as emulator:
        opened = emulator.open_conversation(consumer="c1", assign="bot1")
    async with scene(state=str(tmp_path)) as (emulator, bot):
        assert len((await bot.subscribe(consumerId="c1"))[1]) == 1
        takeover = [
            {"field": "ParticipantsChange", "type": kind, "role": "CONSUMER", **who}
            for kind, who in (("REMOVE", {"userId": "c1"}), ("ADD", {"userId": "c2"}))
        ]
        await bot.update(opened.conversation_id, *takeover)
        (change,) = (await bot.note(CHANGES))["changes"]
        assert change["type"] == "DELETE"


async def test_another_account_or_other_ids_are_refused(tmp_path):
    async with Emulator(users={"ann": "x", "bob": "y"}, state=str(tmp_path)):
        pass
    with pytest.raises(EmulatorError, match="give --account 12345678 or another"):
        await Emulator(account="other", state=str(tmp_path)).start()
    with pytest.raises(EmulatorError, match="knows the user bob by another id; give"):
        await Emulator(users={"bob": "y"}, state=str(tmp_path)).start()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("tls", {"ca": "x", "chain": "y", "key": "z"}),
        ("conversations", [{}]),
        ("last_content", ["nowhere", 7]),
        ("consumers", [{"consumer_id": "c", "conversations": {"gone": None}}]),
    ],
)
async def test_facts_that_do_not_fit_together_are_refused(tmp_path, part, value):
    async with Emulator(tls=True, state=str(tmp_path)) as emulator:
        emulator.open_conversation(text="hi")
    path = tmp_path / "emulator.json"
    facts = json.loads(path.read_text())
    where = facts["conversations"][0] if part == "last_content" else facts
    where[part] = value
    path.write_text(json.dumps(facts))
    emulator = Emulator(tls=True, state=str(tmp_path))
    with pytest.raises(EmulatorError, match=r"emulator\.json is no state .*; delete"):
        await emulator.start()
    assert json.loads(path.read_text()) == facts


async def test_a_state_that_cannot_be_kept_is_told_once_all_is_stopped(tmp_path):
    emulator = Emulator(state=str(tmp_path / "state"))
    await emulator.start()
    (tmp_path / "state").rmdir()
    with pytest.raises(EmulatorError, match="the state cannot be written to"):
        await emulator.stop()
    await emulator.stop()
