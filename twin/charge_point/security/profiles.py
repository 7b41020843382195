"""Security profiles 0 to 3 and the way from one to the next (W sections 2 and 3.5, A05)."""

from __future__ import annotations

from collections.abc import Callable

from twin.charge_point.context import Context
from twin.charge_point.endpoint import Endpoint
from twin.charge_point.security.event_types import SecurityEvent
from twin.charge_point.security.identity import Identities
from twin.charge_point.security.roots import CENTRAL, Roots
from twin.charge_point.security.setup import SecuritySetup
from twin.charge_point.security.tls import ClientContext, client_context, security_event

ATTEMPTS = 3
"""Failed attempts with a new profile or a new certificate, before the last one that worked is
taken again (W A05 leaves the number open)."""

LEAVE_US = 1_000_000
"""The answer goes out on the old link, which is then given up (W A01, A02, A05)."""

KEY = "SecurityProfile"
_WORKED = "security profile that worked"
"""Setting of the store."""


class SecurityProfiles:
    """Says how to connect, and goes back where the new way does not work.

    Args:
        context: The charge point.
        endpoint: Where the central system listens, and the key from the factory.
        setup: What the charger left the factory with.
        roots: Roots of the central system.
        identities: The charger's own certificates.
        drop: Gives up the connection; the next attempt follows.
    """

    def __init__(
        self,
        context: Context,
        endpoint: Endpoint,
        setup: SecuritySetup,
        roots: Roots,
        identities: Identities,
        drop: Callable[[], None],
    ) -> None:
        self._context = context
        self._endpoint = endpoint
        self._setup = setup
        self._roots = roots
        self._identities = identities
        self._drop = drop
        self._failures = 0
        self._said = ""
        self._tls: ClientContext | None = None
        self._tried = ""
        context.configuration.guard(KEY, self._may_be)
        context.configuration.on_change(self._configured)

    @property
    def profile(self) -> int:
        """The profile in use, or about to be."""
        return self._context.configuration.integer(KEY)

    def endpoint(self) -> Endpoint:
        """Return how to connect now."""
        profile = self.profile
        self._tls = None
        self._tried = str(profile)
        if profile >= 2:
            identity = self._identities.current if profile == 3 else None
            self._tls = client_context(
                self._roots.of(CENTRAL), identity, lambda: self._context.wall.now()
            )
            if self._setup.key_log is not None:
                self._tls.keylog_filename = str(self._setup.key_log)
        return Endpoint(
            self._url(profile),
            self._endpoint.identity,
            self._key() if profile in {1, 2} else None,
            self._tls,
        )

    def opened(self) -> None:
        """Note that this way of connecting works: there is no way back from here."""
        self._failures = 0
        self._said = ""
        self._identities.confirm()
        if self._context.store.setting(_WORKED) != self._tried:
            self._context.store.set_setting(_WORKED, self._tried)

    def failed(self, error: Exception | None) -> None:
        """Take note of an attempt that came to nothing."""
        if self._tls is not None and self._tls.trouble is not None:
            error = self._tls.trouble
        kind = None if error is None else security_event(error)
        said = f"{kind}: {error}"
        if kind is not None and said != self._said:
            self._said = said  # once for many attempts with the same end
            self._context.security_event(kind, str(error))
        self._failures += 1
        if self._failures >= ATTEMPTS:
            self._failures = 0
            self._go_back()

    def reconnect(self) -> None:
        """Give up the link once what is being answered has gone out."""
        self._failures = 0
        self._context.timers.after(LEAVE_US, self._drop)

    def _go_back(self) -> None:
        worked = self._context.store.setting(_WORKED)
        if worked is not None and int(worked) < self.profile:
            left = self.profile
            self._context.configuration.put_back(KEY, worked)
            self._tell(f"security profile {left} does not work, back to {worked}")
        elif self.profile == 3 and self._identities.has_previous:
            self._identities.go_back()
            self._tell("the new certificate of the charge point does not work, back to the old")

    def _tell(self, text: str) -> None:
        self._context.event(0, text)
        self._context.security_event(SecurityEvent.RECONFIGURATION, text)

    def _may_be(self, value: str) -> bool:
        """Whether the profile may become this: upward, with all that it needs (W A05)."""
        wanted = int(value)
        if wanted < self.profile:
            return False
        if wanted in {1, 2} and self._key() is None:
            return False
        if wanted >= 2 and not self._roots.of(CENTRAL):
            return False
        return wanted < 3 or self._identities.current is not None

    def _configured(self, name: str) -> None:
        if name == KEY and self._tried != str(self.profile):
            self._tell(f"security profile {self.profile}")
            self.reconnect()
        elif name == "AuthorizationKey":
            self._tell("new authorization key")
            if self.profile in {1, 2}:
                self.reconnect()

    def _key(self) -> bytes | None:
        changed = self._context.configuration.text("AuthorizationKey")
        return bytes.fromhex(changed) if changed else self._endpoint.key

    def _url(self, profile: int) -> str:
        url = self._endpoint.url
        if profile < 2:
            return url
        return self._setup.tls_url or "wss://" + url.split("://", 1)[1]
