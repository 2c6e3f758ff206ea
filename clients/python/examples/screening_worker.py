"""Screens wallets against the Chainalysis sanctions API and reports what it says.

    CHAINALYSIS_KEY=… python examples/screening_worker.py 127.0.0.1:7420

Claims who is due to be screened, several at once, and reports each attempt with its number, so that a report that comes
late or twice is harmless. Any number of workers may run: no two are given the same customer. Nothing but a readable
answer without a finding counts as clear. What may pass (time-outs, 429, 5xx, garbage) is tried again a few times and then
reported as inconclusive: the server's own backoff takes over, and when its attempts run out a person is called. What will
not pass (a key that is refused) stops the worker.
"""

import asyncio
import enum
import hashlib
import json
import logging
import os
import random
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import Optional, Tuple

from gatehouse import Client, Code, GatehouseError, v1

LOG = logging.getLogger("screening")
PROVIDER = "chainalysis-sanctions"
ANSWER_LIMIT = 1 << 20
"""Of an answer, in bytes: a longer one is none."""
WAIT_MS = 30_000
"""How long the server is to hold a claim while nobody is due."""


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
    """Claims who is due, screens, reports. Whom it holds no other holds; what it leaves lying when it dies is due again
    when the lease has lapsed."""

    def __init__(
        self,
        client: Client,
        api: SanctionsAPI,
        tries: int = 3,
        pause: float = 1.0,
        at_once: int = 8,
        lease: float = 180.0,
    ) -> None:
        """`tries` and `pause` (seconds, doubled each time) are of one attempt; `lease` (seconds) outlasts them all."""
        self._client, self._api, self._tries, self._pause = client, api, tries, pause
        self._at_once, self._lease = at_once, lease

    async def run(self) -> None:
        """Goes on until it is cancelled, or raises `Lasting`."""
        working = [asyncio.ensure_future(self._work()) for _ in range(self._at_once)]
        try:
            await asyncio.gather(*working)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            try:
                claimed = await self._client.review.claim_reviews(
                    kind=v1.ReviewKind.SCREENING,
                    lease_ms=int(self._lease * 1000),
                    wait_ms=WAIT_MS,
                    timeout=WAIT_MS / 1000 + 10,
                )
                for review in claimed.reviews:
                    await self._do(review)
            except GatehouseError as error:
                LOG.error("no reviews were claimed: %s", error)
                await asyncio.sleep(self._pause)

    async def _do(self, review: v1.Review) -> None:
        customer = review.customer
        if customer is None:
            return
        try:
            outcome, screening = await self._screen(customer.wallet.rpartition(":")[2])
        except Lasting:
            await self._client.review.renew_reviews(leases=[review.lease], lease_ms=0)
            raise
        try:
            await self._client.review.report_screening(
                customer_id=customer.id,
                attempt=review.attempt,
                outcome=outcome,
                provider=PROVIDER,
                reference=screening.reference,
                detail=screening.detail,
                timeout=60,
            )
        except GatehouseError as error:
            # The customer went on meanwhile, or is due again when the lease has lapsed.
            level = logging.INFO if error.code == Code.FAILED_PRECONDITION else logging.ERROR
            LOG.log(level, "attempt %d for %s was not reported: %s", review.attempt, customer.id, error)

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
