"""A wire between client and server that can be cut."""

import contextlib
import socket
import threading


class Proxy:
    """Passes connections on to a server. Cuts each one after so many bytes from the server, where a limit is set, or
    only stops passing them on."""

    def __init__(self, target, limits=(), stalls=False):
        self.target, self.stalls = target, stalls
        self.limits = list(limits)  # one for each connection, in order; later ones have none
        self.passed = 0  # bytes from the server
        self.connections = 0
        self.is_closed = False
        self.has_passed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    @property
    def listen(self):
        return f"{self.address[0]}:{self.address[1]}"

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            limit = self.limits.pop(0) if self.limits else None
            threading.Thread(target=self._serve, args=(client, limit), daemon=True).start()

    def _serve(self, client, limit):
        with client, socket.create_connection(self.target) as server:
            threading.Thread(target=self._pass_up, args=(client, server), daemon=True).start()
            left = limit
            while left != 0:
                try:
                    data = server.recv(65536 if left is None else min(left, 65536))
                    if not data:
                        return
                    client.sendall(data)
                except OSError:
                    return
                left = None if left is None else left - len(data)
                with self.has_passed:
                    self.passed += len(data)
                    self.has_passed.notify_all()
            if self.stalls:
                with self.has_passed:
                    self.has_passed.wait_for(lambda: self.is_closed)
            # Closing alone would not end a connection that the other thread reads from.
            for end in (client, server):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _pass_up(client, server):
        try:
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def wait_passed(self, count, wait=30):
        with self.has_passed:
            assert self.has_passed.wait_for(lambda: self.passed >= count, wait), "so much never passed"

    def close(self):
        self.listener.close()
        with self.has_passed:
            self.is_closed = True
            self.has_passed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
