"""The security extension of one running charge point, wired."""

from __future__ import annotations

from twin.charge_point.boot import TypePlate
from twin.charge_point.context import Context
from twin.charge_point.endpoint import Endpoint
from twin.charge_point.security.event_types import SecurityEvent
from twin.charge_point.security.events import SecurityEvents
from twin.charge_point.security.identity import Identities
from twin.charge_point.security.profiles import SecurityProfiles
from twin.charge_point.security.roots import CENTRAL, MANUFACTURER, RootManagement, Roots
from twin.charge_point.security.setup import SecuritySetup
from twin.charge_point.security.signing import Signing


class SecurityExtension:
    """Answers the messages of the extension, and says how to connect.

    Args:
        context: The charge point.
        endpoint: Where the central system listens, and the key from the factory.
        setup: What the charger left the factory with.
        type_plate: Its serial number is the name in its certificates; the identity without.
    """

    def __init__(
        self, context: Context, endpoint: Endpoint, setup: SecuritySetup, type_plate: TypePlate
    ) -> None:
        self._context = context
        self._setup = setup
        self._roots = Roots(context.store)
        self._identities = Identities(context.store, self._roots)
        self.events = SecurityEvents(context)
        self.profiles = SecurityProfiles(
            context, endpoint, setup, self._roots, self._identities, self._drop
        )
        RootManagement(
            context, self._roots, self._identities.issued, lambda: self.profiles.profile >= 2
        )
        self._signing = Signing(
            context,
            self._identities,
            self._roots,
            type_plate.serial_number or context.identity,
            self._renewed,
        )
        self._roots.add_from_factory(CENTRAL, setup.central_roots)
        self._roots.add_from_factory(MANUFACTURER, setup.manufacturer_roots)
        self._identities.take_from_factory(setup.certificate, setup.key)

    def power_on(self, why: str) -> None:
        """Begin; `why` says what the last run ended with."""
        self._context.security_event(SecurityEvent.STARTUP, why)
        self._signing.power_on()

    def _renewed(self) -> None:
        if self.profiles.profile == 3:
            self.profiles.reconnect()

    def _drop(self) -> None:
        connection = self._context.calls.connection
        if connection is not None:
            connection.drop()
