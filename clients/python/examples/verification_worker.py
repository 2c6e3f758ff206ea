"""Has people identified by Sumsub: opens a session for everybody who is VERIFYING, and takes the results by webhook.

    SUMSUB_TOKEN=… SUMSUB_SECRET=… SUMSUB_WEBHOOK_SECRET=… python examples/verification_worker.py 127.0.0.1:7420

Sumsub's own name for whom it verifies is the customer and the attempt, so a result says which attempt it is about: late,
repeated and reordered results are harmless. A webhook counts when its signature over the raw body is right and its level is
ours; it is answered with 200 once the result is on the server's disk, and with 503 when it is not, so that Sumsub sends it
again.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import os
import sys
import time
import urllib.error
import urllib.request
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, Mapping, Optional, Set, Tuple

from gatehouse import BlockingClient, Client, Code, GatehouseError, v1

LOG = logging.getLogger("verification")
PROVIDER = "sumsub"
BODY_LIMIT = 1 << 20
DIGESTS = {"HMAC_SHA256_HEX": hashlib.sha256, "HMAC_SHA512_HEX": hashlib.sha512}
"""What a webhook may be signed with. SHA-1 is offered too, and not taken."""


class Unavailable(Exception):
    """The provider has no session now."""


class SumsubAPI:
    """The provider. Blocking: call it from a thread."""

    def __init__(self, base: str, token: str, secret: str, level: str, timeout: float = 10.0) -> None:
        self._base, self._token, self._secret = base.rstrip("/"), token, secret.encode()
        self.level, self._timeout = level, timeout

    def session(self, user: str, seconds: int) -> str:
        """A token with which the customer's device opens a session. Raises `Unavailable`."""
        body = json.dumps({"userId": user, "levelName": self.level, "ttlInSecs": seconds}).encode()
        answer = self._post("/resources/accessTokens/sdk", body)
        if answer.get("userId") != user or not isinstance(answer.get("token"), str) or not answer["token"]:
            raise Unavailable("the answer names no token, or somebody else's")
        return str(answer["token"])

    def _post(self, path: str, body: bytes) -> Dict[str, Any]:
        moment = str(int(time.time()))
        signed = moment.encode() + b"POST" + path.encode() + body
        headers = {
            "Content-Type": "application/json",
            "X-App-Token": self._token,
            "X-App-Access-Ts": moment,
            "X-App-Access-Sig": hmac.new(self._secret, signed, hashlib.sha256).hexdigest(),
        }
        request = urllib.request.Request(self._base + path, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                decoded = json.loads(answer.read(BODY_LIMIT))
        except urllib.error.HTTPError as error:
            with error:
                raise Unavailable(f"status {error.code}") from None
        except Exception as error:  # Time-outs, garbage, no JSON: none is a session.
            raise Unavailable(f"{type(error).__name__}: {error}") from None
        if not isinstance(decoded, dict):
            raise Unavailable("the answer is no object")
        return decoded


# --- Sessions


class Sessions:
    """Opens a session for each attempt that has none."""

    def __init__(self, client: Client, api: SumsubAPI, url: str, seconds: int = 1800, pause: float = 2.0) -> None:
        self._client, self._api, self._url, self._seconds, self._pause = client, api, url, seconds, pause
        self._tasks: Dict[str, "asyncio.Task[None]"] = {}
        self._done: Set[Tuple[str, int]] = set()

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        watch = self._client.watch(snapshot=True, states=[v1.CustomerState.VERIFYING], snapshot_on_history_lost=True)
        try:
            async for change in watch:
                customer = change.current or (change.event.customer if change.event is not None else None)
                if customer is not None:
                    self._look_after(customer)
        finally:
            for task in self._tasks.values():
                task.cancel()

    def _look_after(self, customer: v1.Customer) -> None:
        attempt = customer.pending.attempt if customer.pending is not None else 0
        if customer.state != v1.CustomerState.VERIFYING or (customer.id, attempt) in self._done:
            return
        former = self._tasks.pop(customer.id, None)
        if former is not None:
            former.cancel()
        self._done = {each for each in self._done if each[0] != customer.id} | {(customer.id, attempt)}
        self._tasks[customer.id] = asyncio.ensure_future(self._open(customer.id, attempt))

    async def _open(self, customer_id: str, attempt: int) -> None:
        pause = self._pause
        while True:
            try:
                held = (await self._client.customer.get_verification(customer_id=customer_id)).verification
                if held is None or held.attempt != attempt or held.reference:
                    return
                user = f"{customer_id}:{attempt}"
                token = await asyncio.to_thread(self._api.session, user, self._seconds)
                await self._client.review.start_verification(
                    customer_id=customer_id,
                    attempt=attempt,
                    provider=PROVIDER,
                    reference=user,
                    session_url=f"{self._url}#{token}",
                )
                return
            except Unavailable as error:
                LOG.warning("no session for %s: %s", customer_id, error)
            except GatehouseError as error:
                if error.code in (Code.FAILED_PRECONDITION, Code.NOT_FOUND):
                    return  # The customer went on meanwhile.
                LOG.error("the session of %s was not noted: %s", customer_id, error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 300.0)


# --- Results


class Rejected(Exception):
    """A webhook that is not to be acted on; `status` is what its sender is told."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def verify(headers: "Message[str, str]", body: bytes, secret: bytes) -> None:
    """Whether the body is Sumsub's, byte for byte. Raises `Rejected`."""
    digest = DIGESTS.get(headers.get("X-Payload-Digest-Alg", ""))
    if digest is None:
        raise Rejected(401, "not signed in a way that is taken")
    wanted = hmac.new(secret, body, digest).hexdigest()
    if not hmac.compare_digest(wanted.encode(), headers.get("X-Payload-Digest", "").encode()):
        raise Rejected(401, "the signature is another's")


def outcome(result: Mapping[str, Any]) -> v1.VerificationOutcome:
    answer, kind = result.get("reviewAnswer"), result.get("reviewRejectType")
    if answer == "GREEN":
        return v1.VerificationOutcome.APPROVED
    if answer == "RED" and kind == "FINAL":
        return v1.VerificationOutcome.DECLINED
    if answer == "RED" and kind == "RETRY":
        return v1.VerificationOutcome.RETRY
    raise Rejected(422, f"{answer} {kind} is no result that is known")


class Receiver:
    """Turns webhooks into reports."""

    def __init__(self, client: BlockingClient, secret: str, level: str, takes_tests: bool = False) -> None:
        self._client, self._secret, self._level, self._takes_tests = client, secret.encode(), level, takes_tests

    def receive(self, headers: "Message[str, str]", body: bytes) -> int:
        """The status to answer with."""
        try:
            verify(headers, body, self._secret)
            report = self._read(body)
            if report is not None:
                self._client.review.report_verification(**report, timeout=8)  # Sumsub waits 10 s.
            return 200
        except Rejected as error:
            LOG.warning("a webhook was not taken: %s", error)
            return error.status
        except GatehouseError as error:
            return self._status(error)

    @staticmethod
    def _status(error: GatehouseError) -> int:
        if error.code in (Code.FAILED_PRECONDITION, Code.NOT_FOUND, Code.INVALID_ARGUMENT):
            # Another time would change nothing. A person has to know: it may be evidence against somebody ACTIVE.
            LOG.error("a result could not be acted on: %s", error)
            return 200
        return 503

    def _read(self, body: bytes) -> Optional[Dict[str, Any]]:
        """What to report; None where the webhook says nothing of a result."""
        try:
            webhook = json.loads(body)
            kind, status = webhook["type"], webhook.get("reviewStatus")
            user, level = webhook["externalUserId"], webhook["levelName"]
            customer_id, _, attempt = user.partition(":")
            number = int(attempt)
            result = webhook.get("reviewResult") or {}
            is_test = bool(webhook.get("sandboxMode") or webhook.get("testMode"))
            comments = str(result.get("moderationComment", "")), str(result.get("clientComment", ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Rejected(400, f"not a webhook: {error}") from None
        if kind != "applicantReviewed" or status != "completed":
            return None
        if level != self._level or number < 1:
            raise Rejected(422, f"a result of level {level} decides nothing here")
        if is_test and not self._takes_tests:
            raise Rejected(422, "a test's result decides nothing here")
        decided = outcome(result)
        return {
            "customer_id": customer_id,
            "attempt": number,
            "outcome": decided,
            "provider": PROVIDER,
            "reference": user,
            "detail": "; ".join([*map(str, result.get("rejectLabels") or []), comments[1]])[:1000],
            "reason": comments[0][:250] if decided == v1.VerificationOutcome.RETRY else "",
        }


def serve(receiver: Receiver, address: Tuple[str, int]) -> ThreadingHTTPServer:
    """An HTTP server for the webhooks; put TLS in front of it. `serve_forever` runs it."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > BODY_LIMIT:
                self.send_error(413)
                return
            body = self.rfile.read(int(length))
            status = receiver.receive(self.headers, body) if len(body) == int(length) else 400
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            LOG.debug(format, *arguments)

    return ThreadingHTTPServer(address, Handler)


async def main() -> None:
    level = os.environ.get("SUMSUB_LEVEL", "basic-kyc-level")
    api = SumsubAPI("https://api.sumsub.com", os.environ["SUMSUB_TOKEN"], os.environ["SUMSUB_SECRET"], level)
    token = os.environ.get("GATEHOUSE_TOKEN", "")
    with BlockingClient(sys.argv[1:], token=token) as blocking:
        server = serve(Receiver(blocking, os.environ["SUMSUB_WEBHOOK_SECRET"], level), ("127.0.0.1", 8080))
        webhooks = asyncio.get_running_loop().run_in_executor(None, server.serve_forever)
        async with Client(sys.argv[1:], token=token) as client:
            url = os.environ.get("SESSION_URL", "https://example.org/verify")
            try:
                await Sessions(client, api, url).run()
            finally:
                server.shutdown()
                await webhooks


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    asyncio.run(main())
