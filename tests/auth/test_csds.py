import json
import threading
from functools import partial

import pytest

from ums_actors.auth.csds import Csds
from ums_actors.auth.domains import ServiceUnknown
from ums_actors.errors import (
    AuthenticationRejected,
    LocalProtocolError,
    LoginError,
)
from ums_actors.http.client import Answer, Http
from ums_actors.http.deadline import Deadline
from ums_actors.http.origin import Origin
from ums_actors.http.tls import client_context

PATIENCE = 20.0


def entry(service, host):
    return {"service": service, "account": "acc7", "baseURI": host}


ALL = {"baseURIs": [entry("agentVep", "a.example"), entry("facadeMsg", "f.example")]}


class FakeHttp:
    """Answers from a list; keeps the paths that were asked for."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.paths = []
        self.patience = []

    def call(self, method, origin, path, *, step, deadline):
        assert (method, step) == ("GET", "csds")
        self.paths.append(path)
        self.patience.append(deadline.left())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Answer(status, data)


class Domains(Csds):
    """Shows what it calls."""


def csds(*answers, **options):
    http = FakeHttp(*answers)
    made = Domains("csds.example", "acc7", http, **options)
    made.http = http
    return made


ONE = "/api/account/acc7/service/agentVep/baseURI.json?version=1.0"
LIST = "/api/account/acc7/service/baseURI.json?version=1.0"


def look_up(domains, service="agentVep"):
    return domains.look_up(service, Deadline(PATIENCE))


@pytest.mark.parametrize(
    "body",
    [
        entry("agentVep", "a.example"),
        ALL,
        {"baseURIs": entry("agentVep", "a.example")},
        {"baseURIs": [None, 5, {}, *ALL["baseURIs"]], "more": 1},
    ],
)
def test_either_form_of_answer_is_read(body):
    assert look_up(csds((200, body))) == "a.example"


def test_paths_are_those_of_the_service():
    domains = csds((200, ALL))
    look_up(domains)
    domains.domains(Deadline(PATIENCE))
    assert domains.http.paths == [ONE, LIST]


def test_all_domains_are_given_and_believed():
    domains = csds((200, ALL))
    hosts = {"agentVep": "a.example", "facadeMsg": "f.example"}
    assert domains.domains(Deadline(PATIENCE)) == hosts
    assert look_up(domains, "facadeMsg") == "f.example"
    assert len(domains.http.paths) == 1


def test_answer_is_believed_until_its_time_is_over():
    now = [1000.0]
    domains = csds((200, ALL), cache_seconds=600, clock=lambda: now[0])
    look_up(domains)
    now[0] += 599
    look_up(domains)
    assert len(domains.http.paths) == 1
    now[0] += 1
    look_up(domains)
    assert len(domains.http.paths) == 2


def test_two_instances_share_nothing():
    first, second = csds((200, ALL)), csds((200, entry("agentVep", "b.example")))
    assert look_up(first) == "a.example"
    assert look_up(second) == "b.example"


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"error": "x"}),
        (401, b""),
        (404, b"<html>"),
        (200, {"baseURIs": []}),
        (200, {"baseURIs": [{"service": "agentVep", "baseURI": ""}]}),
    ],
)
def test_unknown_account_is_rejected_for_good_and_named(answer):
    with pytest.raises(AuthenticationRejected) as caught:
        look_up(csds(answer))
    assert "does not know the account acc7; check account_id" in str(caught.value)
    assert (caught.value.step, caught.value.status) == ("csds", answer[0])


def test_account_that_was_known_is_not_given_up():
    now = [0.0]
    domains = csds((200, ALL), (404, b""), clock=lambda: now[0], stale_seconds=0.0)
    look_up(domains)
    now[0] += 601
    with pytest.raises(LoginError, match="at the moment") as caught:
        look_up(domains)
    assert not isinstance(caught.value, AuthenticationRejected)
    assert (caught.value.status, caught.value.retry_after) == (404, 5.0)


@pytest.mark.parametrize("known", [False, True])
def test_refusal_that_is_none_of_an_account_is_final_for_those_never_known(known):
    now = [0.0]
    answers = [(200, ALL), (451, b"")] if known else [(451, b"")]
    domains = csds(*answers, clock=lambda: now[0], stale_seconds=0.0)
    if known:
        look_up(domains)
        now[0] += 601
    with pytest.raises(LoginError) as caught:
        look_up(domains)
    assert isinstance(caught.value, AuthenticationRejected) is not known


def test_empty_answer_is_not_believed():
    empty = (200, {"baseURIs": []})
    domains = csds(empty, empty, (200, ALL))
    with pytest.raises(AuthenticationRejected):
        look_up(domains)
    assert look_up(domains) == "a.example"


FAILURES = [(503, b""), (429, b""), (404, b""), (200, b"<html>"), LoginError("line")]


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_old_answer_serves_while_csds_fails(failure):
    now = [0.0]
    domains = csds((200, ALL), failure, clock=lambda: now[0])
    look_up(domains)
    now[0] += 601
    assert look_up(domains) == "a.example"


def test_old_answer_serves_no_longer_than_its_bound():
    now = [0.0]
    domains = csds((200, ALL), (503, b""), clock=lambda: now[0], stale_seconds=1_000.0)
    look_up(domains)
    now[0] += 1_599
    assert look_up(domains) == "a.example"
    now[0] += 1
    with pytest.raises(LoginError, match="503"):
        look_up(domains)


def test_csds_that_fails_is_not_asked_for_each_line_nor_waited_for_long():
    now = [0.0]
    domains = csds((200, ALL), (503, b""), (200, ALL), clock=lambda: now[0])
    look_up(domains)
    now[0] += 601
    for _ in range(5):
        assert look_up(domains) == "a.example"
    assert len(domains.http.paths) == 2
    assert domains.http.patience[1] <= 3.0
    now[0] += 61
    look_up(domains)
    assert len(domains.http.paths) == 3


def test_haste_leaves_no_more_than_there_was():
    now = [0.0]
    domains = csds((200, ALL), clock=lambda: now[0])
    look_up(domains)
    now[0] += 601
    domains.look_up("agentVep", Deadline(0.5))
    assert domains.http.patience[1] <= 0.5


@pytest.mark.parametrize(
    "answer", [(404, b""), (400, b""), (200, {"service": "agentVep"})], ids=str
)
def test_what_is_not_known_by_itself_is_looked_for_in_the_list(answer):
    domains = csds(answer, (200, ALL))
    assert look_up(domains) == "a.example"
    assert domains.http.paths == [ONE, LIST]
    assert look_up(domains, "facadeMsg") == "f.example"
    assert len(domains.http.paths) == 2


def test_service_that_is_not_in_the_list_is_not_asked_for_again_and_again():
    now = [0.0]
    domains = csds((404, b""), (200, ALL), (404, b""), (200, ALL), clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(ServiceUnknown, match="acc7 has no service idp"):
            look_up(domains, "idp")
    assert len(domains.http.paths) == 2
    now[0] += 601
    with pytest.raises(ServiceUnknown):
        look_up(domains, "idp")
    assert len(domains.http.paths) == 4


def test_service_that_the_account_lost_does_not_serve_any_more():
    now = [0.0]
    lost = {"baseURIs": [entry("facadeMsg", "f.example")]}
    domains = csds((200, ALL), (404, b""), (200, lost), clock=lambda: now[0])
    look_up(domains)
    now[0] += 601
    for _ in range(2):
        with pytest.raises(ServiceUnknown):
            look_up(domains)


SOCKETS = ("facadeMsg", "asyncMessagingEnt")


def find_first(domains):
    return domains.find_first(SOCKETS, Deadline(PATIENCE)).host


def test_first_service_that_the_account_has_is_taken():
    both = {"baseURIs": [entry(name, f"{name}.example") for name in SOCKETS]}
    assert find_first(csds((200, both))) == "facadeMsg.example"
    second = {"baseURIs": both["baseURIs"][1:]}
    assert find_first(csds((404, b""), (200, second))) == "asyncMessagingEnt.example"


def test_account_with_none_of_the_services_is_told_of_the_last():
    with pytest.raises(ServiceUnknown, match="no service asyncMessagingEnt"):
        find_first(csds((404, b""), (200, {"baseURIs": [entry("idp", "i.example")]})))


def test_failure_is_no_reason_to_try_another_service():
    domains = csds((503, b""))
    with pytest.raises(LoginError, match="503"):
        find_first(domains)
    assert len(domains.http.paths) == 1


@pytest.mark.parametrize("service", SOCKETS)
def test_override_of_either_service_spares_all_look_ups(service):
    domains = csds((500, b""), overrides={service: "o.example"})
    assert find_first(domains) == "o.example"
    assert domains.http.paths == []


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ((500, b""), "status 500"),
        ((429, b""), "status 429"),
        ((302, b""), "status 302"),
        ((200, b"<html>"), "not one of CSDS"),
        ((200, []), "not one of CSDS"),
        ((200, {"service": "agentVep"}), "not one of CSDS"),
        ((200, b"[" * 99_999), "not one of CSDS"),
    ],
)
def test_failure_of_the_service_may_pass(answer, text):
    with pytest.raises(LoginError, match=text) as caught:
        look_up(csds(answer))
    assert not isinstance(caught.value, AuthenticationRejected)
    assert caught.value.step == "csds"
    assert caught.value.retry_after == 5.0


def test_service_that_the_account_lacks_is_named():
    with pytest.raises(LoginError, match="acc7 has no service idp"):
        look_up(csds((200, ALL)), "idp")


@pytest.mark.parametrize(
    "host", ["a.example/path", "u:p@a.example", "ftp://a.example", "a b"]
)
def test_bad_host_in_an_answer_is_a_login_error(host):
    domains = csds((200, entry("agentVep", host)))
    with pytest.raises(LoginError, match="bad host for agentVep"):
        domains.find("agentVep", Deadline(PATIENCE))


def test_scheme_of_csds_is_that_of_all_services():
    secure = csds((200, ALL))
    assert secure.secure
    assert secure.find("agentVep", Deadline(PATIENCE)) == Origin("a.example", 443, True)
    answer = (200, entry("agentVep", "127.0.0.1:81"))
    plain = Csds("http://127.0.0.1:80", "acc7", FakeHttp(answer))
    assert not plain.secure
    assert plain.find("agentVep", Deadline(PATIENCE)) == Origin("127.0.0.1", 81, False)


def test_service_with_an_override_is_not_looked_up():
    overrides = {"agentVep": "b.example", "idp": "http://127.0.0.1:81"}
    domains = csds((200, ALL), overrides=overrides)
    deadline = Deadline(PATIENCE)
    assert domains.find("agentVep", deadline) == Origin("b.example", 443, True)
    assert domains.find("idp", deadline) == Origin("127.0.0.1", 81, False)
    assert domains.http.paths == []
    assert domains.find("facadeMsg", deadline) == Origin("f.example", 443, True)


def test_override_that_is_not_safe_is_a_clear_error():
    with pytest.raises(LocalProtocolError, match="plain http"):
        csds((200, ALL), overrides={"agentVep": "http://b.example"})


def test_plain_csds_that_points_elsewhere_is_refused():
    domains = Csds("http://127.0.0.1:80", "acc7", FakeHttp((200, ALL)))
    with pytest.raises(LoginError, match=r"plain http to a\.example"):
        domains.find("agentVep", Deadline(PATIENCE))


def test_plain_csds_elsewhere_and_no_account_are_clear_errors():
    with pytest.raises(LocalProtocolError, match="plain http"):
        Csds("http://csds.example", "acc7", Http())
    with pytest.raises(LocalProtocolError, match="account_id is empty"):
        Csds("csds.example", "", Http())


class Gate(FakeHttp):
    """Holds each call until the test opens the gate."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.entered = threading.Event()
        self.open = threading.Event()

    def call(self, *args, **options):
        self.entered.set()
        assert self.open.wait(PATIENCE)
        return super().call(*args, **options)


class Noticing(Deadline):
    """Tells when somebody starts to wait on it."""

    def __init__(self, waiting):
        super().__init__(PATIENCE)
        self.waiting = waiting

    def left(self):
        self.waiting.release()
        return super().left()


def followers_of(gate, count=3):
    """Let one ask and the others wait for it; give what each of them got."""
    domains = Csds("csds.example", "acc7", gate)
    got = []
    waiting = threading.Semaphore(0)

    def ask():
        try:
            got.append(domains.look_up("agentVep", Noticing(waiting)))
        except Exception as error:  # noqa: BLE001 the bug must be seen too
            got.append(error)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    threads[0].start()
    assert gate.entered.wait(PATIENCE)
    for thread in threads[1:]:
        thread.start()
        assert waiting.acquire(timeout=PATIENCE)
    gate.open.set()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    return got


def test_those_who_ask_at_the_same_time_share_one_call():
    gate = Gate((200, ALL))
    assert followers_of(gate) == ["a.example"] * 3
    assert len(gate.paths) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "status", "pause"),
    [
        ((404, b""), AuthenticationRejected, 404, 0.0),
        ((503, b""), LoginError, 503, 5.0),
        (RuntimeError("bug"), None, None, 0.0),
    ],
)
def test_they_share_its_failure_too(answer, kind, status, pause):
    gate = Gate(answer)
    errors = followers_of(gate)
    assert len(gate.paths) == (2 if status == 404 else 1)
    assert len({id(each) for each in errors}) == 3
    for each in errors[1:]:
        assert type(each) is (kind or LoginError)
        assert (each.status, each.retry_after) == (status, pause)


def test_failed_call_is_not_shared_with_those_who_come_later():
    domains = csds((503, b""), (200, ALL))
    with pytest.raises(LoginError):
        look_up(domains)
    assert look_up(domains) == "a.example"


def test_follower_waits_no_longer_than_its_deadline():
    gate = Gate((200, ALL))
    domains = Csds("csds.example", "acc7", gate)
    thread = threading.Thread(target=look_up, args=(domains,))
    thread.start()
    assert gate.entered.wait(PATIENCE)
    for timeout in (0, 0.05):
        with pytest.raises(LoginError, match="before the deadline"):
            domains.look_up("agentVep", Deadline(timeout))
    gate.open.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_look_up_works_over_a_real_line(serve, server_context, ca_file):
    server = serve(lambda exchange: exchange.reply(200, ALL), server_context)
    domains = Csds(
        server.authority, "acc 7", Http(tls=partial(client_context, ca_file))
    )
    assert look_up(domains) == "a.example"
    assert server.seen[0].path.startswith("/api/account/acc%207/service/agentVep/")
