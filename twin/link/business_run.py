"""One run of a program at the business link: what it is told, and what it asks for."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence

from twin.charge_point.timers import Timers
from twin.clock import Handle
from twin.driver import Driver, Hold
from twin.evse import Evse
from twin.link.business import (
    BusinessSession,
    Close,
    Commanded,
    Connect,
    FileDrop,
    FileEnd,
    FileGet,
    FilePut,
    FileText,
    Ping,
    Polled,
    Said,
    Send,
)
from twin.link.business_files import BusinessFiles
from twin.link.business_network import BusinessNetwork
from twin.plant.ticker import NEVER_US
from twin.process import Command, Report

LOOK_US = 2_000
"""A controller that runs has ticked by then: one that boots is not waited for."""

HARD = 2
"""What `Polled.reset` is of a hard reset; 1: a soft one."""

_COUNTS = ("unlock_count", "clear_faults_count")


class BusinessRun:
    """One run of the program, from its start to its end: nothing of it survives.

    Args:
        identity: of the charge point.
        evses: behind connectors 1…N.
        driver: moves the clock.
        session: the link to the program, which has been greeted.
        tls: as for `BusinessNetwork`.
        network_up: returns whether there is a network.
        on_frame: called with `>` or `<` and each text.
        said: called with a connector (0: none) and what an operator may want to know.
        reset: called with whether it is a hard one, when the program asks to be reset.

    Attributes:
        polled: the end of the last poll; None before the first one.
    """

    def __init__(
        self,
        identity: str,
        evses: Sequence[Evse],
        driver: Driver,
        session: BusinessSession,
        *,
        tls: Callable[[bool], ssl.SSLContext | None],
        network_up: Callable[[], bool],
        on_frame: Callable[[str, str], None],
        said: Callable[[int, str], None],
        reset: Callable[[bool], None],
    ) -> None:
        self.polled: Polled | None = None
        self._identity = identity
        self._evses = evses
        self._driver = driver
        self._session = session
        self._said = said
        self._reset = reset
        self._timers = Timers(driver.clock)
        self._network = BusinessNetwork(
            identity,
            driver,
            self._timers,
            tls,
            on_frame=on_frame,
            changed=lambda state, why: self.happened(lambda to: to.net_state(state, why)),
            heard=lambda text: self.happened(lambda to: to.net_text(text)),
            told=lambda text: said(0, text),
        )
        if not network_up():
            self._network.set_network(up=False)
        self._files = BusinessFiles(identity, driver, list, network_up, self._transferred)
        self._ended = False
        self._polling = False
        self._again = False
        self._due: Handle | None = None
        self._look: Hold | None = None
        self._counts: dict[int, Command] = {}

    @property
    def is_open(self) -> bool:
        """There is a socket."""
        return self._network.is_open

    @property
    def exchanges(self) -> int:
        """Polls so far."""
        return self._session.exchanges

    def set_network(self, *, up: bool) -> None:
        """Cut the network, or mend it: the program is told, as by a modem."""
        self._network.set_network(up=up)

    def cut_power(self) -> None:
        """Tell the program's end of the link at which instant the power went."""
        self._session.cut_power(self._driver.clock.now_us)

    def kill(self) -> None:
        """End it this instant."""
        self._end()
        self._network.kill()

    async def close(self) -> None:
        """End it, its socket with a closing handshake."""
        self._end()
        await self._network.close()

    def _end(self) -> None:
        self._ended = True
        self._timers.cancel_all()
        if self._look is not None:
            self._look.release()
        self._files.kill()
        self._session.close()

    # --- what happens, and polls ---

    def happened(self, tell: Callable[[BusinessSession], None]) -> None:
        """Tell what has happened, and poll with meters as they are now."""
        if self._ended:
            return
        tell(self._session)
        charging = [evse for evse in self._evses if evse.report().closed]
        if charging and not self._polling:
            self._poll_soon(charging)
        else:
            self.poll()

    def _transferred(self, transfer: int, outcome: int, content: bytes, why: str) -> None:
        def tell(session: BusinessSession) -> None:
            session.file_data(transfer, content)
            session.file_done(transfer, outcome, why)

        self.happened(tell)

    def _poll_soon(self, evses: Sequence[Evse]) -> None:
        """Poll when controllers have ticked once more: a report's meter may be a second old."""
        if self._look is not None:
            return
        look = self._look = self._driver.demand(f"poll of {self._identity}")
        missing = len(evses)

        def poll() -> None:
            if not self._ended and self._look is look:
                self.poll()

        def sampled(now_us: int, report: Report) -> None:  # noqa: ARG001
            nonlocal missing
            missing -= 1
            if missing == 0:
                poll()

        self._timers.after(LOOK_US, poll)
        for evse in evses:
            evse.sample(sampled)

    def poll(self) -> None:
        """Let the program do what is due, and do what it asks for."""
        if self._polling:
            self._again = True
            return
        self._polling = self._again = True
        while self._again and not self._ended:
            self._again = False
            self._poll_once()
        self._polling = False

    def _poll_once(self) -> None:
        now_us = self._driver.clock.now_us
        if self._look is not None:
            self._look.release()
            self._look = None
        for number, evse in enumerate(self._evses, 1):
            self._session.report(number, evse.report())
        asked, polled = self._session.poll(now_us)
        self.polled = polled
        for each in asked:
            match each:
                case Commanded(connector, command):
                    self._command(connector, command)
                case Connect():
                    self._network.connect(each)
                case Close():
                    self._network.drop()
                case Send(text):
                    self._network.send(text)
                case Ping(seconds):
                    self._network.ping_every(seconds)
                case Said(connector, text):
                    self._said(connector, text)
                case FileGet() | FilePut() | FileText() | FileEnd() | FileDrop():
                    self._files.ask(each)
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if polled.reset:
            self._reset(polled.reset == HARD)
        elif polled.next_us < NEVER_US:
            wait_us = max(polled.next_us - now_us, 1)
            self._due = self._timers.after(wait_us, lambda: self._poll_soon(self._evses))

    def _command(self, connector: int, command: Command) -> None:
        """Hand a command over; the controller's counts go on where the program begins anew."""
        evse = self._evses[connector - 1]
        before = self._counts.get(connector, Command())
        held = evse.controller.command
        counts = {
            name: getattr(held, name) + getattr(command, name) - getattr(before, name)
            for name in _COUNTS
        }
        self._counts[connector] = command
        evse.command(
            permitted=command.permitted,
            limit_a=command.limit_a,
            phases=command.phases,
            available=command.available,
            hold_lock=command.hold_lock,
            **counts,
        )
