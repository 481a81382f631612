"""Every number is delivered, absent or told to be missed, just once: both sides.

Also if one process is replaced by another, which goes on from what the first has saved;
what its subscribers had not taken is delivered again then.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ums_actors.core.following import FollowedStreams, Sighting
from ums_actors.core.keeping import document
from ums_actors.core.recalling import recall
from ums_actors.core.stream import Streams
from ums_actors.core.tracked import Missed

DIALOGS = ("a", "b", "c")
LOST = ConnectionError("lost")
NAMES = st.sampled_from(DIALOGS)
OFFSETS = st.lists(st.integers(0, 2))


def as_saved(places, finished, history_until):
    """Give what the next process reads."""
    data = document(
        *("connection", ()),
        account="1",
        user="1.7",
        side="brand",
        bodies=True,
        places=places,
        finished=finished,
        history_until=history_until,
    )
    return recall(data, kinds=("connection",), conversations=0, dialogs=100)


class Dialog:
    """One dialog, as it was said and as a subscriber hears of it.

    A number may be passed over in silence only if the user is not to see it.

    Attributes:
        said: how many numbers there are; ``hidden`` are those not for the user.
        next: the number that is due.
        absent: numbers that were passed over in silence.
        gaps: numbers that were told to be missed.
    """

    def __init__(self):
        self.said = 0
        self.hidden = set()
        self.next = 0
        self.absent = 0
        self.gaps = 0

    def say(self, hidden):
        """Say three things, some of them in secret; give the others."""
        new = range(self.said, self.said + 3)
        self.said += 3
        self.hidden |= {new[offset] for offset in hidden}
        return new

    def visible(self, first=0):
        return [n for n in range(first, self.said) if n not in self.hidden]

    def hear(self, number):
        self._pass_over(number)
        assert number not in self.hidden
        self.next = number + 1

    def miss(self, first, last):
        self._pass_over(first)
        if last is not None:
            assert last >= first
            self.gaps += last - first + 1
            self.next = last + 1

    def _pass_over(self, until):
        assert until >= self.next, "it came twice, or out of order"
        skipped = range(self.next, until)
        assert self.hidden.issuperset(skipped), "something was lost in silence"
        self.absent += len(skipped)
        self.next = until


class World(RuleBasedStateMachine):
    """A service that may fail to answer, and lines that lose what they carry, and die.

    Attributes:
        out: queries the service has not answered, oldest first.
        room: for dialogs. If there is too little some are forgotten, and nothing may
            ask for what was said in them last.
    """

    room = 10

    def __init__(self):
        super().__init__()
        self.stream = self.make(self.room)
        self.dialogs = {name: Dialog() for name in DIALOGS}
        self.out = []
        self.updates = 0
        self.before = (0, 0)  # what was absent and given up in earlier processes

    def hear(self, ready):
        for each in [*ready, *self.stream.spilled()]:
            if isinstance(each, Missed):
                self.dialogs[each.dialog_id].miss(each.first, each.last)
            else:
                name, number = each
                self.dialogs[name].hear(number)

    def pairs(self, name, first=0):
        visible = self.dialogs[name].visible(max(first, 0))
        return [(number, (name, number)) for number in visible]

    @precondition(lambda self: self.out)
    @rule(pick=st.integers(0, 3))
    def fail(self, pick):
        self.hear(self.failed(self.out.pop(pick % len(self.out))))

    @rule(died=st.booleans())
    def cut(self, died):
        self.hear(self.stream.line_lost(LOST if died else None))
        self.new_line()

    @rule()
    def die_again_and_again(self):
        for _ in range(5):
            self.ask()
            self.cut(died=True)

    def new_line(self):
        self.out.clear()

    @rule(name=NAMES, back=st.integers(0, 4))
    def be_replaced(self, name, back):
        """Go on as another process, which hears the last events of a dialog again."""
        self.hear([])
        old, dialog, untaken = self.stream, self.dialogs[name], {}
        if back and dialog.next:
            dialog.next = max(0, dialog.next - back)
            untaken[name] = dialog.next
        places = {
            each: old.place(each, untaken.get(each))
            for each in {*old.tracked(), *untaken}
        }
        self.before = self.before[0] + old.absent, self.before[1] + old.gaps
        self.stream = self.make(self.room)
        kept = as_saved(places, old.finished(places), old.history_until)
        for each, place in kept.places.items():
            self.stream.resume(each, place)
        self.stream.resume_finished(kept.finished)
        self.stream.resumed(kept.history_until)
        self.new_line()
        self.hear([])

    @invariant()
    def all_is_counted(self):
        dialogs = self.dialogs.values()
        absent, gaps = self.before
        assert absent + self.stream.absent == sum(each.absent for each in dialogs)
        assert gaps + self.stream.gaps == sum(each.gaps for each in dialogs)

    def teardown(self):
        for name in DIALOGS:
            self.show(name)
        for _ in range(30):
            self.ask()
            while self.out:
                self.answer(0)
        self.all_is_counted()
        if self.room >= len(DIALOGS):
            for dialog in self.dialogs.values():
                assert not dialog.visible(dialog.next)
            self.ask()
            assert not self.out


class Brand(World):
    """The events of an agent's dialogs come unasked; the missing ones are queried."""

    def make(self, room):
        return Streams(room, hold_limit=3, query_limit=2, tries=2)

    @rule(name=NAMES, arrive=OFFSETS, hidden=st.sets(st.integers(0, 2)))
    def say(self, name, arrive, hidden):
        """Some of it arrives, some twice, in any order."""
        new = self.dialogs[name].say(hidden)
        for offset in arrive:
            if offset not in hidden:
                event = name, new[offset]
                self.hear(self.stream.live(name, new[offset], event))

    @rule(name=NAMES, numbered=st.booleans())
    def show(self, name, numbered=True):
        self.updates += 1
        visible = self.dialogs[name].visible()
        last = visible[-1] if visible and numbered else None
        flags = {"baseline": False, "participating": True}
        self.stream.snapshot(name, last, self.updates, **flags)
        self.hear([])

    @rule(name=NAMES)
    def want(self, name):
        self.stream.ask(name)
        self.hear([])

    @rule()
    def ask(self):
        self.stream.snapshots_over()
        self.out += self.stream.queries()
        self.hear([])
        assert len(self.out) <= 2 or self.room < len(DIALOGS)

    @precondition(lambda self: self.out)
    @rule(pick=st.integers(0, 3))
    def answer(self, pick):
        query = self.out.pop(pick % len(self.out))
        found = self.pairs(query.dialog_id, query.newer_than)
        self.hear(self.stream.caught_up(query.dialog_id, found[::-1]))

    def failed(self, query):
        return self.stream.query_failed(query.dialog_id, LOST)


class Consumer(World):
    """The events of a consumer's dialogs are subscribed to.

    Attributes:
        due: subscriptions whose events have not come: dialog, first, ticket.
        live: dialogs that were subscribed to on this line.
    """

    def __init__(self):
        super().__init__()
        self.due = []
        self.live = set()

    def make(self, room):
        return FollowedStreams(room, hold_limit=3, query_limit=2, tries=2)

    def new_line(self):
        super().new_line()
        self.due.clear()
        self.live.clear()

    @rule(name=NAMES, arrive=OFFSETS, hidden=st.sets(st.integers(0, 2)))
    def say(self, name, arrive, hidden):
        """Some of it arrives, some twice, in any order."""
        new = self.dialogs[name].say(hidden)
        for offset in arrive if name in self.live else ():
            if offset not in hidden:
                self.tell(name, [(new[offset], (name, new[offset]))])
        self.show(name, numbered=False)

    def tell(self, name, pairs):
        self.hear(self.stream.told(name, pairs))

    @rule(name=NAMES, numbered=st.booleans())
    def show(self, name, numbered=True):
        self.updates += 1
        visible = self.dialogs[name].visible()
        self.stream.sight(
            Sighting(
                conversation_id=name,
                dialog_id=name,
                is_open=True,
                last_sequence=visible[-1] if visible and numbered else None,
                updated=self.updates,
            )
        )
        self.hear([])

    @rule()
    def ask(self):
        self.out += self.stream.requests()
        self.hear([])
        assert len(self.out) <= 2 or self.room < len(DIALOGS)

    @precondition(lambda self: self.out)
    @rule(pick=st.integers(0, 3))
    def accept(self, pick):
        wanted = self.out.pop(pick % len(self.out))
        name = wanted.dialog_id
        ticket = self.stream.accepted(name)
        self.due.append((name, wanted.from_sequence, ticket))
        self.live.add(name)

    @precondition(lambda self: self.due)
    @rule(pick=st.integers(0, 3), silent=st.booleans())
    def tell_what_is_there(self, pick, silent=False):
        name, first, ticket = self.due.pop(pick % len(self.due))
        pairs = self.pairs(name, first)
        if pairs and not silent:
            self.tell(name, pairs)
        elif not silent:
            self.hear(self.stream.told_nothing(name))
        self.hear(self.stream.silent(name, ticket))

    def answer(self, pick):
        self.accept(pick)
        while self.due:
            self.tell_what_is_there(0)

    def failed(self, wanted):
        return self.stream.query_failed(wanted.dialog_id, LOST)

    @precondition(lambda self: self.out)
    @rule(pick=st.integers(0, 3))
    def refuse(self, pick):
        wanted = self.out.pop(pick % len(self.out))
        self.hear(self.stream.refused(wanted.dialog_id, LOST))

    def teardown(self):
        self.cut(died=False)  # what a line refused may be had on the next
        super().teardown()


class CrampedBrand(Brand):
    room = 2


class CrampedConsumer(Consumer):
    room = 2


TestBrand = Brand.TestCase
TestConsumer = Consumer.TestCase
TestCrampedBrand = CrampedBrand.TestCase
TestCrampedConsumer = CrampedConsumer.TestCase
