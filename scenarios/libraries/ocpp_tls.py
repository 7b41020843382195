"""Keywords for TLS that should not be trusted; a component of the library `Ocpp`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from hil.central import Central
from hil.central_pki import Flaw
from hil.targets.twin_charger import TwinCharger
from hil.wire.impostor import Impostor, WeakTls
from scenarios.words import S

NOBODY = ("127.0.0.1", 1)
"""A port at which nobody listens."""


class TlsTrouble:
    """Puts somebody else, or nobody, where the central system listens for TLS."""

    def __init__(self, central: Callable[[], Central], charger: Callable[[], TwinCharger]) -> None:
        self._central = central
        self._charger = charger

    @keyword
    def requests_to_impostor(self, flaw: Flaw, during: timedelta = timedelta(minutes=5)) -> int:
        """Have an impostor take the central system's place; return how often he is spoken to.

        He has a certificate of a `foreign authority`, of the right one for a `wrong name`, or one
        that has `expired`. Afterwards the central system is back, and the charger online.
        """
        pki = self._central().pki
        assert pki is not None
        return self._requests_to(lambda impostor: impostor.start(*pki.impostor(flaw)), during)

    @keyword
    def requests_by_weak_tls(self, weak: WeakTls, during: timedelta = timedelta(minutes=5)) -> int:
        """Have the central system speak weak TLS alone; return how often it is spoken to.

        `TLS 1.1`, or `TLS 1.2 with AES-CBC`, in both cases with the right certificate. Afterwards
        it is as before, and the charger online.
        """
        pki = self._central().pki
        assert pki is not None
        return self._requests_to(lambda impostor: impostor.start(*pki.server, weak), during)

    def _requests_to(
        self, start: Callable[[Impostor], Coroutine[Any, Any, None]], during: timedelta
    ) -> int:
        charger = self._charger()
        impostor = Impostor()
        charger.run(start(impostor))
        self._lead_tls_to(impostor.address)
        before = len(_offers(charger))
        charger.advance(int(during.total_seconds() * S))
        attempts = len(_offers(charger)) - before
        self._lead_tls_to(None)
        charger.run(impostor.close())
        charger.get_online(600 * S)
        logger.info(f"{attempts} attempts")
        assert attempts, "the charger has not called the impostor"
        return impostor.requests

    @keyword
    def cut_off_tls(self, during: timedelta = timedelta(minutes=10)) -> None:
        """Have nobody listen for TLS, where the central system did; then wait until it is online.

        A charger that has gone another way meanwhile is disconnected, and has to come back.
        """
        charger = self._charger()
        self._lead_tls_to(NOBODY)
        charger.advance(int(during.total_seconds() * S))
        self._lead_tls_to(None)
        charger.get_online(600 * S)

    def _lead_tls_to(self, address: tuple[str, int] | None) -> None:
        """Cut the network, mend it, and have TLS lead somewhere else than before."""
        charger = self._charger()
        charger.do(charger.charge_point.cut_network)
        charger.advance(S)
        charger.do(lambda: charger.proxy.lead_tls_to(address))
        charger.do(charger.charge_point.restore_network)


def _offers(charger: TwinCharger) -> list[str]:
    return [line.text for line in charger.recording.lines if line.kind == "offer"]
