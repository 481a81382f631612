from __future__ import annotations

import pytest

from ums_actors.emulator import Refused
from ums_actors.emulator.choices import KEPT_RINGS, REJECTED_PAUSE
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

START = 1_700_000_000.0
TEXT = {"type": "ContentEvent", "message": "hi"}
CLOSE = {"field": "ConversationStateField", "conversationState": "CLOSE"}


class Ear:
    """What one agent hears, as (state, conversation)."""

    def __init__(self, place, agent, is_own):
        self.place = place
        self.agent = agent
        self.is_own = is_own
        self.heard = []
        self.ring = None

    def ring_changed(self, ring):
        if ring.state == "WAITING":
            self.ring = ring
        self.heard.append((ring.state, ring.task.key))

    @property
    def states(self):
        states = [state for state, _ in self.heard]
        self.heard.clear()
        return states

    def answer(self, state):
        self.place.world.router.answer(self.ring.ring_id, self.agent, state)


class Place:
    """A world with a clock that stands still, and agents who listen."""

    def __init__(self, users=3, skills=None, ring_timeout=72.0):
        self.time = START
        self.users = Users("acc", users, skills)
        self.world = World("acc", self.users, lambda: self.time, ring_timeout)
        self.router = self.world.router
        self.woken = []
        self.router.rescheduled = lambda: self.woken.append(self.router.next_due())

    def user(self, name):
        return self.users.named(name)

    def go(self, name, state="ONLINE"):
        self.world.set_agent_state(self.user(name), state)

    def ear(self, name, *, is_own=True):
        ear = Ear(self, self.user(name).old_id, is_own)
        self.router.listen(ear)
        return ear

    def ready(self, *names):
        for name in names:
            self.go(name)
        return [self.ear(name) for name in names]

    def open(self, *, skill=None, assign=None, text=True):
        agent = None if assign is None else self.user(assign)
        conversation = self.world.open(skill=skill, assign=agent)
        if text:
            self.write(conversation)
        return conversation

    def write(self, conversation):
        identity = conversation.conversation_id
        self.world.publish(conversation, identity, conversation.consumer, TEXT)

    def change(self, conversation, by, *members):
        by = conversation.consumer if by is None else self.user(by).old_id
        self.world.update(conversation, by, list(members))

    def member(self, kind, name):
        field = {"field": "ParticipantsChange", "role": "ASSIGNED_AGENT"}
        return {**field, "type": kind, "userId": self.user(name).old_id}

    def transfer(self, conversation, name, to=None, skill=None):
        members = []
        if skill is not None:
            members.append({"field": "Skill", "type": "UPDATE", "skill": skill})
        if to is not None:
            members.append(self.member("SUGGEST", to))
        members.append(self.member("REMOVE", name))
        self.change(conversation, name, *members)

    def sleep(self, seconds):
        self.time += seconds
        while (due := self.router.next_due()) is not None and due <= self.world.now():
            self.router.expire(self.world.now())

    def assigned(self, conversation):
        ids = conversation.details.main.in_role("ASSIGNED_AGENT")
        return [self.users.find(identity).name for identity in ids]

    def suggested(self, conversation):
        return [
            self.users.find(it.id).name
            for it in conversation.details.main.participants
            if it.state == "SUGGESTED"
        ]


def test_one_agent_rings_from_the_first_message_on():
    place = Place()
    one, two, _ = place.ready("bot1", "bot2", "bot3")
    conversation = place.open(text=False)
    assert (one.states, two.states) == ([], [])
    assert place.router.next_due() is None
    place.write(conversation)
    assert (one.states, two.states) == (["WAITING"], [])
    place.write(conversation)
    assert (one.states, two.states) == ([], [])
    ring = place.router.ringing(conversation.conversation_id)
    assert ring is one.ring
    assert ring.expires == place.router.next_due() == 1_700_000_072_000
    assert ring.ring_id == f"{conversation.conversation_id}_acc_1700000000000"


def test_an_agents_message_makes_nobody_ring():
    place = Place()
    (one,) = place.ready("bot1")
    conversation = place.open(assign="bot2", text=False)
    place.world.publish(
        conversation, conversation.conversation_id, place.user("bot2").old_id, TEXT
    )
    place.transfer(conversation, "bot2")
    assert one.states == []


@pytest.mark.parametrize("state", ["AWAY", "BACK_SOON", "OFFLINE", "OCCUPIED"])
def test_only_agents_who_are_online_ring_for_the_queue(state):
    place = Place()
    one, two = place.ready("bot1", "bot2")
    place.go("bot1", state)
    conversation = place.open()
    assert (one.states, two.states) == ([], ["WAITING"])
    place.go("bot2", state)
    assert (one.states, two.states) == ([], ["CANCELLED"])
    assert place.router.ringing(conversation.conversation_id) is None
    assert place.router.next_due() is None
    place.go("bot1")
    assert (one.states, two.states) == (["WAITING"], [])


def test_an_agent_without_a_subscription_of_their_own_does_not_ring():
    place = Place()
    place.go("bot1")
    watching = place.ear("bot1", is_own=False)
    place.open()
    assert watching.states == []
    own = place.ear("bot1")
    assert watching.states == own.states == ["WAITING"]
    again = place.ear("bot1")
    place.router.unlisten(own)
    assert (watching.states, again.states) == ([], [])
    place.router.unlisten(again)
    assert watching.states == ["CANCELLED"]


def test_the_least_loaded_rings_then_who_has_not_rung_for_longest():
    place = Place()
    one, two, three = place.ready("bot1", "bot2", "bot3")
    for ear in (one, two, three, one):
        place.open()
        assert ear.states == ["WAITING"]
    held = place.open(assign="bot2")
    place.open(assign="bot3")
    place.open()
    assert one.states == ["WAITING"]
    place.change(held, None, CLOSE)
    place.open()
    assert two.states == ["WAITING"]


def test_accepting_makes_the_agent_the_assigned_one_and_ends_the_search():
    place = Place()
    (one,) = place.ready("bot1")
    conversation = place.open()
    one.answer("ACCEPTED")
    assert one.states == ["WAITING", "ACCEPTED"]
    assert place.assigned(conversation) == ["bot1"]
    task = one.ring.task
    assert (task.completed, task.assigned) == (True, one.agent)
    assert place.router.next_due() is None
    assert place.router.counts()["tasks"] == 0
    place.write(conversation)
    assert one.states == []


def test_the_acceptance_is_told_before_the_changed_conversation():
    place = Place()
    (one,) = place.ready("bot1")
    place.open()
    told = []

    class Witness:
        def conversation_changed(self, conversation):
            told.append((place.assigned(conversation), one.states))

    place.world.listeners.append(Witness())
    one.states  # noqa: B018 - forget the ring
    one.answer("ACCEPTED")
    assert told == [(["bot1"], ["ACCEPTED"])]


def test_who_rejects_is_passed_over_until_all_have_and_a_pause_is_over():
    place = Place(users=2)
    one, two = place.ready("bot1", "bot2")
    place.open()
    one.answer("REJECTED")
    assert (one.states, two.states) == (["WAITING", "REJECTED"], ["WAITING"])
    two.answer("REJECTED")
    assert (one.states, two.states) == ([], ["REJECTED"])
    place.sleep(REJECTED_PAUSE - 0.001)
    assert (one.states, two.states) == ([], [])
    place.sleep(0.001)
    assert (one.states, two.states) == (["WAITING"], [])


def test_a_pause_is_not_made_longer_by_what_the_consumer_writes():
    place = Place()
    (one,) = place.ready("bot1")
    conversation = place.open()
    one.answer("REJECTED")
    place.sleep(REJECTED_PAUSE - 0.5)
    place.write(conversation)
    place.sleep(0.5)
    assert one.states == ["WAITING", "REJECTED", "WAITING"]


def test_somebody_who_comes_ends_the_pause():
    place = Place()
    one, two = place.ready("bot1")[0], None
    place.open()
    one.answer("REJECTED")
    (two,) = place.ready("bot2")
    assert two.states == ["WAITING"]


def test_who_rejected_and_left_rings_again_when_they_are_back():
    place = Place()
    (one,) = place.ready("bot1")
    place.open()
    one.answer("REJECTED")
    place.go("bot1", "AWAY")
    place.sleep(REJECTED_PAUSE)
    place.go("bot1")
    assert one.states == ["WAITING", "REJECTED", "WAITING"]


def test_a_ring_expires_and_the_next_agent_comes_before_the_same_one():
    place = Place()
    one, two = place.ready("bot1", "bot2")
    place.open(assign="bot2")
    place.open()
    place.sleep(71.999)
    assert (one.states, two.states) == (["WAITING"], [])
    place.sleep(0.001)
    assert (one.states, two.states) == (["EXPIRED"], ["WAITING"])
    place.sleep(72)
    assert (one.states, two.states) == (["WAITING"], ["EXPIRED"])
    place.sleep(72)
    assert (one.states, two.states) == (["EXPIRED"], ["WAITING"])


def test_the_only_agent_rings_again_with_a_new_ring():
    place = Place()
    (one,) = place.ready("bot1")
    place.open()
    first = one.ring
    place.sleep(72)
    assert one.states == ["WAITING", "EXPIRED", "WAITING"]
    assert one.ring.ring_id != first.ring_id
    assert one.ring.expires == first.expires + 72_000


def test_a_ring_whose_time_is_over_cannot_be_accepted_before_the_timer_is_heard():
    place = Place(users=1)
    (one,) = place.ready("bot1")
    conversation = place.open()
    ring = one.ring
    place.time += 72
    with pytest.raises(Refused, match="EXPIRED") as refused:
        place.router.answer(ring.ring_id, one.agent, "ACCEPTED")
    assert refused.value.code == 409
    assert place.assigned(conversation) == []


def test_rings_within_one_millisecond_have_ids_of_their_own():
    place = Place(users=2)
    one, two = place.ready("bot1", "bot2")
    conversation = place.open()
    one.answer("REJECTED")
    stem = f"{conversation.conversation_id}_acc_"
    assert one.ring.ring_id == f"{stem}1700000000000"
    assert two.ring.ring_id == f"{stem}1700000000001"
    assert one.ring.expires == two.ring.expires


def test_closing_cancels_the_ring():
    place = Place()
    (one,) = place.ready("bot1")
    conversation = place.open()
    place.change(conversation, None, CLOSE)
    assert one.states == ["WAITING", "CANCELLED"]
    assert one.ring.task.completed
    assert place.router.next_due() is None
    with pytest.raises(Refused, match="CANCELLED"):
        one.answer("ACCEPTED")


def test_closing_the_main_dialog_is_enough_even_if_a_survey_follows():
    place = Place()
    (one,) = place.ready("bot1")
    conversation = place.world.open(survey=True)
    place.write(conversation)
    dialog = {"dialogId": conversation.conversation_id, "state": "CLOSE"}
    member = {"field": "DialogChange", "type": "UPDATE", "dialog": dialog}
    place.change(conversation, None, member)
    assert conversation.details.stage == "OPEN"
    assert one.states == ["WAITING", "CANCELLED"]


def test_somebody_elses_joining_as_the_agent_cancels_the_ring():
    place = Place()
    (one,) = place.ready("bot1")
    conversation = place.open()
    place.change(conversation, "bot2", place.member("ADD", "bot2"))
    assert one.states == ["WAITING", "CANCELLED"]
    assert one.ring.task.assigned == place.user("bot2").old_id
    assert place.router.counts()["tasks"] == 0


def test_the_skill_decides_who_rings_and_the_unassigned_one_rings_all():
    place = Place(skills={"bot1": ["a"], "bot2": ["b", "c"]})
    one, two = place.ready("bot1", "bot2")
    place.open(skill="c")
    assert (one.states, two.states) == ([], ["WAITING"])
    place.open(skill="-1")
    assert (one.states, two.states) == (["WAITING"], [])
    waiting = place.open(skill="z")
    assert (one.states, two.states) == ([], [])
    (three,) = place.ready("bot3")
    assert three.states == ["WAITING"]
    assert three.ring.task.conversation is waiting


def test_a_transfer_to_a_skill_is_a_new_search_there():
    place = Place(skills={"bot1": ["a"], "bot2": ["b"]})
    one, two = place.ready("bot1", "bot2")
    conversation = place.open(skill="a")
    one.answer("ACCEPTED")
    first = one.ring.task
    place.transfer(conversation, "bot1", skill="b")
    assert one.states == ["WAITING", "ACCEPTED"]
    assert two.states == ["WAITING"]
    assert two.ring.task.task_id != first.task_id
    assert (two.ring.task.skill, first.skill) == ("b", "a")


def test_a_new_skill_cancels_the_ring_of_the_old_one():
    place = Place(skills={"bot1": ["a"], "bot2": ["b"]})
    one, two = place.ready("bot1", "bot2")
    conversation = place.open(skill="a")
    manager = {"field": "ParticipantsChange", "type": "ADD", "role": "MANAGER"}
    change = {"field": "Skill", "type": "UPDATE", "skill": "b"}
    place.change(conversation, "bot3", manager)
    place.change(conversation, "bot3", change)
    assert (one.states, two.states) == (["WAITING", "CANCELLED"], ["WAITING"])


def test_a_transfer_to_the_same_skill_is_back_to_the_queue():
    place = Place()
    one, two = place.ready("bot1", "bot2")
    conversation = place.open()
    one.answer("ACCEPTED")
    place.transfer(conversation, "bot1", skill="-1")
    assert two.states == ["WAITING"]


def test_a_suggested_agent_rings_and_becomes_the_assigned_one():
    place = Place(skills={"bot2": ["other"]})
    one, two = place.ready("bot1", "bot2")
    conversation = place.open(skill="mine", assign="bot1", text=False)
    place.transfer(conversation, "bot1", to="bot2")
    assert (one.states, two.states) == ([], ["WAITING"])
    assert place.suggested(conversation) == ["bot2"]
    two.answer("ACCEPTED")
    assert two.states == ["ACCEPTED"]
    assert place.assigned(conversation) == ["bot2"]
    assert place.suggested(conversation) == []


def test_a_suggested_agent_who_accepts_takes_the_place_of_who_is_assigned():
    place = Place()
    (two,) = place.ready("bot2")
    conversation = place.open(assign="bot1")
    place.change(conversation, "bot1", place.member("SUGGEST", "bot2"))
    assert place.assigned(conversation) == ["bot1"]
    two.answer("ACCEPTED")
    assert place.assigned(conversation) == ["bot2"]


def test_who_is_assigned_keeps_it_when_the_suggested_agent_rejects():
    place = Place()
    one, two = place.ready("bot1", "bot2")
    conversation = place.open(assign="bot1")
    place.change(conversation, "bot1", place.member("SUGGEST", "bot2"))
    two.answer("REJECTED")
    assert (one.states, two.states) == ([], ["WAITING", "REJECTED"])
    assert place.assigned(conversation) == ["bot1"]
    assert place.suggested(conversation) == []
    assert place.router.counts()["tasks"] == 0


@pytest.mark.parametrize("answer", ["REJECTED", None])
def test_a_transfer_that_is_not_taken_goes_to_the_queue(answer):
    place = Place()
    one, two = place.ready("bot1", "bot2")
    conversation = place.open(assign="bot1")
    place.transfer(conversation, "bot1", to="bot2")
    if answer is None:
        place.sleep(72)
    else:
        two.answer(answer)
    assert two.states == ["WAITING", answer or "EXPIRED"]
    assert one.states == ["WAITING"]
    assert place.suggested(conversation) == []


def test_a_transfer_cancels_the_ring_for_the_queue():
    place = Place()
    one, two = place.ready("bot1", "bot2")
    conversation = place.open()
    manager = {"field": "ParticipantsChange", "type": "ADD", "role": "MANAGER"}
    place.change(conversation, "bot3", manager)
    place.change(conversation, "bot3", place.member("SUGGEST", "bot2"))
    assert (one.states, two.states) == (["WAITING", "CANCELLED"], ["WAITING"])
    place.change(conversation, "bot3", place.member("REMOVE", "bot2"))
    assert (one.states, two.states) == (["WAITING"], ["CANCELLED"])


@pytest.mark.parametrize(
    ("state", "heard"),
    [("ONLINE", ["WAITING"]), ("OCCUPIED", ["WAITING"]), ("AWAY", [])],
)
def test_the_states_in_which_a_transfer_rings(state, heard):
    place = Place()
    (two,) = place.ready("bot2")
    place.go("bot2", state)
    conversation = place.open(assign="bot1")
    place.transfer(conversation, "bot1", to="bot2")
    assert two.states == heard


def test_a_suggested_agent_is_waited_for_as_long_as_a_ring_lasts():
    place = Place()
    (one,) = place.ready("bot1")
    conversation = place.open(assign="bot3")
    place.transfer(conversation, "bot3", to="bot2")
    place.sleep(71)
    assert place.suggested(conversation) == ["bot2"]
    assert one.states == []
    place.sleep(1)
    assert place.suggested(conversation) == []
    assert one.states == ["WAITING"]


def test_a_suggested_agent_rings_when_they_are_back():
    place = Place()
    one, two = place.ready("bot1", "bot2")
    conversation = place.open(assign="bot1")
    place.transfer(conversation, "bot1", to="bot2")
    place.sleep(10)
    place.router.unlisten(two)
    place.go("bot2", "OFFLINE")
    place.sleep(10)
    place.go("bot2")
    back = place.ear("bot2")
    assert back.states == ["WAITING"]
    assert back.ring.expires == 1_700_000_092_000
    back.answer("ACCEPTED")
    assert one.states == []
    assert place.assigned(conversation) == ["bot2"]


def test_a_suggested_agent_who_left_too_long_ago_loses_it_at_once():
    place = Place()
    one, two = place.ready("bot1", "bot2")
    conversation = place.open(assign="bot1")
    place.transfer(conversation, "bot1", to="bot2")
    place.router.unlisten(two)
    place.sleep(40)
    place.router.listen(two)
    place.sleep(40)
    place.router.unlisten(two)
    place.sleep(0)
    assert place.suggested(conversation) == []
    assert one.states == ["WAITING"]


def test_two_suggestions_ring_one_after_the_other():
    place = Place()
    two, three = place.ready("bot2", "bot3")
    conversation = place.open(assign="bot1")
    place.change(
        conversation,
        "bot1",
        place.member("SUGGEST", "bot2"),
        place.member("SUGGEST", "bot3"),
        place.member("REMOVE", "bot1"),
    )
    assert (two.states, three.states) == (["WAITING"], [])
    two.answer("REJECTED")
    assert (two.states, three.states) == (["REJECTED"], ["WAITING"])
    three.answer("ACCEPTED")
    assert place.assigned(conversation) == ["bot3"]


def test_rings_are_repeated_to_all_who_listen():
    place = Place()
    one, two = place.ready("bot1", "bot2")
    first, second = place.open(), place.open()
    one.answer("ACCEPTED")
    one.heard.clear()
    two.heard.clear()
    assert place.router.repeat_rings() == 1
    assert (one.heard, two.heard) == ([], [("WAITING", second.conversation_id)])
    assert first.conversation_id != second.conversation_id


def test_bad_answers_are_refused():
    place = Place()
    one, two = place.ready("bot1", "bot2")
    place.open()
    ring = one.ring.ring_id
    for arguments, code in (
        ((ring, one.agent, "CANCELLED"), 400),
        (("nothing", one.agent, "ACCEPTED"), 404),
        ((ring, two.agent, "ACCEPTED"), 403),
    ):
        with pytest.raises(Refused) as refused:
            place.router.answer(*arguments)
        assert refused.value.code == code
    assert one.states == ["WAITING"]


def test_rings_that_are_over_are_forgotten_one_day():
    place = Place(ring_timeout=1.0)
    (one,) = place.ready("bot1")
    place.open()
    first = one.ring
    for _ in range(KEPT_RINGS):
        place.sleep(1)
    with pytest.raises(Refused, match="EXPIRED"):
        place.router.answer(first.ring_id, one.agent, "ACCEPTED")
    place.sleep(1)
    with pytest.raises(Refused, match="not found"):
        place.router.answer(first.ring_id, one.agent, "ACCEPTED")
    counts = place.router.counts()
    assert (counts["tasks"], counts["waiting"]) == (1, 1)
    assert counts["expired"] == KEPT_RINGS + 1


def test_who_wants_to_know_hears_of_each_deadline():
    place = Place()
    (one,) = place.ready("bot1")
    place.open()
    place.time += 1
    one.answer("REJECTED")
    assert place.woken == [1_700_000_072_000, 1_700_000_003_000]
