"""Posts what webhooks are told, and posts again what was not taken."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from ums_actors.emulator.choices import (
    MAX_WAITING_POSTS,
    MAX_WEBHOOKS,
    WEBHOOK_CLIENT_ID,
    WEBHOOK_RETRY_PAUSE,
    WEBHOOK_TAKEN,
    WEBHOOK_TIMEOUT,
)
from ums_actors.emulator.failures import EmulatorError

if TYPE_CHECKING:
    from ums_actors.emulator.counters import Counters
    from ums_actors.emulator.faults.faults import Faults
    from ums_actors.emulator.sides.webhooks import Webhook, WebhookSide

__all__ = ["Postings"]

_FAULT: Final = "webhook"
_LATE: Final = 1.0
"""Seconds that a body waits for the next one to overtake it."""


class Postings:
    """All webhooks of one account; belongs to the loop that serves it.

    Args:
        account: the account id.
        side: tells what is to be posted.
        faults: all that there are.
        counters: what has happened.
    """

    def __init__(
        self, account: str, side: WebhookSide, faults: Faults, counters: Counters
    ) -> None:
        self._account = account
        self._side = side
        self._faults = faults
        self._counters = counters
        self._postings: dict[str, _Posting] = {}
        self._ended: set[asyncio.Task[None]] = set()

    def add(self, hook: Webhook) -> None:
        """Post to a webhook from now on, in the place of one of the same address.

        Raises:
            EmulatorError: there are too many.
        """
        self.remove(hook.url)
        if len(self._postings) >= MAX_WEBHOOKS:
            raise EmulatorError(
                f"there are {MAX_WEBHOOKS} webhooks already; delete some of them first"
            )
        posting = _Posting(hook, self._account, self._faults, self._counters)
        self._postings[hook.url] = posting
        self._side.join(hook, posting.put)

    def remove(self, url: str | None = None) -> int:
        """Post no more to a webhook, or to all; give how many there were."""
        gone = [it for it in self._postings if url in (None, it)]
        for each in gone:
            posting = self._postings.pop(each)
            self._side.leave(posting.hook)
            ending = asyncio.get_running_loop().create_task(posting.stop())
            self._ended.add(ending)
            ending.add_done_callback(self._ended.discard)
        return len(gone)

    def as_list(self) -> list[dict[str, Any]]:
        """Give all webhooks as scripts see them: not their secrets."""
        return [posting.as_dict() for posting in self._postings.values()]

    async def stop(self) -> None:
        """Post nothing more."""
        self.remove()
        if self._ended:
            await asyncio.wait(self._ended)


class _Posting:
    """What one webhook is still to be told; what comes again loses its place."""

    def __init__(
        self, hook: Webhook, account: str, faults: Faults, counters: Counters
    ) -> None:
        self.hook = hook
        self._account = account
        self._faults = faults
        self._counters = counters
        self._waiting: deque[tuple[str, int]] = deque()
        self._wake = asyncio.Event()
        self._timers: set[asyncio.TimerHandle] = set()
        self._late: str | None = None
        self._under_way = 0
        self._posted = self._failed = self._lost = 0
        loop = asyncio.get_running_loop()
        self._session: aiohttp.ClientSession | None = None
        self._workers = [loop.create_task(self._work()) for _ in range(hook.parallel)]

    def put(self, text: str) -> None:
        """Have a body posted, as far as faults let it."""
        fault = self._faults.strike(_FAULT, None)
        what = None if fault is None else fault.setting
        late, self._late = self._late, None
        if what == "lost":
            self._lost += 1
        elif what == "late" and late is None:
            self._late = text
            self._call_later(_LATE, self._release)
        else:
            self._push(text, self.hook.retries)
        if what == "twice":
            self._push(text, self.hook.retries)
        if late is not None:
            self._push(late, self.hook.retries)

    def as_dict(self) -> dict[str, Any]:
        """Give it as scripts see it."""
        hook = self.hook
        return {
            "url": hook.url,
            "form": hook.form,
            "signed": None if hook.secret is None else hook.algorithm,
            "events": list(hook.events),
            "retries": hook.retries,
            "parallel": hook.parallel,
            "posted": self._posted,
            "failed": self._failed,
            "lost": self._lost,
            "waiting": len(self._waiting) + len(self._timers) + self._under_way,
        }

    async def stop(self) -> None:
        """Let go of all that waits."""
        for timer in self._timers:
            timer.cancel()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _push(self, text: str, tries: int) -> None:
        if len(self._waiting) >= MAX_WAITING_POSTS:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append((text, tries))
        self._wake.set()

    def _release(self) -> None:
        late, self._late = self._late, None
        if late is not None:
            self._push(late, self.hook.retries)

    def _call_later(self, seconds: float, function: Any, *given: Any) -> None:
        def over() -> None:
            self._timers.discard(timer)
            function(*given)

        timer = asyncio.get_running_loop().call_later(seconds, over)
        self._timers.add(timer)

    async def _work(self) -> None:
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            text, tries = self._waiting.popleft()
            self._under_way += 1
            try:
                is_taken = await self._is_taken(text.encode())
            finally:
                self._under_way -= 1
            if is_taken:
                self._posted += 1
                self._counters.webhook_posts += 1
                continue
            self._failed += 1
            self._counters.refused_webhook_posts += 1
            if tries:
                self._call_later(WEBHOOK_RETRY_PAUSE, self._push, text, tries - 1)
            else:
                self._lost += 1

    async def _is_taken(self, body: bytes) -> bool:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=WEBHOOK_TIMEOUT),
            )
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with self._session.post(
                self.hook.url,
                data=body,
                headers=self._headers(body),
                allow_redirects=False,
            ) as answer:
                return answer.status in WEBHOOK_TAKEN
        return False

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "x-liveperson-account-id": self._account,
            "x-liveperson-client-id": WEBHOOK_CLIENT_ID,
        }
        hook = self.hook
        if hook.secret is not None:
            digest = hmac.digest(hook.secret.encode(), body, hook.algorithm)
            signature = f"{hook.algorithm}={base64.b64encode(digest).decode()}"
            headers["x-liveperson-signature"] = signature
        return headers
