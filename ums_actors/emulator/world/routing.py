"""Who is rung for which conversation."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ums_actors.emulator import choices
from ums_actors.emulator.failures import Refused
from ums_actors.emulator.world.assignment import (
    answer_due,
    assign,
    assigned_agent,
    is_asking,
    suggested_agent,
    withdraw_suggestion,
)
from ums_actors.emulator.world.deadlines import Deadlines
from ums_actors.emulator.world.listener import Listener
from ums_actors.emulator.world.rings import Ring, RingBook, RoutingTask
from ums_actors.emulator.world.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable

    from ums_actors.emulator.world.conversation import Conversation
    from ums_actors.emulator.world.roster import Ear
    from ums_actors.emulator.world.users import User
    from ums_actors.emulator.world.world import World

__all__ = ["Router"]


class Router(Listener):
    """Seeks an agent for each conversation that needs one.

    It is the world's last listener, for what it changes in turn is told in turn. A ring
    ends by its agent's answer, by its time, or because it makes no sense any more; then
    the search goes on. Times are epoch milliseconds of the world's clock.

    Args:
        world: whose conversations it routes.
        ring_timeout: seconds that a ring waits, and a suggested agent is waited for.

    Attributes:
        rings: all that wait, and the latest that are over.
        rescheduled: called when :meth:`next_due` may have become earlier.
    """

    def __init__(self, world: World, ring_timeout: float) -> None:
        self.rings: RingBook = RingBook()
        self.rescheduled: Callable[[], None] = _nothing
        self._world = world
        self._length = max(round(ring_timeout * 1000), 1)
        self._roster = Roster(world)
        self._deadlines = Deadlines()
        self._tasks: dict[str, RoutingTask] = {}
        self._silent: dict[str, RoutingTask] = {}  # those without a ring

    # -- what it hears

    def conversation_changed(self, conversation: Conversation) -> None:
        """Begin, go on with or end the search for its agent."""
        key, skill = conversation.conversation_id, conversation.details.skill
        assigned = assigned_agent(conversation)
        self._roster.note_assigned(key, assigned)
        is_needed = suggested_agent(conversation) is not None or (
            assigned is None and is_asking(conversation)
        )
        task = self._tasks.get(key)
        if task is not None and not (is_needed and task.skill == skill):
            self._close(task, assigned)
            if task.ring is not None:
                self._end(task.ring, "CANCELLED")
            task = None
        if not is_needed:
            return
        if task is None:
            task = RoutingTask(str(uuid.uuid4()), conversation, skill)
            self._tasks[key] = self._silent[key] = task
        self._review(task)

    def agent_state_changed(self, user: User, state: str) -> None:
        """Ring an agent who has come, and no longer one who has gone."""
        del state
        self._agent_changed(user.old_id)

    def listen(self, ear: Ear) -> None:
        """Take in a subscription; its agent may be rung at once."""
        self._roster.add(ear)
        self._agent_changed(ear.agent)

    def unlisten(self, ear: Ear) -> None:
        """Let a subscription go; an agent without one of their own is not rung."""
        self._roster.remove(ear)
        self._agent_changed(ear.agent)

    def _agent_changed(self, agent: str) -> None:
        for ring in self.rings.waiting(agent):
            self._review(ring.task)
        if not self._roster.may_take_over(agent):
            return
        for task in list(self._silent.values()):
            if task.suggested == agent or (
                task.suggested is None and self._roster.may_take(agent, task.skill)
            ):
                self._seek(task)

    # -- what it is asked

    def answer(self, ring_id: str, by: str, state: str) -> None:
        """Have an agent (old id) accept or reject a ring.

        Raises:
            Refused: no such ring or state, another's ring, or one that is over.
        """
        self.expire(self._world.now())
        ring = self.rings.find(ring_id)
        if ring is None:
            raise Refused(404, "Ring not found")
        if ring.agent != by:
            raise Refused(403, "The ring is another agent's")
        if state not in choices.RING_ANSWERS:
            raise Refused(400, "A ring can only be ACCEPTED or REJECTED")
        if ring.state != "WAITING":
            raise Refused(409, f"The ring waits no more, it is {ring.state}")
        if state == "ACCEPTED":
            self._close(ring.task, by)
            self._end(ring, state)
            self._world.amend(ring.task.conversation, lambda it: assign(it, by))
        else:
            ring.task.rejected.add(by)
            self._end(ring, state)
            self._go_on(ring)

    def repeat_rings(self, agent: str | None = None) -> int:
        """Announce the waiting rings of an agent, or all, again; give how many."""
        rings = self.rings.waiting(agent)
        for ring in rings:
            self._roster.tell(ring)
        return len(rings)

    def ringing(self, conversation_id: str) -> Ring | None:
        """Give the ring of a conversation that waits for an answer, if any."""
        task = self._tasks.get(conversation_id)
        return None if task is None else task.ring

    def counts(self) -> dict[str, int]:
        """Give searches and rings that are under way, and rings by how they ended."""
        return {"tasks": len(self._tasks), **self.rings.counts()}

    # -- time

    def next_due(self) -> int | None:
        """Give the time at which :meth:`expire` is to be called, if there is one."""
        return self._deadlines.next()

    def expire(self, now: int) -> None:
        """Do all that is due."""
        while (key := self._deadlines.take(now)) is not None:
            task = self._tasks[key]
            if (ring := task.ring) is not None:
                task.missed[ring.agent] += 1
                self._end(ring, "EXPIRED")
                self._go_on(ring)
            elif task.suggested is not None:
                self._withdraw(task, task.suggested)
            else:
                task.rejected.clear()
                self._seek(task)

    def _wait_until(self, task: RoutingTask, due: int) -> None:
        self._deadlines.put(task.key, due)
        self.rescheduled()

    # -- the search

    def _review(self, task: RoutingTask) -> None:
        if task.ring is not None and not self._still_fits(task.ring):
            self._end(task.ring, "CANCELLED")
        if task.ring is None:
            self._seek(task)

    def _still_fits(self, ring: Ring) -> bool:
        suggested = suggested_agent(ring.task.conversation)
        if ring.is_transfer:
            return suggested == ring.agent and self._roster.may_take_over(ring.agent)
        return suggested is None and self._roster.may_take(ring.agent, ring.task.skill)

    def _seek(self, task: RoutingTask) -> None:
        """Ring whom the task is for now, or wait until somebody can be rung."""
        now = self._world.now()
        suggested = suggested_agent(task.conversation)
        if suggested != task.suggested:
            task.suggested, task.suggested_until = suggested, now + self._length
            self._deadlines.drop(task.key)
        if suggested is not None:
            if self._roster.may_take_over(suggested):
                self._ring(task, suggested, now)
            else:
                self._wait_until(task, task.suggested_until)
            return
        agents = list(self._roster.takers(task.skill))
        fresh = [agent for agent in agents if agent not in task.rejected]
        if fresh:
            self._ring(task, self._roster.best(fresh, task), now)
        elif agents and task.key not in self._deadlines:
            self._wait_until(task, now + round(choices.REJECTED_PAUSE * 1000))

    def _ring(self, task: RoutingTask, agent: str, now: int) -> None:
        task.ring = ring = Ring(
            ring_id=self.rings.free_id(f"{task.key}_{self._world.account}_", now),
            task=task,
            agent=agent,
            is_transfer=task.suggested is not None,
            length=self._length,
            expires=now + self._length,
            weight=answer_due(task.conversation, now),
        )
        self.rings.add(ring)
        self._roster.note_rung(agent)
        del self._silent[task.key]
        self._wait_until(task, ring.expires)
        self._roster.tell(ring)

    def _go_on(self, ring: Ring) -> None:
        """Offer on what an agent did not take."""
        if ring.is_transfer:
            self._withdraw(ring.task, ring.agent)
        else:
            self._seek(ring.task)

    def _withdraw(self, task: RoutingTask, agent: str) -> None:
        # the change is told, and the search goes on with it
        self._world.amend(task.conversation, lambda it: withdraw_suggestion(it, agent))

    def _close(self, task: RoutingTask, assigned: str | None) -> None:
        task.completed, task.assigned = True, assigned
        self._deadlines.drop(task.key)
        del self._tasks[task.key]
        self._silent.pop(task.key, None)

    def _end(self, ring: Ring, state: str) -> None:
        task, ring.task.ring = ring.task, None
        self.rings.finish(ring, state)
        self._deadlines.drop(task.key)
        if not task.completed:
            self._silent[task.key] = task
        self._roster.tell(ring)


def _nothing() -> None:
    """Nobody wants to know."""
