"""Local stand-ins that speak the forms of the third parties, with their faults."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FINDING = {
    "category": "sanctions",
    "name": "SANCTIONS: OFAC SDN Secondeye Solution 2021-04-15",
    "description": "…",
    "url": "https://home.treasury.gov/news/press-releases/jy0126",
}


class StandIn:
    """An HTTP server; `script` says, in order, how the next requests are answered, and "answer" is what comes behind."""

    def __init__(self, script=()):
        self.script, self.requests = list(script), []
        self.lock = threading.Lock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                stand_in.handle(self, b"")

            def do_POST(self):
                stand_in.handle(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = "http://127.0.0.1:{}".format(self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handle(self, handler, body):
        with self.lock:
            self.requests.append((handler.path, dict(handler.headers), body))
            fault = self.script.pop(0) if self.script else "answer"
        if fault == "answer":
            return self.send(handler, 200, json.dumps(self.answer(handler, body)).encode())
        if isinstance(fault, int):
            return self.send(handler, fault, b"{}", {"Retry-After": "0"} if fault == 429 else {})
        if fault == "time-out":
            time.sleep(1.5)  # Longer than the adapter waits.
        elif fault == "reset":
            handler.connection.close()
        elif fault == "garbage":
            handler.wfile.write(b"\x00\xff no HTTP at all\r\n\r\n")
        else:
            self.send(handler, 200, fault if isinstance(fault, bytes) else json.dumps(fault).encode())

    @staticmethod
    def send(handler, status, body, headers=()):
        handler.send_response(status)
        for name, value in dict(headers).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Chainalysis(StandIn):
    """`GET /api/v1/address/{address}`."""

    def __init__(self, key, sanctioned=(), script=()):
        super().__init__(script)
        self.key, self.sanctioned = key, {each.lower() for each in sanctioned}

    def answer(self, handler, _):
        assert handler.headers["X-API-Key"] == self.key and handler.path.startswith("/api/v1/address/0x")
        address = handler.path.rpartition("/")[2].lower()
        return {"identifications": [FINDING] if address in self.sanctioned else []}


class Sumsub(StandIn):
    """`POST /resources/accessTokens/sdk`, with its signature looked into."""

    def __init__(self, secret, script=()):
        super().__init__(script)
        self.secret = secret.encode()

    def answer(self, handler, body):
        signed = handler.headers["X-App-Access-Ts"].encode() + b"POST" + handler.path.encode() + body
        assert handler.headers["X-App-Access-Sig"] == hmac.new(self.secret, signed, hashlib.sha256).hexdigest()
        user = json.loads(body)["userId"]
        return {"token": f"_act-{user}", "userId": user}


def webhook(user, answer, secret, kind=None, level="basic-kyc-level", **fields):
    """Headers and body of a webhook, signed."""
    result = {"reviewAnswer": answer}
    if kind is not None:
        result |= {"reviewRejectType": kind, "rejectLabels": ["UNSATISFACTORY_PHOTOS"]}
        result |= {"moderationComment": "The photograph is dark.", "clientComment": "dark"}
    body = {"applicantId": "a1", "externalUserId": user, "levelName": level, "type": "applicantReviewed"}
    body |= {"reviewStatus": "completed", "createdAtMs": "2026-01-01 00:00:00.000", "reviewResult": result} | fields
    encoded = json.dumps(body).encode()
    digest = hmac.new(secret.encode(), encoded, hashlib.sha256).hexdigest()
    return {"X-Payload-Digest-Alg": "HMAC_SHA256_HEX", "X-Payload-Digest": digest}, encoded
