"""A charger's business side as its EVSEs, its users and its network have it, whoever plays it.

The same for the charge point of the twin and for a program behind the business link: power, people,
the network, what is told. How it decides who may charge is not here, nor is OCPP.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial

from twin.charge_point.context import Event
from twin.clock import Handle
from twin.driver import Driver
from twin.evse import Evse
from twin.process import Report

BOOT_US = 3_000_000
"""From power-on to the software being up, or this long after the last controller is."""

MAX_TAG_LENGTH = 20
"""Of an id tag: CiString20Type, OCPP 1.6 section 7.29."""

EventListener = Callable[[Event], None]
FrameListener = Callable[[int, str, str], None]
"""Called with the twin's time (microseconds), `>` or `<`, and the text of each frame."""


class BusinessSide(ABC):
    """The computer of a charger between its EVSEs, its readers and its network.

    Args:
        identity: As the central system knows it.
        evses: The EVSEs behind connectors 1…N, on the driver's clock.
        driver: Moves the clock.
        key: Authorization key, raw bytes; None: none.

    Raises:
        ValueError: No EVSE, an empty identity, a key that is not of 16 to 20 bytes.
    """

    def __init__(
        self, identity: str, evses: Sequence[Evse], driver: Driver, key: bytes | None
    ) -> None:
        if not identity:
            raise ValueError("a charge point needs an identity")
        if not evses:
            raise ValueError("a charge point needs an EVSE")
        if key is not None and not 16 <= len(key) <= 20:
            raise ValueError(f"an authorization key has 16 to 20 bytes, not {len(key)}")
        self.identity = identity
        self.evses = list(evses)
        self.driver = driver
        self._booting: Handle | None = None
        self._network_up = True
        self._event_listeners: list[EventListener] = []
        self._frame_listeners: list[FrameListener] = []
        for number, evse in enumerate(self.evses, 1):
            evse.on_report(partial(self._reported, number))
            evse.on_tag(partial(self._tag_read, number))

    # --- power ---

    @abstractmethod
    def start(self) -> None:
        """Start the software at once, as after a boot."""

    def _boot_later(self) -> None:
        """Start the software `BOOT_US` after the last controller is up."""

        def up() -> None:
            self._booting = None
            self.start()

        boot_us = max(evse.config.boot_delay_us for evse in self.evses) + BOOT_US
        self._booting = self.driver.clock.after(boot_us, up)

    def _boot_no_more(self) -> None:
        if self._booting is not None:
            self._booting.cancel()
            self._booting = None

    def _cut_power_of_evses(self) -> None:
        for evse in self.evses:
            evse.cut_power()
            # A controller comes back without the permission it had.
            evse.command(permitted=False, hold_lock=False)

    def _restart(self, *, hard: bool) -> None:
        """Withdraw every permission, which comes from software that is gone, and start again.

        Args:
            hard: The controllers are reset too (OCPP 1.6 section 5.14).
        """
        for evse in self.evses:
            evse.command(permitted=False, hold_lock=False)
            if hard:
                evse.reset_controller()
        self._boot_later()

    # --- network ---

    def cut_network(self) -> None:
        """Cut the network: the link breaks, and no attempt succeeds until it is mended."""
        self._network_up = False
        self._network_changed()

    def restore_network(self) -> None:
        """Mend the network; whoever runs is told, as by a modem."""
        self._network_up = True
        self._network_changed()

    @abstractmethod
    def _network_changed(self) -> None:
        """Take note that the network has been cut or mended, if there is power."""

    # --- people ---

    def present_tag(self, id_tag: str, connector: int = 1) -> None:
        """Hold a tag to the reader of a connector. Without power nothing happens.

        Raises:
            ValueError: No such connector, or a tag of 0 or more than 20 characters.
        """
        if not 1 <= len(id_tag) <= MAX_TAG_LENGTH:
            raise ValueError(f"an id tag has 1 to {MAX_TAG_LENGTH} characters, {id_tag!r} has not")
        if not 1 <= connector <= len(self.evses):
            raise ValueError(f"{self.identity} has no connector {connector}")
        self._tag_presented(id_tag, connector)

    @abstractmethod
    def _tag_presented(self, id_tag: str, connector: int) -> None:
        """Decide on a tag, if there is power."""

    # --- told by the EVSEs ---

    @abstractmethod
    def _reported(self, number: int, now_us: int, report: Report) -> None:
        """Hear that the report of a connector's controller has changed."""

    def _tag_read(self, number: int, id_tag: str) -> None:
        # A reader may read what is no id tag.
        if 1 <= len(id_tag) <= MAX_TAG_LENGTH:
            self.present_tag(id_tag, number)

    # --- told to others ---

    def on_event(self, listener: EventListener) -> None:
        """Call `listener` for everything worth telling an operator."""
        self._event_listeners.append(listener)

    def on_frame(self, listener: FrameListener) -> None:
        """Call `listener` for each frame, sent or received. Secrets are not masked."""
        self._frame_listeners.append(listener)

    def _tell(self, event: Event) -> None:
        for listener in self._event_listeners:
            listener(event)

    def _frame(self, direction: str, text: str) -> None:
        for listener in self._frame_listeners:
            listener(self.driver.clock.now_us, direction, text)
