"""Security events: into the log, and those that count to the central system (W A04).

Events that are sent have a queue of their own, first in, first out, over a
power cut too, and go ahead of transaction messages that wait: decision 20.
"""

from __future__ import annotations

import json
import sqlite3
from functools import partial

from twin.charge_point.calls import Answered, Outcome, Refused
from twin.charge_point.context import Context
from twin.charge_point.security.event_types import NOTIFIED, SecurityEvent
from twin.charge_point.security.security_log import SecurityLog
from wire.frames import Payload

MOST_WAITING = 500
"""Events that wait for a central system that does not answer; what comes then is logged only."""

INVALID_MESSAGES_US = 60_000_000
"""Messages that are none are logged once in so long: whoever sends them must not push everything
else out of the log."""

_TECH_INFO_LENGTH = 255


class SecurityEvents:
    """Logs and reports what `Context.security_event` is told."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._log = SecurityLog(context.store)
        self._sending = False
        self._waiting = False
        self._begun = False
        self._last_invalid_us: int | None = None
        context.security_log = self._log.entries
        context.signals.security.append(self._happened)
        context.signals.accepted.append(self._begin)
        context.signals.resumed.append(self._begin)
        context.calls.on_invalid = self._invalid

    @property
    def acknowledged(self) -> bool:
        """The central system knows all that it is to know."""
        return self._count() == 0

    def _happened(self, kind: str, tech_info: str) -> None:
        at, tech_info = self._context.stamp(), tech_info[:_TECH_INFO_LENGTH]
        said = f"{kind}: {tech_info}" if tech_info else kind
        payload: Payload = {"type": kind, "timestamp": at}
        if tech_info:
            payload["techInfo"] = tech_info
        exhausted = ""
        with self._context.store.commit() as database:
            if self._log.add(database, at, said):
                exhausted = "the security log is full: from now on its oldest entries go"
            if kind in NOTIFIED:
                waiting = self._count()
                if waiting < MOST_WAITING:
                    _queue(database, payload)
                if waiting == MOST_WAITING - 2:
                    exhausted = "no more room for security events that wait to be sent"
        self._context.event(0, f"security event {said}")
        if exhausted:
            self._context.security_event(SecurityEvent.MEMORY_EXHAUSTION, exhausted)
        self._send()

    def _invalid(self, why: str) -> None:
        now_us = self._context.driver.clock.now_us
        last_us = self._last_invalid_us
        if last_us is None or now_us - last_us >= INVALID_MESSAGES_US:
            self._last_invalid_us = now_us
            self._context.security_event(SecurityEvent.INVALID_MESSAGES, why)

    def _count(self) -> int:
        database = self._context.store.database
        (count,) = database.execute("SELECT count(*) FROM security_event").fetchone()
        return int(count)

    def _begin(self) -> None:
        # The statuses have gone first: they are owed as the first thing after a boot (errata 3.22).
        self._begun = True
        self._send()

    def _send(self) -> None:
        if not self._begun or self._sending or self._waiting or not self._context.calls.online:
            return
        row = self._context.store.database.execute(
            "SELECT seq, payload, attempts FROM security_event ORDER BY seq LIMIT 1"
        ).fetchone()
        if row is None:
            return
        seq, payload, attempts = row
        self._sending = True
        answered = partial(self._answered, seq, attempts + 1)
        self._context.calls.send("SecurityEventNotification", json.loads(payload), answered)

    def _answered(self, seq: int, attempts: int, outcome: Outcome) -> None:
        self._sending = False
        match outcome:
            case Answered():
                self._remove(seq)
                self._send()
            case Refused(code, description):
                self._refused(seq, attempts, f"{code} {description}".strip())
            case _:
                pass  # kept; the next connection brings the next try

    def _refused(self, seq: int, attempts: int, why: str) -> None:
        """Try again by the rule of transaction messages (OCPP 1.6 9.1.27, 9.1.28)."""
        configuration = self._context.configuration
        if attempts >= configuration.integer("TransactionMessageAttempts"):
            self._remove(seq)
            self._context.event(0, f"security event given up after {attempts} tries: {why}")
            self._send()
            return
        with self._context.store.commit() as database:
            database.execute(
                "UPDATE security_event SET attempts = ? WHERE seq = ?", (attempts, seq)
            )
        self._waiting = True
        interval_s = configuration.integer("TransactionMessageRetryInterval")
        self._context.timers.after(interval_s * attempts * 1_000_000, self._again)

    def _again(self) -> None:
        self._waiting = False
        self._send()

    def _remove(self, seq: int) -> None:
        with self._context.store.commit() as database:
            database.execute("DELETE FROM security_event WHERE seq = ?", (seq,))


def _queue(database: sqlite3.Connection, payload: Payload) -> None:
    database.execute("INSERT INTO security_event (payload) VALUES (?)", (json.dumps(payload),))
