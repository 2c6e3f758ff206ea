"""Load on a server: customers created and moved on by pipelined connections, with a record of what was acknowledged."""

import collections
import threading

from gatehouse_client import CUSTOMERS, REVIEWS, Closed, request
from harness import random_wallet_text, unique

CREATE = f"{CUSTOMERS}/CreateCustomer"
REJECT = f"{REVIEWS}/Reject"


Answer = collections.namedtuple("Answer", "path request customer")
Failure = collections.namedtuple("Failure", "path request status")


class Acknowledged:
    """What one connection was told, and what it was not told."""

    def __init__(self):
        self.answers = []  # an Answer for each call that succeeded
        self.unanswered = []  # (path, request) that were sent and not answered
        self.failures = []  # a Failure for each call that was refused

    @property
    def customers(self):
        """Each answer's customer."""
        return [answer.customer for answer in self.answers]


class Loader(threading.Thread):
    """One pipelined connection that creates customers and rejects every fourth, until it is told to stop or is cut."""

    def __init__(self, server, depth=32, total=None, keys=True):
        super().__init__(daemon=True)
        self.connection = server.connect()
        self.depth, self.total, self.keys = depth, total, keys
        self.told = Acknowledged()
        self.taken_in = []  # ids of customers that were created and not rejected
        self.stopping = threading.Event()
        self.error = None

    def run(self):
        open_calls = {}
        try:
            self._load(open_calls)
        except (Closed, OSError):
            pass
        except Exception as error:  # shown by `finish`
            self.error = error
        self.told.unanswered += list(open_calls.values())
        self.connection.close()

    def _load(self, open_calls):
        connection, begun = self.connection, 0
        while True:
            while len(open_calls) < self.depth and not self.stopping.is_set() and begun != self.total:
                key = unique("key") if self.keys else ""
                message = request(CREATE, wallet=random_wallet_text(), external_id=unique(), idempotency_key=key)
                open_calls[connection.begin(CREATE, message, buffered=True)] = (CREATE, message)
                begun += 1
                if begun % 4 == 0 and self.taken_in:
                    target = self.taken_in.pop()
                    message = request(
                        REJECT, customer_id=target, reason="load", idempotency_key=unique("key") if self.keys else ""
                    )
                    open_calls[connection.begin(REJECT, message, buffered=True)] = (REJECT, message)
            if connection.unsent:
                connection.flush()
            if not open_calls:
                return
            stream = next(iter(open_calls))
            reply = connection.reply(stream)
            self._take(open_calls, stream, reply)
            for other in [each for each in connection.finished if each in open_calls]:
                self._take(open_calls, other, connection.finished.pop(other))

    def _take(self, open_calls, stream, reply):
        path, message = open_calls.pop(stream)
        connection = self.connection
        connection.finished[stream] = reply
        if reply.status.code == 0:
            customer = connection.finish(stream).customer
            self.told.answers.append(Answer(path, message, customer))
            if path == CREATE:
                self.taken_in.append(customer.id)
        else:
            connection.finished.pop(stream)
            connection.calls.pop(stream, None)
            self.told.failures.append(Failure(path, message, reply.status))

    def finish(self, wait=60):
        """Stops a load that has no end of its own, waits for its end, and tells what it was told."""
        if self.total is None:
            self.stopping.set()
        self.join(wait)
        assert not self.is_alive(), "the load does not end"
        if self.error is not None:
            raise self.error
        return self.told


def start_load(server, connections=4, **options):
    loaders = [Loader(server, **options) for _ in range(connections)]
    for loader in loaders:
        loader.start()
    return loaders
