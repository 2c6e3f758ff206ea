"""What the clients of a server were told: the record that every start is held against."""

import copy

from gatehouse_client import CODES, CUSTOMERS, REVIEWS, Closed, Refusal, request
from harness import unique
from load import Answer, Failure

SUBMIT = f"{CUSTOMERS}/SubmitChallenge"
ACTIVATE = f"{CUSTOMERS}/Activate"
DEACTIVATE = f"{CUSTOMERS}/Deactivate"
REPORT_SCREENING = f"{REVIEWS}/ReportScreening"
REPORT_VERIFICATION = f"{REVIEWS}/ReportVerification"

# Statuses that leave open whether the call was carried out. All others say that it was not.
INDETERMINATE = {"CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL"}


class Ledger:
    """A: acknowledged. I: sent and not answered. R: definitely rejected. And the events that were durable."""

    def __init__(self):
        self.answers = []  # A, as Answer
        self.unanswered = []  # I, as (path, request)
        self.failures = []  # R, as Failure
        self.events = []  # the history from revision 1 on, as far as it has been seen whole
        self.shown = []  # events that watchers were shown behind that
        self.store_id = None
        self.oldest = 1  # the first revision that is still kept
        self.lapsed = 0  # calls answered up to this revision may have lost their keys

    def copy(self):
        """Another ledger of the same history, for a copy of the directory that goes its own way."""
        other = copy.copy(self)
        for name in ("answers", "unanswered", "failures", "events", "shown"):
            setattr(other, name, list(getattr(self, name)))
        return other

    def take(self, *loaders):
        """Waits for the end of these loads and takes down what they were told."""
        for loader in loaders:
            told = loader.finish()
            self.answers += told.answers
            self.unanswered += told.unanswered
            for failure in told.failures:
                if CODES[failure.status.code] in INDETERMINATE:
                    self.unanswered.append((failure.path, failure.request))
                else:
                    self.failures.append(failure)

    def call(self, connection, path, **fields):
        """Makes a call with a key of its own and takes down what came of it; the response."""
        message = request(path, idempotency_key=unique("key"), **fields)
        try:
            response = connection.call(path, message)
        except Refusal as refusal:
            if refusal.code in INDETERMINATE:
                self.unanswered.append((path, message))
            else:
                self.failures.append(Failure(path, message, refusal.status))
            raise
        except (Closed, OSError):
            self.unanswered.append((path, message))
            raise
        self.answers.append(Answer(path, message, response.customer))
        return response

    @property
    def acknowledged_revision(self):
        """The greatest revision that anybody was told of."""
        told = [answer.customer.revision for answer in self.answers] + [event.revision for event in self.shown]
        return max(told, default=0)
