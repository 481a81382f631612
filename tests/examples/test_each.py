from __future__ import annotations

import json
import signal
import socket

import urllib3

from ums_actors.emulator import password_of


def summary(emulator, conversation_id):
    (found,) = (
        each
        for each in emulator.conversations()
        if each["conversation"] == conversation_id
    )
    return found


def answer(emulator, opened, since):
    """Wait for what the brand says next."""
    while True:
        events = emulator.wait_for_events(opened.conversation_id, since, 10)
        assert events, "nobody has answered"
        for event in events:
            is_text = event["event"]["type"] == "ContentEvent"
            if is_text and event["originatorId"] != opened.consumer_id:
                return event["event"]["message"]
            since = event["sequence"] + 1


def test_the_greeting_bot_greets_each_conversation_once(either, run_on, texts):
    first = either.open_conversation(text="hello")
    example = run_on(either, "greeting_bot", "--conversations", "1")
    assert example.end()[::2] == (0, "")
    second = either.open_conversation(text="hello")
    example = run_on(either, "greeting_bot", "--conversations", "1")
    assert example.end()[::2] == (0, "")
    for opened in (first, second):
        greetings = texts(either, opened.conversation_id)
        assert greetings == ["hello", "Hello, how can I help you?"]


def test_the_agent_bot_serves_from_the_first_word_to_the_last(emulator, run_on, texts):
    opened = emulator.open_conversation(text="hello")
    example = run_on(emulator, "agent_bot", "--conversations", "1")
    assert answer(emulator, opened, 1) == "You said: hello"
    emulator.cut("bot1")
    sequence = emulator.write(opened.conversation_id, "are you still there?")
    assert answer(emulator, opened, sequence) == "You said: are you still there?"
    emulator.write(opened.conversation_id, "bye")
    assert example.end()[::2] == (0, "")
    assert texts(emulator, opened.conversation_id)[-1] == "Goodbye."
    assert summary(emulator, opened.conversation_id)["stage"] == "CLOSE"


def test_the_transfer_bot_hands_over_and_leaves(emulator, run_on):
    example = run_on(
        emulator, "transfer_bot", "--to-skill", "77", "--conversations", "1"
    )
    opened = emulator.open_conversation(text="when?")
    assert answer(emulator, opened, 1) == "We open at nine."
    emulator.write(opened.conversation_id, "an agent, please")
    assert example.end()[::2] == (0, "")
    found = summary(emulator, opened.conversation_id)
    assert (found["skill"], found["assigned"], found["stage"]) == ("77", None, "OPEN")


def test_a_transfer_whose_answer_is_lost_is_not_made_twice(emulator, run_on):
    update = ".ams.cm.UpdateConversationField"
    emulator.add_fault("process-then-disconnect", count=1, value=update)
    example = run_on(
        emulator, "transfer_bot", "--to-skill", "77", "--conversations", "1"
    )
    opened = emulator.open_conversation(text="an agent, please")
    code, output, error = example.end()
    assert (code, error) == (0, "")
    assert output.count("transferred") == 1
    found = summary(emulator, opened.conversation_id)
    assert (found["skill"], found["assigned"]) == ("77", None)


def test_the_listener_hears_all_of_all_conversations(emulator, run_on):
    before = emulator.open_conversation(text="said before")
    example = run_on(emulator, "listener", "--conversations", "2")
    while "said before" not in example.line():
        pass
    after = emulator.open_conversation(assign="bot2", text="said after")
    while "said after" not in example.line():
        pass
    for opened in (before, after):
        emulator.close_conversation(opened.conversation_id)
    code, output, error = example.end()
    assert (code, error) == (0, "")
    assert output.count("closed by CONSUMER") == 2


def test_the_consumer_client_says_what_is_typed_and_prints_the_answer(
    emulator, run_on, texts
):
    agent = run_on(emulator, "greeting_bot", "--conversations", "1")
    client = run_on(emulator, "consumer_client")
    code, output, error = client.end("one\ntwo\n")
    assert (code, error) == (0, "")
    assert output == "MANAGER: Hello, how can I help you?\n"
    assert agent.end()[::2] == (0, "")
    (found,) = emulator.conversations()
    said = texts(emulator, found["conversation"])
    assert said.index("one") < said.index("two")
    assert found["stage"] == "CLOSE"


def test_a_consumer_whom_nobody_answers_goes(emulator, run_on):
    client = run_on(emulator, "consumer_client", "--say", "hi", "--patience", "0.2")
    assert client.end() == (0, "nobody has answered\n", "")


def test_the_token_source_asks_its_gateway(either, run_on):
    scheme = "https" if either.tls else "http"
    url = f"{scheme}://{either.csds}/api/account/{either.account}/login?v=1.3"
    code, output, error = run_on(either, "token_source", "--gateway", url).end()
    assert (code, error) == (0, "")
    assert output.startswith("the gateway gave a token\nthe server's clock says ")
    assert either.state()["logins"] == 1


def test_a_gateway_that_does_not_know_us_ends_it(emulator, run):
    address = f"http://{emulator.csds}"
    code, _, error = run(
        "token_source",
        *("--account", emulator.account, "--username", "bot1", "--csds", address),
        *("--gateway", f"{address}/api/account/{emulator.account}/login?v=1.3"),
        UMS_PASSWORD="wrong",
    ).end()
    assert code == 1
    assert error == "AuthenticationRejected: the gateway does not know us\n"


def test_an_application_of_pykka_actors_serves(emulator, run_on, texts):
    opened = emulator.open_conversation(text="a question of mine")
    example = run_on(emulator, "pykka_application", "--conversations", "1")
    assert example.end()[::2] == (0, "")
    said = texts(emulator, opened.conversation_id)
    assert said[1] == "4 words are too few to go on."


def all_online(emulator):
    states = emulator.state()["agent_states"]
    return [states.get(name) for name in emulator.users] == ["ONLINE", "ONLINE"]


def agents_file(folder, emulator, **passwords):
    """Write the file of a fleet's agents."""
    path = folder / "agents.toml"
    path.touch(0o600)
    head = f'account = "{emulator.account}"\ncsds = "http://{emulator.csds}"\n'
    agents = "".join(
        f'[[agents]]\nuser = "{name}"\nonline = true\npassword = "{password}"\n'
        for name, password in passwords.items()
    )
    path.write_text(head + agents)
    return str(path)


def test_many_bots_of_one_process_serve_side_by_side(
    emulator, run_on, eventually, tmp_path
):
    names = ("bot1", "bot2")
    agents = agents_file(tmp_path, emulator, **{n: password_of(n) for n in names})
    arguments = ("--agents", agents, "--conversations", "4")
    example = run_on(emulator, "many_bots", *arguments)
    eventually(lambda: all_online(emulator))
    for _ in range(4):
        emulator.open_conversation(text="hello")
    code, output, error = example.end()
    assert (code, error) == (0, "")
    served = dict(line.split(" has served ") for line in output.splitlines())
    assert set(served) == set(names)
    assert sum(map(int, served.values())) == 4
    assert all(found["events"] >= 2 for found in emulator.conversations())


def test_a_bot_that_cannot_log_in_does_not_keep_the_others(emulator, run_on, tmp_path):
    passwords = {"bot1": "tell-nobody", "bot2": password_of("bot2")}
    agents = agents_file(tmp_path, emulator, **passwords)
    arguments = ("--agents", agents, "--conversations", "1")
    example = run_on(emulator, "many_bots", *arguments)
    emulator.open_conversation(text="hello")
    code, output, error = example.end()
    assert (code, error) == (0, "")
    assert "bot1: the credentials were rejected with HTTP status 401\n" in output
    assert output.endswith("bot2 has served 1\n")
    assert "tell-nobody" not in output


def post(url, body, **headers):
    return urllib3.request("POST", url, body=body, headers=headers, timeout=10).status


def listening(run, emulator, *arguments, **environment):
    """Start the receiver; give it and its address."""
    example = run(
        "webhook_receiver", *arguments, UMS_ACCOUNT=emulator.account, **environment
    )
    return example, example.line().removeprefix("listening on ")


def test_the_webhook_receiver_prints_what_is_posted(emulator, run):
    example, url = listening(
        run, emulator, "--conversations", "1", UMS_WEBHOOK_SECRET="s3cr3t"
    )
    emulator.add_webhook(url, secret="s3cr3t", parallel=4)
    opened = emulator.open_conversation(assign="bot1", text="hello")
    assert example.line() == f"{opened.conversation_id} CONSUMER: hello"
    emulator.write(opened.conversation_id, "again")
    assert example.line() == f"{opened.conversation_id} CONSUMER: again"
    emulator.close_conversation(opened.conversation_id)
    code, output, error = example.end()
    assert (code, error) == (0, "")
    assert output == f"{opened.conversation_id} closed by CONSUMER\n"


def test_the_webhook_receiver_takes_nothing_else(emulator, run):
    example, url = listening(run, emulator, UMS_WEBHOOK_SECRET="s3cr3t")
    signature = {"x-liveperson-signature": "sha1=nonsense"}
    assert post(url, b"{}") == 400
    assert post(url, b"{}", **signature) == 400
    assert post(url, b"x" * (1 << 20) + b"x", **signature) == 413
    assert urllib3.request("GET", url, timeout=10).status == 501
    with socket.create_connection(("127.0.0.1", int(url[:-1].rpartition(":")[2]))) as s:
        s.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert s.recv(100).startswith(b"HTTP/1.0 411")
    example.interrupt()
    code, output, error = example.end()
    assert (code, output) == (0, "")
    assert error.count("refused: the webhook") == 2
    assert "s3cr3t" not in error


def test_the_webhook_receiver_without_a_secret_takes_what_comes(emulator, run):
    example, url = listening(run, emulator)
    event = {"type": "ContentEvent", "message": "hello"}
    change = {"sequence": 0, "dialogId": "D", "event": event}
    body = {"type": "ms.MessagingEventNotification", "body": {"changes": [change]}}
    assert post(url, json.dumps(body).encode()) == 200
    assert example.line() == "D : hello"
    assert post(url, b"[]") == 400
    example.interrupt(signal.SIGTERM)
    assert example.end()[0] == 0
