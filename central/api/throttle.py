"""Slows down the guessing of passwords, one account at a time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_TRIES = 5
"""Wrong passwords in a row that cost nothing but the hash."""
LONGEST_WAIT_S = 60.0
"""An owner must not be locked out for long by somebody who guesses at the account."""
FORGET_AFTER_S = 3600.0
REMEMBERED = 10_000
"""Accounts remembered at most; the one not tried for the longest goes first."""


@dataclass(slots=True)
class _Tries:
    count: int
    last_s: float


class LoginThrottle:
    """After a few wrong passwords, each further try must wait twice as long as the last.

    It counts per account and whether or not the account exists, so that it
    tells nobody which do. It lives in this process's memory: a restart forgets,
    and several processes count apart. What bounds guessing beyond that is the
    cost of a hash and the size of the pool that computes them.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait_s(self, account: str) -> float:
        """Return how long this account must wait, 0 if it may try now; a try is counted."""
        now = self._clock_s()
        tries = self._tries.get(account)
        if tries is None or now - tries.last_s > FORGET_AFTER_S:
            tries = self._tries[account] = _Tries(0, now)
        over = tries.count - FREE_TRIES
        if over >= 0:
            left = tries.last_s + min(2.0**over, LONGEST_WAIT_S) - now
            if left > 0:
                return left
        # Counted before the password is checked: tries at the same time count too.
        tries.count += 1
        tries.last_s = now
        self._tries.move_to_end(account)
        if len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return 0.0

    def succeeded(self, account: str) -> None:
        """Forget the account's wrong tries."""
        self._tries.pop(account, None)
