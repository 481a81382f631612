"""A program that fails in every way that has to do with secrets; see test_leaks."""

from __future__ import annotations

import base64
import importlib.util
import json
import sys
import threading
from pathlib import Path
from urllib.parse import parse_qs

from recorder import Recorder

import ums_actors as ums
from ums_actors.emulator import EmulatorProcess, password_of

GENEROUS = 20.0
WRONG = "hunter2-is-wrong"
PROXY = "pr0xy-p4ssword"
ASSERTION = base64.b64encode(b"<saml>assertion-of-nobody</saml>").decode()
KEYS = ["oauth-app-key", "oauth-secret", "oauth-access-token", "oauth-access-secret"]
FOREIGN = ["bearer-made-elsewhere", "csrf-made-elsewhere", "session-made-elsewhere"]
CONNECTOR_TOKEN = "external-id-token-of-nobody"
VAULT = "the-vaults-own-key"
WEBHOOKS = "the-installed-apps-own-secret"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2_000)


def jwt(**claims):
    parts = [{"alg": "none"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
    return ".".join([*(text.decode().rstrip("=") for text in texts), "signature"])


class Vault:
    """A token source whose errors say too much."""

    def login(self, timeout):
        raise RuntimeError(f"no entry for the key {VAULT}")

    def refresh(self, session, timeout):
        return None

    def logout(self, session, timeout):
        pass

    def close(self):
        pass


class Scenes:
    def __init__(self, recorder, emulator):
        self.recorder = recorder
        self.emulator = emulator
        self.runtime = ums.Runtime()

    def start(self, kind=ums.BrandWebsocketConnection, user="bot1", **more):
        given = {
            "auth": ums.PasswordLogin(user, password_of(user)),
            "csds": self.emulator.csds,
            "ca_file": self.emulator.ca,
            "options": ums.Options(backoff_base=0.02, close_timeout=3.0),
        }
        given = {**given, **more}
        self.recorder.show("auth", given["auth"])
        ref = kind.start(self.emulator.account, runtime=self.runtime, **given)
        proxy = ref.proxy()
        proxy.subscribe(lambda event: None, ums.Event).get(timeout=5)
        taps = [ums.Tap]
        proxy.subscribe(lambda event: None, *taps).get(timeout=5)
        return proxy

    def look(self, what, proxy):
        self.recorder.show(what, proxy.status().get(timeout=GENEROUS))
        kernel = proxy.actor_ref.actor_inbox.keep
        for each in (proxy, proxy.actor_ref, kernel.login, kernel.session, kernel):
            self.recorder.show(f"{what} object", each)
        self.recorder.show(f"{what} history", tuple(kernel.history))

    def fail(self, what, proxy, future):
        try:
            future.get(timeout=GENEROUS)
        except Exception as error:  # noqa: BLE001 - each kind is of interest
            self.recorder.show(what, error)
        else:
            raise AssertionError(f"{what} did not fail")
        self.look(what, proxy)

    def refused(self, what, **more):
        """A connection that does not come to be."""
        proxy = self.start(**more)
        self.fail(what, proxy, proxy.open(fail_fast=True))
        proxy.actor_ref.stop(timeout=GENEROUS)

    def ready(self, proxy, generation):
        for _ in range(int(GENEROUS / 0.02)):
            status = proxy.status().get(timeout=GENEROUS)
            if status.state == "READY" and status.generation >= generation:
                return
            threading.Event().wait(0.02)
        raise AssertionError(f"no line {generation}: {status}")


def logins(scenes):
    scenes.refused("wrong password", auth=ums.PasswordLogin("bot1", WRONG))
    scenes.refused("wrong keys", auth=ums.OAuth1Login("bot1", *KEYS))
    scenes.refused("assertion", auth=ums.AssertionLogin(ASSERTION))
    scenes.refused("foreign bearer", auth=ums.ReadyBearer(FOREIGN[0], "1"))
    token, csrf, session = FOREIGN
    scenes.refused(
        "foreign session", auth=ums.ExistingSession(token, csrf, session, user_id="1")
    )
    scenes.refused("vault", auth=Vault())
    consumer = {"kind": ums.ConsumerWebsocketConnection}
    scenes.refused("foreign jwt", auth=ums.ReadyJwt(jwt(sub="nobody")), **consumer)
    external = ums.AuthenticatedConsumer("c", CONNECTOR_TOKEN)
    scenes.emulator.add_fault("idp", count=1, value=401)
    scenes.refused("external token", auth=external, **consumer)
    for body in ("wrong", "nonsense", "error"):
        scenes.emulator.add_fault("login", count=1, value={"status": 200, "body": body})
        scenes.refused(f"{body} login")


def handshakes(scenes):
    for status in (302, 401, 403, 502):
        scenes.emulator.add_fault("handshake", count=3, value=status)
        scenes.refused(f"handshake {status}")
        scenes.emulator.clear_faults()
    for shake in ("header", "init"):
        scenes.emulator.add_fault("handshake", count=1, value=502)
        more = {"auth": ums.Anonymous(), "handshake": shake}
        scenes.refused(f"{shake}", kind=ums.ConsumerWebsocketConnection, **more)
        scenes.emulator.clear_faults()


def tokens(scenes):
    proxy = scenes.start()
    proxy.open().get(timeout=GENEROUS)
    scenes.emulator.expire_tokens()
    try:
        proxy.refresh_token().get(timeout=GENEROUS)
    except ums.UMSError as error:
        scenes.recorder.show("refresh", error)
    scenes.emulator.add_fault("refresh", count=1, value=500)
    scenes.fail("failed refresh", proxy, proxy.refresh_token())
    for line, code in enumerate((4401, 4407, 1011), 2):
        scenes.emulator.close_sockets(code, "bot1")
        scenes.ready(proxy, line)
        scenes.look(f"close {code}", proxy)
    scenes.emulator.add_fault("login", value=401)
    scenes.emulator.expire_tokens()
    closed = proxy.wait_closed()
    scenes.emulator.cut("bot1")
    scenes.recorder.show("dead token", closed.get(timeout=GENEROUS))
    scenes.look("dead token", proxy)
    proxy.actor_ref.stop(timeout=GENEROUS)
    scenes.emulator.clear_faults()


def crashes(scenes):
    sides = [
        (ums.BrandWebsocketConnection, {}),
        (ums.ConsumerWebsocketConnection, {"auth": ums.Anonymous()}),
        (
            ums.ConsumerWebsocketConnection,
            {"auth": ums.Anonymous(), "handshake": "init"},
        ),
    ]
    for kind, more in sides:
        for name in ("token", "correlator", "socket", "supervisor", "root"):
            proxy = scenes.start(kind, **more)
            proxy.open().get(timeout=GENEROUS)
            ref = proxy.actor_ref
            child = ref if name == "root" else proxy.child(name).get(timeout=GENEROUS)
            asked = proxy.get_clock()
            child.tell(object())
            try:
                asked.get(timeout=GENEROUS)
            except ums.UMSError as error:
                scenes.recorder.show(f"{name} asked", error)
            proxy.wait_ready(GENEROUS).get(timeout=GENEROUS)
            scenes.look(f"crash of {name}", proxy)
            for _ in range(7):  # beyond any budget, if there is one
                child.tell(object())
            scenes.look(f"crashes of {name}", proxy)
            ref.stop(timeout=GENEROUS)


def files(scenes):
    emulator = scenes.emulator
    proxy = scenes.start(domains={"swift": "http://127.0.0.1:9"})
    proxy.open().get(timeout=GENEROUS)
    where = emulator.open_conversation(assign="bot1").conversation_id
    address = proxy.get_upload_url(5, "PNG").get(timeout=5)
    query = parse_qs(address.target.reveal().partition("?")[2])
    scenes.recorder.guard(*query["temp_url_sig"])
    scenes.recorder.show("address", address)
    scenes.fail("upload", proxy, proxy.upload_file(where, PNG))
    scenes.fail("download", proxy, proxy.download_file("/no/such/file"))
    key = proxy.get_download_token(where, "s", "i")
    try:
        scenes.recorder.show("key", key.get(timeout=5))
    except ums.UMSError as error:
        scenes.recorder.show("key", error)
    proxy.actor_ref.stop(timeout=GENEROUS)


def rest(scenes):
    """A connection whose every call shows the token."""
    emulator = scenes.emulator
    proxy = scenes.start(ums.BrandRestConnection)
    proxy.open().get(timeout=GENEROUS)
    where = emulator.open_conversation(assign="bot1").conversation_id
    publish = ".ams.ms.PublishEvent"
    for fault, value in (
        ("process-then-disconnect", publish),
        ("reject", {"code": 503, "type": publish}),
        ("reject", {"code": 401, "type": publish}),
    ):
        emulator.add_fault(fault, count=2, value=value)
        scenes.fail(f"{fault} by REST", proxy, proxy.send_text(where, "hello"))
        emulator.clear_faults()
    scenes.fail("not offered", proxy, proxy.get_clock())
    scenes.fail("not there", proxy, proxy.close_conversation("nobody"))
    emulator.add_fault("drop", value=publish)
    asked = proxy.send_text(where, "hello")
    emulator.wait_for_events(where, 1, GENEROUS)
    for each in proxy.actor_ref.actor_inbox.keep.websocket._flights.values():
        scenes.recorder.show("flight", each)
    proxy.child("socket").get(timeout=GENEROUS).tell(object())
    scenes.fail("crash by REST", proxy, asked)
    emulator.clear_faults()
    proxy.actor_ref.stop(timeout=GENEROUS)
    nowhere = {"domains": {"asyncMessagingEnt": "https://127.0.0.1:9"}}
    proxy = scenes.start(ums.BrandRestConnection, **nowhere)
    proxy.open().get(timeout=GENEROUS)
    scenes.fail("nobody there", proxy, proxy.send_text(where, "hello"))
    proxy.actor_ref.stop(timeout=GENEROUS)
    source = Source("line\r\nbreak-by-rest")
    scenes.recorder.guard("line\r\nbreak-by-rest", "break-by-rest")
    proxy = scenes.start(ums.BrandRestConnection, auth=source)
    proxy.open().get(timeout=GENEROUS)
    scenes.fail("bad token by REST", proxy, proxy.send_text(where, "hello"))
    proxy.actor_ref.stop(timeout=GENEROUS)


def proxies(scenes):
    path = Path(__file__).parents[1] / "http" / "connect_proxy.py"
    spec = importlib.util.spec_from_file_location("connect_proxy", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.ConnectProxy(f"user:{PROXY}-other") as server:
        proxy = ums.Proxy("127.0.0.1", server.port, "user", PROXY)
        scenes.recorder.show("proxy object", proxy)
        scenes.refused("proxy", proxy=proxy)


def nonsense(scenes):
    """Tokens that cannot be sent, and answers that cannot be read."""
    for bad in ("line\r\nbreak-in-a-token", "nul\0byte-in-a-token", "ünicode-token"):
        for kind, name in (
            (ums.BrandWebsocketConnection, "brand"),
            (ums.ConsumerWebsocketConnection, "consumer"),
        ):
            source = Source(bad)
            scenes.recorder.guard(bad, bad.splitlines()[-1])
            scenes.refused(f"{name} with a bad token", kind=kind, auth=source)


def webhooks(scenes):
    secret = ums.Secret(WEBHOOKS)
    body = b'{"type": "ms.MessagingEventNotification", "body": {"changes": []}}'
    for signature in (None, "md5=x", "sha1=x", "sha256=" + "0" * 64):
        try:
            ums.verify_webhook(body, signature, secret)
        except ums.RemoteProtocolError as error:
            scenes.recorder.show("webhook", error)
    ref = ums.NullConnection.start("12345678", runtime=scenes.runtime)
    proxy = ref.proxy()
    for wrong in (b"[]", body[:-1], {"body": WEBHOOKS}):
        taken = proxy.process_webhooks_notification(wrong)
        scenes.fail("webhook that is none", proxy, taken)
    ref.stop(timeout=GENEROUS)


class Source(Vault):
    """Gives one token, which the service has never seen."""

    def __init__(self, token):
        self._token = token

    def login(self, timeout):
        return ums.Session(token=ums.Secret(self._token), user_id="1")


SCENES = (
    logins,
    handshakes,
    tokens,
    crashes,
    files,
    rest,
    proxies,
    nonsense,
    webhooks,
)


def main(folder):
    recorder = Recorder(folder)
    recorder.install()
    secrets = [WRONG, PROXY, ASSERTION, *KEYS, *FOREIGN, CONNECTOR_TOKEN, VAULT]
    secrets.append(WEBHOOKS)
    recorder.guard(*secrets, password_of("bot1"))
    with EmulatorProcess(users=1, tls=True, log=False) as emulator:
        scenes = Scenes(recorder, emulator)
        for scene in SCENES:
            scene(scenes)
            recorder.show("scene", scene.__name__)
        scenes.runtime.close()
    recorder.close()


if __name__ == "__main__":
    main(sys.argv[1])
