from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ums_actors.core.precedence import IN_A_ROW, Precedence


def line(ordinary="", preferred=""):
    made = Precedence()
    for one in ordinary + preferred:
        made.add(one)
    for one in preferred:
        made.prefer(one)
    return made


def served(made, count=None):
    """Serve so many, or all; give them in this order."""
    gone = []
    while len(made) and (count is None or len(gone) < count):
        gone.append(made.first())
        made.serve(gone[-1])
    return "".join(gone)


def test_nobody_is_the_first_of_an_empty_line():
    made = line()
    assert made.first() is None
    assert len(made) == 0
    assert "a" not in made


def test_who_came_first_is_served_first():
    assert served(line("abc")) == "abc"


def test_the_preferred_go_before_the_others_each_class_in_order():
    made = line("abc", "xyz")
    assert len(made) == 6
    assert "a" in made
    assert "x" in made
    assert served(made) == "xyzabc"


def test_to_be_preferred_puts_one_behind_those_who_were_before():
    made = line("ab", "x")
    made.prefer("b")
    assert served(made) == "xba"


def test_every_fifth_place_is_for_the_others():
    assert IN_A_ROW == 4
    assert served(line("abc", "123456789")) == "1234a5678b9c"


def test_what_was_served_while_nobody_else_waited_does_not_count():
    made = line("", "123456")
    assert served(made, 4) == "1234"
    made.add("a")
    assert served(made) == "56a"


def test_one_of_the_others_ends_the_row():
    made = line("a", "1234")
    assert served(made, 3) == "123"
    made.serve("a")
    made.add("b")
    for one in "56":
        made.add(one)
        made.prefer(one)
    assert served(made) == "456b"


def test_who_waits_no_more_is_not_served():
    made = line("ab", "xy")
    assert made.discard("x")
    assert made.discard("a")
    assert not made.discard("a")
    assert not made.discard("never")
    assert served(made) == "yb"


@given(st.lists(st.booleans(), max_size=80))
def test_nobody_is_starved_and_nobody_overtakes_his_own_class(classes):
    made = Precedence()
    for number, preferred in enumerate(classes):
        made.add(number)
        if preferred:
            made.prefer(number)
    order = []
    while (one := made.first()) is not None:
        assert one in made
        made.serve(one)
        assert one not in made
        order.append(one)
    assert sorted(order) == list(range(len(classes)))
    for kind in (False, True):
        mine = [one for one in order if classes[one] is kind]
        assert mine == sorted(mine)
    row = 0
    for place, one in enumerate(order):
        others_wait = any(not classes[each] for each in order[place:])
        row = row + 1 if classes[one] and others_wait else 0
        assert row <= IN_A_ROW
        if not classes[one] and any(classes[each] for each in order[place:]):
            before = order[max(0, place - IN_A_ROW) : place]
            assert [classes[each] for each in before] == [True] * IN_A_ROW
