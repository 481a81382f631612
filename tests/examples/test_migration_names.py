"""The tables of the migration page: no name forgotten, and none that is not there."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

import ums_actors as ums
import ums_actors.examples
from ums_actors.events_table import ABSENT, TABLE

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("ums_naming", HERE / "naming.py")
naming = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(naming)

PAGE = Path(ums_actors.examples.__file__).with_name("MIGRATION.md")
TEXT = PAGE.read_text("utf-8")
NAMES = tomllib.loads((HERE / "reference_names.toml").read_text("utf-8"))
VALUES = NAMES.pop("values")
ABSENCE = re.compile(r"(\*later\*; )?not (here|needed|yet)\b")
FREE = {
    "Which of the two",
    "What you can delete",
    "Errors of lp-messaging-sdk",
    "Errors and fields of node-agent-sdk",
    "Recipes of node-agent-sdk",
}
"""Tables whose first column is not made of names."""


class Table(NamedTuple):
    heading: str
    heads: list[str]
    rows: list[list[str]]

    @property
    def here(self):
        """Where the names of ours are."""
        return self.heads.index("here")


def prose():
    """Give the page without its blocks of code."""
    return re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def tables():
    heading, found, before = "", [], ""
    for line in prose().splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if not line.startswith("|"):
            pass
        elif not before.startswith("|"):
            found.append(Table(heading, cells(line), []))
        elif not line.startswith("|---"):
            found[-1].rows.append(cells(line))
        before = line
    return found


def codes(cell):
    return re.findall(r"`([^`]+)`", cell)


TABLES = tables()
MAPPED = [each for each in TABLES if "here" in each.heads]
SPANS = sorted({span for span in codes(prose()) if naming.is_ours(span)})


def listed(text):
    return [name.replace("~", " ") for name in text.split()]


def test_each_list_of_names_has_its_table():
    headings = [each.heading for each in TABLES]
    assert len(headings) == len(set(headings))
    assert set(headings) == set(NAMES) | FREE


@pytest.mark.parametrize("heading", NAMES)
def test_no_name_is_forgotten_and_none_stands_twice(heading):
    (table,) = (each for each in TABLES if each.heading == heading)
    found = [name for row in table.rows for name in codes(row[0])]
    wanted = listed(NAMES[heading])
    assert sorted(found) == sorted(wanted), set(found) ^ set(wanted)


@pytest.mark.parametrize("table", MAPPED, ids=lambda table: table.heading)
def test_each_row_is_whole(table):
    for row in table.rows:
        assert len(row) == len(table.heads), row


@pytest.mark.parametrize("table", MAPPED, ids=lambda table: table.heading)
def test_all_that_stands_on_the_right_is_there(table):
    for row in table.rows:
        here, remark = row[table.here], row[-1]
        if here == "-":
            assert ABSENCE.match(remark), f"say why there is none: {row}"
            continue
        spans = codes(here)
        assert ", ".join(f"`{span}`" for span in spans) == here, row
        for span in spans:
            assert naming.look_up(span), row
        assert not ABSENCE.match(remark), row


SAID_OF_CLASSES = [
    each
    for each in MAPPED
    if "its payload" in each.heads or each.heading.startswith("Errors")
]


@pytest.mark.parametrize("table", SAID_OF_CLASSES, ids=lambda table: table.heading)
def test_fields_that_a_remark_names_are_those_of_the_row(table):
    for row in table.rows:
        owners = [span.split(".")[:2] for span in codes(row[table.here])]
        for field in re.findall(r"`([a-z_]+)`", row[-1]):
            named = [".".join([*owner, field]) for owner in owners]
            assert any(is_there(each) for each in named), (field, row)


def is_there(span):
    try:
        return bool(naming.look_up(span))
    except naming.Unknown:
        return False


@pytest.mark.parametrize("span", SPANS)
def test_all_that_the_page_names_is_there(span):
    assert naming.look_up(span)


@pytest.mark.parametrize(
    "wrong",
    [
        "ums.Nobody",
        "ums.MessageReceived.nothing",
        "ums.Options(nothing=…)",
        "ums.connect(nothing=…)",
        "connection.nothing()",
        "connection.send()",
        "connection.send(nothing=…)",
        "connection.on_start()",
        "connection.status().nothing",
        "ring.nothing",
        "nothing=…",
        '{"skill_id": …}',
        "nobody",
        "1 +",
    ],
)
def test_what_is_not_there_is_found_out(wrong):
    with pytest.raises(naming.Unknown):
        naming.look_up(wrong)


# -- events


def told(sdk):
    """Give the events of a kind of table on the page: their names to our classes."""
    found = {}
    for table in MAPPED:
        if "its payload" not in table.heads:
            continue
        if (table.heading == "node-agent-sdk, event by event") != (sdk == "agent_sdk"):
            continue
        for row in table.rows:
            (name,) = codes(row[0])
            classes = classes_in(row[table.here])
            found.setdefault(name, set()).update(classes)
    return found


def classes_in(text):
    """Give the events that a text names."""
    return set(re.findall(r"\w+", text)) & {row.event.__name__ for row in TABLE}


@pytest.mark.parametrize("sdk", ["messaging_sdk", "agent_sdk"])
def test_the_page_and_the_table_of_events_say_the_same(sdk):
    known = {name: classes_in(where) for name, where in ABSENT.items()}
    for row in TABLE:
        for name in getattr(row, sdk):
            known.setdefault(name, set()).add(row.event.__name__)
    page = told(sdk)
    differing = {
        name: (sorted(classes), sorted(known.get(name, ())))
        for name, classes in page.items()
        if classes != known.get(name, set())
    }
    assert not differing, f"{PAGE.name} and events_table.py differ"
    of_this_sdk = {name for row in TABLE for name in getattr(row, sdk)}
    assert of_this_sdk <= set(page), f"{PAGE.name} has no row for these"


def test_events_that_the_others_do_not_have_are_named():
    ours = {row.event.__name__ for row in TABLE if not row.messaging_sdk}
    section = TEXT.partition("### Events that lp-messaging-sdk does not have\n")[2]
    named = codes(section.partition("\n#")[0])
    assert {span.removeprefix("ums.") for span in named} == ours, (
        f"the section of {PAGE.name} about events that are only here is not right"
    )


# -- enumerations


def enumeration(name):
    rows = [row for table in MAPPED for row in table.rows if codes(row[0]) == [name]]
    (found,) = naming.look_up(codes(rows[0][1])[0])
    return found


@pytest.mark.parametrize("name", VALUES)
def test_the_values_of_their_enumerations_are_among_ours(name):
    ours = set(enumeration(name))
    for value in VALUES[name].split():
        assert (value in ours) != value.startswith("-"), value


def test_each_state_of_ours_stands_for_one_of_theirs():
    (table,) = (each for each in TABLES if each.heading == "States")
    named = {span for row in table.rows for span in codes(row[1])}
    ours = {f"ums.State.{state}" for state in ums.State.__members__}
    assert named == ours | {"ums.NullConnection"}
