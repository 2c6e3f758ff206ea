"""Screens wallets against the Chainalysis sanctions API and reports what it says.

    CHAINALYSIS_KEY=… python examples/screening_worker.py 127.0.0.1:7420

Follows everybody who is SCREENING, asks when each attempt is due, and reports it with its number, so that a report that
comes late or twice is harmless. Nothing but a readable answer without a finding counts as clear. What may pass (time-outs,
429, 5xx, garbage) is tried again a few times and then reported as inconclusive: the server's own backoff takes over, and
when its attempts run out a person is called. What will not pass (a key that is refused) stops the worker.
"""

import asyncio
import enum
import hashlib
import json
import logging
import os
import random
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import Callable, Dict, Optional, Tuple

from gatehouse import Client, Code, GatehouseError, to_datetime, v1

LOG = logging.getLogger("screening")
PROVIDER = "chainalysis-sanctions"
ANSWER_LIMIT = 1 << 20
"""Of an answer, in bytes: a longer one is none."""


class Verdict(enum.Enum):
    CLEAR = "clear"
    HIT = "hit"
    UNCLEAR = "unclear"
    """Readable, but not about sanctions: a person has to look."""


class Passing(Exception):
    """The provider has no answer now; it may have one later."""

    def __init__(self, why: str, retry_after: Optional[float] = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Lasting(Exception):
    """The provider will not answer until somebody mends something: key, address of the service, plan."""


@dataclass(frozen=True)
class Screening:
    verdict: Verdict
    detail: str
    reference: str
    """The digest of the answer: this provider names its answers by nothing."""


class SanctionsAPI:
    """The provider. Blocking: call it from a thread."""

    def __init__(self, base: str, key: str, timeout: float = 10.0) -> None:
        self._base, self._key, self._timeout = base.rstrip("/"), key, timeout

    def screen(self, address: str) -> Screening:
        """Raises `Passing` or `Lasting` where there is no answer to act on."""
        request = urllib.request.Request(
            f"{self._base}/api/v1/address/{address}", headers={"X-API-Key": self._key, "Accept": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                if answer.status != 200:
                    raise Passing(f"status {answer.status}")
                body = answer.read(ANSWER_LIMIT + 1)
        except urllib.error.HTTPError as error:
            with error:
                raise refusal(error.code, error.headers) from None
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise Passing(f"no answer: {error}") from None
        except Exception as error:  # What http.client makes of garbage has many names.
            raise Passing(f"no HTTP: {type(error).__name__}") from None
        return read(body)


def refusal(status: int, headers: "Message[str, str]") -> Exception:
    if status in (408, 425, 429) or status >= 500:
        after = headers.get("Retry-After", "")
        return Passing(f"status {status}", float(after) if after.isdigit() else None)
    return Lasting(f"status {status}: look at the key and at the address of the service")


def read(body: bytes) -> Screening:
    """What an answer says. Fails closed: whatever is not exactly an answer raises `Passing`."""
    try:
        found = json.loads(body)["identifications"]
        categories = [each["category"] for each in found] if isinstance(found, list) else None
    except (ValueError, KeyError, TypeError):
        categories = None
    if categories is None or len(body) > ANSWER_LIMIT or not all(isinstance(each, str) for each in categories):
        raise Passing("the answer is none")
    reference = hashlib.sha256(body).hexdigest()
    if not categories:
        return Screening(Verdict.CLEAR, "", reference)
    detail = "; ".join(str(each.get("name", each["category"])) for each in found)[:1000]
    is_sanctioned = "sanctions" in categories
    return Screening(Verdict.HIT if is_sanctioned else Verdict.UNCLEAR, detail, reference)


OUTCOMES = {
    Verdict.CLEAR: v1.ScreeningOutcome.CLEAR,
    Verdict.HIT: v1.ScreeningOutcome.HIT,
    Verdict.UNCLEAR: v1.ScreeningOutcome.INCONCLUSIVE,
}


class Worker:
    """Follows who is SCREENING. One task an attempt; an attempt that is no longer the present one is left."""

    def __init__(
        self,
        client: Client,
        api: SanctionsAPI,
        tries: int = 3,
        pause: float = 1.0,
        at_once: int = 8,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`tries` and `pause` (seconds, doubled each time) are of one attempt; `clock` says when the next one is due."""
        self._client, self._api, self._tries, self._pause, self._clock = client, api, tries, pause, clock
        self._room = asyncio.Semaphore(at_once)
        self._attempts: Dict[str, "asyncio.Task[None]"] = {}
        self._broken: "asyncio.Future[None]" = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Goes on until it is cancelled, or raises `Lasting`."""
        following = asyncio.ensure_future(self._follow())
        try:
            await asyncio.wait([following, self._broken], return_when=asyncio.FIRST_COMPLETED)
            (self._broken if self._broken.done() else following).result()
        finally:
            for task in [following, *self._attempts.values()]:
                task.cancel()

    async def _follow(self) -> None:
        watch = self._client.watch(snapshot=True, states=[v1.CustomerState.SCREENING], snapshot_on_history_lost=True)
        async for change in watch:
            customer = change.current or (change.event.customer if change.event is not None else None)
            if customer is not None:
                self._look_after(customer)

    def _look_after(self, customer: v1.Customer) -> None:
        former = self._attempts.pop(customer.id, None)
        if former is not None:
            former.cancel()
        pending = customer.pending
        if customer.state == v1.CustomerState.SCREENING and pending is not None and not pending.attention:
            self._attempts[customer.id] = asyncio.ensure_future(self._attempt(customer, pending))

    async def _attempt(self, customer: v1.Customer, pending: v1.Pending) -> None:
        try:
            if pending.next_attempt_at is not None:
                await asyncio.sleep(max(0.0, to_datetime(pending.next_attempt_at).timestamp() - self._clock()))
            async with self._room:
                outcome, screening = await self._screen(customer.wallet.rpartition(":")[2])
            await self._client.review.report_screening(
                customer_id=customer.id,
                attempt=pending.attempt,
                outcome=outcome,
                provider=PROVIDER,
                reference=screening.reference,
                detail=screening.detail,
                timeout=60,
            )
        except Lasting as error:
            if not self._broken.done():
                self._broken.set_exception(error)
        except GatehouseError as error:
            # The customer went on meanwhile, or will come again with the next change or start.
            level = logging.INFO if error.code == Code.FAILED_PRECONDITION else logging.ERROR
            LOG.log(level, "attempt %d for %s was not reported: %s", pending.attempt, customer.id, error)

    async def _screen(self, address: str) -> Tuple[v1.ScreeningOutcome, Screening]:
        why = ""
        for number in range(self._tries):
            try:
                screening = await asyncio.to_thread(self._api.screen, address)
                return OUTCOMES[screening.verdict], screening
            except Passing as error:
                why = str(error)
                pause = self._pause * 2**number * random.uniform(0.5, 1.0)
                if number + 1 < self._tries:
                    await asyncio.sleep(max(pause, min(error.retry_after or 0.0, 60.0)))
        LOG.warning("no answer for %s: %s", address, why)
        return v1.ScreeningOutcome.INCONCLUSIVE, Screening(Verdict.UNCLEAR, why, "")


async def main() -> None:
    api = SanctionsAPI(
        os.environ.get("CHAINALYSIS_URL", "https://public.chainalysis.com"), os.environ["CHAINALYSIS_KEY"]
    )
    async with Client(sys.argv[1:], token=os.environ.get("GATEHOUSE_TOKEN", "")) as client:
        await Worker(client, api).run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
