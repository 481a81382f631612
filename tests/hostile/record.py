"""Records the frames that the emulator sends in a day's work, one of each shape.

    python tests/hostile/record.py > tests/hostile/recorded.jsonl

A line is a frame. Two frames are of one shape if they have the same type, code, fields
and kinds of values; lists count by their first member and whether they have more.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import ums_actors as ums
from ums_actors.emulator import password_of, running_emulator

WAIT = 10


def shape(value: Any) -> Any:
    """Say what kind of value it is, in depth."""
    if isinstance(value, dict):
        return tuple((key, shape(value[key])) for key in sorted(value))
    if isinstance(value, list):
        return (len(value) > 1, *map(shape, value[:1]))
    return type(value).__name__


def attempt(call: Any) -> Any:
    """Give what a call gives; a refusal is as good as an answer here."""
    try:
        return call.get(timeout=WAIT)
    except ums.UMSError as error:
        print(f"refused: {error}", file=sys.stderr)  # noqa: T201
        return None


def agents_day(brand: Any, emulator: Any) -> None:
    """Do what an agent does."""
    attempt(brand.get_clock())
    attempt(brand.keep_alive())
    subscription = attempt(brand.create_conversation_subscription(wait_for_ready=True))
    tasks = attempt(brand.create_routing_task_subscription(wait_for_ready=True))
    states = attempt(brand.subscribe_agents_state(wait_for_ready=True))
    for state in ("ONLINE", "BACK_SOON", "AWAY", "ONLINE"):
        attempt(brand.set_agent_state(state))
    attempt(brand.get_brand_profile())
    attempt(brand.get_user_profile())
    attempt(brand.get_user_profile("nobody"))
    attempt(brand.set_user_profile({"firstName": "Ada", "lastName": "L"}))
    attempt(brand.get_upload_url(1000, "PNG"))
    attempt(brand.get_download_url("/no/such"))
    attempt(brand.send({"type": "no.such.Request", "body": {}}))
    attempt(brand.send_text("no-such-conversation", "hello"))
    attempt(brand.query_messages("no-such-dialog"))
    ringing = emulator.open_conversation(skill="sales", text="anybody?")
    talk = emulator.open_conversation(assign="bot1", text="hello", survey=True)
    known = talk.conversation_id
    for text in ("hi", "how are you?", "\N{GRINNING FACE} ünïcode"):
        attempt(brand.send_text(known, text))
    attempt(brand.send_text(known, "m", metadata=[{"type": "BotResponse"}]))
    sequence = emulator.write(known, "fine")
    emulator.accept(known, [0, 1])
    attempt(brand.query_messages(known, newer_than=0))
    attempt(brand.catch_up(known))
    attempt(brand.join_dialog(known, known, "MANAGER"))
    attempt(brand.leave_dialog(known, known, "MANAGER"))
    attempt(brand.transfer_conversation(known, skill_id="sales"))
    attempt(brand.close_dialog(known, known))
    attempt(brand.close_conversation(known))
    attempt(brand.close_conversation(known))
    emulator.close_conversation(ringing.conversation_id)
    assert sequence > 0
    attempt(brand.update_conversation_subscription(subscription, {"state": ["CLOSE"]}))
    attempt(brand.unsubscribe_agents_state(states))
    attempt(brand.unsubscribe_routing_tasks(tasks))
    attempt(brand.unsubscribe_conversations(subscription))


def consumers_day(consumer: Any) -> None:
    """Do what a visitor does."""
    attempt(consumer.get_clock())
    subscription = attempt(
        consumer.create_conversation_subscription(wait_for_ready=True)
    )
    attempt(consumer.set_user_profile({"firstName": "Eve"}))
    attempt(consumer.get_user_profile())
    attempt(consumer.get_brand_profile())
    known = attempt(consumer.create_conversation())
    for text in ("hello", "are you there?"):
        attempt(consumer.send_text(known, text))
    attempt(consumer.get_upload_url(1000, "PNG"))
    attempt(consumer.close_conversation(known))
    attempt(consumer.unsubscribe_conversations(subscription))


def recorded(**settings: Any) -> list[dict[str, Any]]:
    """Give all frames of one day."""
    with running_emulator(users=2, **settings) as emulator:
        for kind, auth in (
            (
                ums.BrandWebsocketConnection,
                ums.PasswordLogin("bot1", password_of("bot1")),
            ),
            (ums.ConsumerWebsocketConnection, ums.Anonymous()),
        ):
            ref = kind.start(
                account_id=emulator.account, auth=auth, csds=f"http://{emulator.csds}"
            )
            proxy = ref.proxy()
            proxy.open().get(timeout=WAIT)
            if kind is ums.BrandWebsocketConnection:
                agents_day(proxy, emulator)
            else:
                consumers_day(proxy)
            proxy.close().get(timeout=WAIT)
            ref.stop(timeout=WAIT)
        return [line["frame"] for line in emulator.log() if line["dir"] == "out"]


def main() -> None:
    """Write one frame of each shape."""
    seen = {}
    for frame in recorded():
        key = frame.get("kind"), frame.get("type"), frame.get("code"), shape(frame)
        seen.setdefault(key, frame)
    for frame in seen.values():
        print(json.dumps(frame, separators=(",", ":")))  # noqa: T201


if __name__ == "__main__":
    main()
