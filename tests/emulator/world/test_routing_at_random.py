"""Whatever happens in whatever order, the search for agents stays sound."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ums_actors.emulator import Refused
from ums_actors.emulator.choices import QUEUE_STATES, TRANSFER_STATES
from ums_actors.emulator.world.users import Users
from ums_actors.emulator.world.world import World

NAMES = ("bot1", "bot2", "bot3")
TEXT = {"type": "ContentEvent", "message": "hi"}
CLOSE = {"field": "ConversationStateField", "conversationState": "CLOSE"}
SKILLS = {"bot1": ["a"], "bot2": ["a", "b"]}

agents = st.sampled_from(NAMES)
numbers = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("open"), st.sampled_from(("a", "b", "-1"))),
    st.tuples(st.just("write"), numbers),
    st.tuples(st.just("close"), numbers),
    st.tuples(st.just("skill"), numbers, st.sampled_from(("a", "b"))),
    st.tuples(st.just("change"), numbers, agents, st.sampled_from(("ADD", "REMOVE"))),
    st.tuples(st.just("change"), numbers, agents, st.just("SUGGEST")),
    st.tuples(st.just("go"), agents, st.sampled_from(("ONLINE", "OCCUPIED", "AWAY"))),
    st.tuples(st.just("listen"), agents, st.booleans()),
    st.tuples(st.just("unlisten"), numbers),
    st.tuples(st.just("answer"), numbers, st.sampled_from(("ACCEPTED", "REJECTED"))),
    st.tuples(st.just("sleep"), st.sampled_from((1, 2, 30, 72))),
)


class Ear:
    def __init__(self, agent, is_own):
        self.agent = agent
        self.is_own = is_own

    def ring_changed(self, ring):
        del ring


class Machine:
    def __init__(self):
        self.time = 1_700_000_000
        self.users = Users("acc", {**dict.fromkeys(NAMES, "x"), "boss": "x"}, SKILLS)
        self.world = World("acc", self.users, lambda: self.time)
        self.router = self.world.router
        self.ears = []

    def step(self, name, *arguments):
        try:
            getattr(self, name)(*arguments)
        except (Refused, IndexError):
            return  # what cannot be is to change nothing

    def pick(self, number):
        return list(self.world.conversations.values())[number]

    def open(self, skill):
        conversation = self.world.open(skill=skill)
        role = {"field": "ParticipantsChange", "type": "ADD", "role": "MANAGER"}
        self.world.update(conversation, self.users.named("boss").old_id, [role])

    def write(self, number):
        picked = self.pick(number)
        identity = picked.conversation_id
        self.world.publish(picked, identity, picked.consumer, TEXT)

    def close(self, number):
        picked = self.pick(number)
        self.world.update(picked, picked.consumer, [CLOSE])

    def skill(self, number, skill):
        member = {"field": "Skill", "type": "UPDATE", "skill": skill}
        self.world.update(self.pick(number), self.users.named("boss").old_id, [member])

    def change(self, number, agent, kind):
        user = self.users.named(agent).old_id
        member = {"field": "ParticipantsChange", "type": kind, "userId": user}
        member["role"] = "ASSIGNED_AGENT"
        self.world.update(self.pick(number), self.users.named("boss").old_id, [member])

    def go(self, agent, state):
        self.world.set_agent_state(self.users.named(agent), state)

    def listen(self, agent, is_own):
        ear = Ear(self.users.named(agent).old_id, is_own)
        self.ears.append(ear)
        self.router.listen(ear)

    def unlisten(self, number):
        self.router.unlisten(self.ears.pop(number))

    def answer(self, number, state):
        ring = self.router.rings.waiting()[number]
        self.router.answer(ring.ring_id, ring.agent, state)

    def sleep(self, seconds):
        self.time += seconds
        self.router.expire(self.world.now())

    # -- what always holds

    def ready(self, agent, states):
        is_heard = any(ear.is_own and ear.agent == agent for ear in self.ears)
        return is_heard and self.world.agent_states.get(agent) in states

    def takers(self, skill):
        return {
            user.old_id
            for user in self.users
            if user.has_skill(skill) and self.ready(user.old_id, QUEUE_STATES)
        }

    def check(self):
        waiting = self.router.rings.waiting()
        tasks = loads = 0
        assigned = Counter()
        for conversation in self.world.conversations.values():
            main = conversation.details.main
            is_open = main.state == "OPEN"
            mine = [it for it in main.participants if it.role == "ASSIGNED_AGENT"]
            active = [it.id for it in mine if it.state == "ACTIVE"]
            asked = [it.id for it in mine if it.state == "SUGGESTED"]
            assigned.update(active if is_open else [])
            loads += bool(active and is_open)
            has_written = conversation.last_content is not None
            is_needed = is_open and bool(asked or (has_written and not active))
            tasks += is_needed
            ring = self.router.ringing(conversation.conversation_id)
            assert [it for it in waiting if it.task.conversation is conversation] == (
                [] if ring is None else [ring]
            )
            if ring is not None:
                assert is_needed
                self.check_ring(ring, asked, conversation.details.skill)
            elif is_needed:
                self.check_silence(conversation, asked)
        assert self.router.counts()["tasks"] == tasks
        assert self.router.counts()["waiting"] == len(waiting)
        assert +self.router._roster._loads == +assigned
        assert loads == len(self.router._roster._assigned)

    def check_ring(self, ring, asked, skill):
        assert ring.state == "WAITING"
        assert ring.expires > self.world.now()
        assert self.router.next_due() <= ring.expires
        if asked:
            assert ring.agent == asked[0]
            assert self.ready(ring.agent, TRANSFER_STATES)
        else:
            assert ring.agent in self.takers(skill)

    def check_silence(self, conversation, asked):
        """Nobody rings only if nobody can, or all have rejected and a pause is on."""
        task = self.router._tasks[conversation.conversation_id]
        if asked:
            assert not self.ready(asked[0], TRANSFER_STATES)
        elif takers := self.takers(conversation.details.skill):
            assert takers <= task.rejected
        else:
            return
        assert task.key in self.router._deadlines


@given(st.lists(STEPS, max_size=60))
def test_everybody_who_can_be_rung_is_and_nobody_else(steps):
    machine = Machine()
    for name in NAMES:
        machine.go(name, "ONLINE")
        machine.listen(name, is_own=True)
    machine.open("a")
    machine.write(0)
    for step in steps:
        machine.step(*step)
        machine.check()
