"""The runner of one language as a child process, and what it has said so far."""

import json
import subprocess
import threading
import time


class RunnerProcess:
    """Takes commands, keeps the answers by their ids and what watches said by their names."""

    def __init__(self, language):
        assert language.is_built
        self.language = language
        self.process = subprocess.Popen(
            language.run,
            cwd=language.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._last = 0
        self._answers, self._watches = {}, {}
        self._has_said = threading.Condition()
        self._is_ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            if not line.endswith("\n"):
                break  # The runner was killed while it said it.
            said = json.loads(line)
            with self._has_said:
                if "watch" in said:
                    self._watches.setdefault(said["watch"], []).append(said)
                else:
                    self._answers[said["id"]] = said
                self._has_said.notify_all()
        with self._has_said:
            self._is_ended = True
            self._has_said.notify_all()

    def send(self, op, **fields):
        """Gives a command; its id."""
        self._last += 1
        self.process.stdin.write(json.dumps({"id": self._last, "op": op, **fields}) + "\n")
        self.process.stdin.flush()
        return self._last

    def wait(self, ready, what, wait=30):
        """Waits until `ready` gives something that is true; that."""
        deadline = time.monotonic() + wait
        with self._has_said:
            while not (result := ready()):
                assert not self._is_ended, f"the {self.language} runner has ended while {what} was waited for"
                left = deadline - time.monotonic()
                assert left > 0, f"{what} did not come within {wait} s"
                self._has_said.wait(left)
            return result

    def answer(self, number, wait=30):
        return self.wait(lambda: self._answers.pop(number, None), f"the answer to command {number}", wait)

    def is_answered(self, number):
        with self._has_said:
            return number in self._answers

    def said(self, watch):
        """Everything that a watch has handed out."""
        with self._has_said:
            return list(self._watches.get(watch, []))

    def close(self):
        """Ends the runner, which has to end by itself."""
        self.process.stdin.close()
        try:
            assert self.process.wait(20) == 0, f"the {self.language} runner ended badly"
        finally:
            self.process.kill()
            self.process.wait()
