"""Delivers the queue of transaction messages, oldest first, with the retry rules of OCPP 1.6.

Section 3.7.1 (order), 9.1.27 and 9.1.28 (attempts and interval), OCPP-J errata
3.2: a CALLERROR counts as a failed attempt, a closed socket does not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial

from twin.charge_point.booking import Entry
from twin.charge_point.calls import Answered, OnOutcome, Outcome, Refused, Unanswered
from twin.charge_point.context import Context
from twin.charge_point.queue import Message
from twin.charge_point.records import UNANSWERED, Record
from twin.charge_point.store import LARGEST_INTEGER
from twin.clock import Handle
from wire.frames import Payload

OnAnswer = Callable[[sqlite3.Connection, Record, Payload], Callable[[], None]]
"""Writes what an answer says, in the commit that takes the message out of the queue; returns
what to do after that."""


class Delivery:
    """Feeds the calls from the queue.

    Attributes:
        on_start: What to do with the answer to StartTransaction.
        on_stop: What to do with the answer to StopTransaction.
    """

    def __init__(self, context: Context) -> None:
        self.on_start: OnAnswer = _nothing_more
        self.on_stop: OnAnswer = _nothing_more
        self._context = context
        self._waiting: Handle | None = None
        context.calls.next_queued = self._next

    @property
    def empty(self) -> bool:
        """True when everything has been acknowledged or given up."""
        return len(self._context.queue) == 0

    def record(self, local_id: int) -> Record:
        """Return a transaction: the very object of its connector while it runs."""
        for connector in self._context.connectors:
            if connector.record is not None and connector.record.local_id == local_id:
                return connector.record
        return self._context.records.find(local_id)

    def _next(self) -> tuple[str, Payload, OnOutcome] | None:
        if self._waiting is not None:
            return None
        message = self._context.queue.head()
        if message is None:
            return None
        payload = message.payload
        if message.local_id is not None and message.action != "StartTransaction":
            transaction_id = self.record(message.local_id).transaction_id
            assert transaction_id is not None, "StartTransaction is ahead in the queue"
            payload = {**payload, "transactionId": transaction_id}
        return message.action, payload, partial(self._answered, message)

    def _answered(self, message: Message, outcome: Outcome) -> None:
        match outcome:
            case Answered(payload):
                number = payload.get("transactionId", 0)
                if abs(number) > LARGEST_INTEGER:
                    self._refused(message, f"bad answer: transactionId {number}")
                else:
                    self._acknowledged(message, payload)
            case Refused(code, description):
                self._refused(message, f"{code} {description}".strip())
            case Unanswered():
                pass  # kept, and no attempt spent

    def _acknowledged(self, message: Message, payload: Payload) -> None:
        then: Callable[[], None] | None = None
        with self._context.store.commit() as database:
            self._context.queue.remove(database, message)
            if message.local_id is not None:
                record = self.record(message.local_id)
                if message.action == "StartTransaction":
                    then = self.on_start(database, record, payload)
                elif message.action == "StopTransaction":
                    then = self.on_stop(database, record, payload)
                    self._context.records.forget(database, message.local_id)
        if then is not None:
            then()

    def _refused(self, message: Message, why: str) -> None:
        configuration = self._context.configuration
        self._context.queue.count_attempt(message)
        tries = message.attempts + 1
        if tries >= configuration.integer("TransactionMessageAttempts"):
            self._give_up(message, tries, why)
            return
        interval_s = configuration.integer("TransactionMessageRetryInterval")
        self._waiting = self._context.timers.after(interval_s * tries * 1_000_000, self._again)

    def _again(self) -> None:
        self._waiting = None
        self._context.calls.pump()

    def _give_up(self, message: Message, tries: int, why: str) -> None:
        lost = None if message.local_id is None else self.record(message.local_id)
        with self._context.store.commit() as database:
            self._context.queue.remove(database, message)
            if message.local_id is not None and message.action == "StartTransaction":
                record = self.record(message.local_id)
                record.transaction_id = UNANSWERED
                self._context.records.save(database, record)
            elif message.local_id is not None and message.action == "StopTransaction":
                self._context.records.forget(database, message.local_id)
        if lost is not None:
            self._context.book(Entry.LOST, lost)
        self._context.event(0, f"{message.action} given up after {tries} tries: {why}")


def _nothing_more(
    database: sqlite3.Connection,  # noqa: ARG001
    record: Record,  # noqa: ARG001
    payload: Payload,  # noqa: ARG001
) -> Callable[[], None]:
    """Want nothing more of an answer."""
    return lambda: None
