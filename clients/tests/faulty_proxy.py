"""A wire between a client and a server that knows frames, and can break in every way that a network does."""

import contextlib
import random
import socket
import struct
import threading


class FaultyProxy:
    """Passes connections on to a server, whose frames it sees whole. What it is told to do happens to the connections
    that are open, or to the next frame that comes from the server."""

    def __init__(self, target, seed=1):
        self.target = target
        self.connections = 0
        self._open = set()
        self._lock = threading.Condition()
        self._fault = None
        self._is_refusing = False
        self._chance = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.listen = "{}:{}".format(*self._listener.getsockname())
        threading.Thread(target=self._accept, daemon=True).start()

    # --- Faults

    def cut(self):
        """Ends every connection now."""
        with self._lock:
            pairs = list(self._open)
        for pair in pairs:
            pair.close()

    def refuse(self, is_refusing=True):
        """Whether new connections are closed as they come."""
        self._is_refusing = is_refusing
        if is_refusing:
            self.cut()

    def stall(self):
        """The connections that are open pass nothing on from now on, and stay open."""
        with self._lock:
            for pair in self._open:
                pair.is_stalled = True

    def at_next_frame(self, fault):
        """What happens instead of the next frame from the server: "cut" before it, "tear" in the middle of it,
        "stall", "corrupt" from somewhere within it on, "garbage" before it, "oversize" before it. Or a function that
        makes another frame of it, or None where it wants to wait for one that it can make something of."""
        with self._lock:
            self._fault = fault

    def send_to_clients(self, frame):
        """Puts a frame of one's own between those of the server."""
        with self._lock:
            pairs = list(self._open)
        for pair in pairs:
            pair.send_to_client(struct.pack(">I", len(frame)) + frame)

    def wait_for_connections(self, count, wait=20):
        with self._lock:
            assert self._lock.wait_for(lambda: self.connections >= count, wait), "so many connections never came"

    # --- Traffic

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._is_refusing:
                client.close()
                continue
            try:
                server = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = Pair(client, server)
            with self._lock:
                self._open.add(pair)
                self.connections += 1
                self._lock.notify_all()
            threading.Thread(target=self._up, args=(pair,), daemon=True).start()
            threading.Thread(target=self._down, args=(pair,), daemon=True).start()

    def _up(self, pair):
        with contextlib.suppress(OSError):
            while data := pair.client.recv(65536):
                if not pair.is_stalled:
                    pair.server.sendall(data)
        self._end(pair)

    def _down(self, pair):
        with contextlib.suppress(OSError):
            source = pair.server.makefile("rb")
            while len(head := source.read(4)) == 4:
                body = source.read(struct.unpack(">I", head)[0])
                if pair.is_stalled:
                    continue
                with self._lock:
                    fault, self._fault = self._fault, None
                    if callable(fault):
                        replaced = fault(body)
                        self._fault = fault if replaced is None else None
                        body, fault = replaced or body, None
                        head = struct.pack(">I", len(body))
                if fault is None:
                    pair.send_to_client(head + body)
                elif not self._break(pair, fault, head + body):
                    break
        self._end(pair)

    def _break(self, pair, fault, frame):
        """Returns whether the connection stays open."""
        if fault == "cut":
            return False
        if fault == "tear":
            pair.send_to_client(frame[: self._chance.randrange(1, len(frame))])
            return False
        if fault == "stall":
            pair.is_stalled = True
            return True
        if fault == "corrupt":
            # Every byte from there on is another: text is no UTF-8 any more, lengths and tags are none.
            pair.mask_from = self._chance.randrange(len(frame))
            pair.send_to_client(frame)
            return True
        if fault == "garbage":
            pair.send_to_client(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return True
        assert fault == "oversize", fault
        pair.send_to_client(b"\xff\xff\xff\xff")
        return True

    def _end(self, pair):
        pair.close()
        with self._lock:
            self._open.discard(pair)

    def close(self):
        self._listener.close()
        self.cut()


class Pair:
    """The two ends of a connection."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.is_stalled = False
        self.mask_from = None
        self._sending = threading.Lock()

    def send_to_client(self, data):
        with self._sending:
            if self.mask_from is not None:
                data = data[: self.mask_from] + bytes(byte ^ 0xFF for byte in data[self.mask_from :])
                self.mask_from = 0
            self.client.sendall(data)

    def close(self):
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
