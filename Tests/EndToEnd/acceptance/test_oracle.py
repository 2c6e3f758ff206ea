"""The judge itself: each way in which a start may go wrong is seen."""

import copy

import pytest

from gatehouse_client import SCHEMA, request
from harness import NotStarted, Server, fingerprint, present_revision, unique
from ledger import Ledger
from load import CREATE, Answer, Failure
from oracle import MANUAL, SERVED, check_refused, check_served, judge
from stores import created, make_store
from trials import Trial


def changed(answer, **fields):
    customer = copy.deepcopy(answer.customer)
    for name, value in fields.items():
        setattr(customer, name, value)
    return Answer(answer.path, answer.request, customer)


def one_more(ledger):
    ledger.answers.append(changed(ledger.answers[-1], revision=ledger.acknowledged_revision + 1))


def another_content(ledger):
    ledger.answers[3] = changed(ledger.answers[3], reason="another")


def another_order(ledger):
    first, second = ledger.answers[0].customer.revision, ledger.answers[-1].customer.revision
    ledger.answers[0] = changed(ledger.answers[0], revision=second)
    ledger.answers[-1] = changed(ledger.answers[-1], revision=first)


def a_refused_call_happened(ledger):
    answer = next(each for each in ledger.answers if each.path == CREATE)
    ledger.answers.remove(answer)
    status = SCHEMA.message("gatehouse.rpc.v1.Status")(code=8)
    ledger.failures.append(Failure(answer.path, answer.request, status))


def another_answer_to_a_repeat(ledger):
    first, second = [answer for answer in ledger.answers if answer.path == CREATE][:2]
    ledger.answers = [Answer(CREATE, second.request, first.customer)]


def applied_under_another_key(ledger):
    message = next(each.request for each in ledger.answers if each.path == CREATE)
    again = request(CREATE, wallet=message.wallet, external_id=message.external_id, idempotency_key=unique("key"))
    ledger.unanswered.append((CREATE, again))


def another_store(ledger):
    ledger.store_id = bytes(16)


def a_watcher_saw_more(ledger):
    event = SCHEMA.message("gatehouse.v1.Event")(revision=10**6)
    ledger.shown.append(event)


@pytest.mark.parametrize(
    "lie",
    [
        one_more,
        another_content,
        another_order,
        a_refused_call_happened,
        another_answer_to_a_repeat,
        applied_under_another_key,
        another_store,
        a_watcher_saw_more,
    ],
)
def test_the_judge_sees(stored, chance, lie):
    ledger = stored.ledger.copy()
    data = stored.copy()
    lie(ledger)
    with pytest.raises(Exception) as caught:
        judge(data, ledger, chance, samples=10**6)
    assert not isinstance(caught.value, (TimeoutError, OSError)), caught.value


def test_the_judge_accepts_what_is_whole(stored, chance):
    assert judge(stored.copy(), stored.ledger, chance, samples=10**6)[0] == SERVED


def test_the_judge_sees_what_a_refused_start_has_changed(stored):
    data = stored.copy()
    before = fingerprint(data)
    caught = NotStarted(4, "segment-00000000000000000001.log, offset 4096: a block is damaged there, so it says")
    check_refused(caught, data, before, 1)
    (data / "quarantine").mkdir()
    with pytest.raises(AssertionError):
        check_refused(caught, data, before, 1)
    for wrong, seconds in [(NotStarted(1, caught.errors), 1), (NotStarted(4, "it is damaged"), 1), (caught, 11)]:
        with pytest.raises(AssertionError):
            check_refused(wrong, data, fingerprint(data), seconds)


def test_trials_fail_with_what_was_not_expected(stored, chance):
    with pytest.raises(AssertionError, match="nothing at all"):
        stored.run([Trial("nothing at all", lambda data: None)], chance)


def test_calls_without_an_answer_are_made_once(scratch, chance):
    """Whether they had happened or not."""
    ledger, data = Ledger(), scratch / "unanswered"
    make_store(data, ledger, Server.kill, segments=1)
    happened = next(answer for answer in ledger.answers if answer.path == CREATE)
    ledger.answers.remove(happened)
    new = request(CREATE, wallet=happened.request.wallet[:-4] + "0000", external_id=unique(), idempotency_key=unique())
    new.wallet = new.wallet.lower()
    ledger.unanswered = [(CREATE, happened.request), (CREATE, new)]
    with Server(data, *MANUAL) as server:
        check_served(server, ledger, chance)
        assert not ledger.unanswered and ledger.events[-1].customer.external_id == new.external_id
        with server.connect() as connection:
            assert present_revision(connection) == len(ledger.events)
            created(connection, ledger)
        check_served(server, ledger, chance)
