"""What a charger has of the security extension when it leaves the factory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from twin.charge_point.security.checks import BadCertificate, read_chain, read_key, same_key


@dataclass(frozen=True, slots=True)
class SecuritySetup:
    """A charger with the security extension; its store keeps what is changed over OCPP.

    Attributes:
        profile: Security profile: 0 none, 1 Basic authentication without TLS, 2 TLS and
            Basic authentication, 3 TLS with a certificate of the charger (W section 2).
        central_roots: PEM, any number: whom it believes to be the central system.
        manufacturer_roots: PEM, any number: whose firmware it installs.
        certificate: PEM: its own certificate, then what leads to the root; empty: none.
        key: PEM of the private key to it, not encrypted; never shown.
        cpo_name: The operator, the organisation in its certificates.
        tls_url: Where the central system listens for TLS; empty: at the same place as
            without, by `wss://`.
        key_log: File into which it writes the secrets of its TLS, for a rig that records what
            it says ("SSLKEYLOGFILE"); None, as in the field: nowhere.

    Raises:
        ValueError: A profile without what it needs, or something that is no certificate or
            key, or a key that is another's.
    """

    profile: int = 0
    central_roots: str = ""
    manufacturer_roots: str = ""
    certificate: str = ""
    key: str = ""
    cpo_name: str = ""
    tls_url: str = ""
    key_log: Path | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.profile <= 3:
            raise ValueError(f"security profile {self.profile}: there are 0, 1, 2 and 3")
        if self.profile >= 2 and not self.central_roots:
            raise ValueError(
                f"security profile {self.profile} needs the root certificate of the central system"
            )
        if self.profile == 3 and not self.certificate:
            raise ValueError("security profile 3 needs a certificate of the charger and its key")
        if bool(self.certificate) != bool(self.key):
            raise ValueError("a certificate of the charger and its private key belong together")
        if self.tls_url and not self.tls_url.startswith("wss://"):
            raise ValueError(f"{self.tls_url}: TLS has an address that begins with wss://")
        for what, pem in (
            ("root certificate of the central system", self.central_roots),
            ("root certificate of the manufacturer", self.manufacturer_roots),
        ):
            if pem:
                _readable(what, pem)
        if self.certificate:
            chain = _readable("certificate of the charger", self.certificate)
            try:
                key = read_key(self.key)
            except BadCertificate as error:
                raise ValueError(f"private key of the charger: {error}") from error
            if not same_key(chain[0].public_key(), key.public_key()):
                raise ValueError("the private key of the charger belongs to another certificate")

    def check(self, central_url: str, key: bytes | None) -> None:
        """See that it fits to where the central system listens, and to the key.

        Raises:
            ValueError: It does not.
        """
        if self.profile in {1, 2} and key is None:
            raise ValueError(f"security profile {self.profile} needs an authorization key")
        if self.profile < 2 and not central_url.startswith("ws://"):
            raise ValueError(
                f"security profile {self.profile} is without TLS: {central_url} has to begin"
                " with ws://"
            )
        if self.profile >= 2 and not (self.tls_url or central_url.startswith("wss://")):
            raise ValueError(
                f"security profile {self.profile} is with TLS: {central_url} has to begin"
                " with wss://"
            )

    def configuration(self) -> dict[str, str]:
        """Return the configuration keys that say it."""
        keys = {"SecurityProfile": str(self.profile)}
        return {**keys, "CpoName": self.cpo_name} if self.cpo_name else keys

    def __repr__(self) -> str:
        return f"SecuritySetup(profile={self.profile})"


def _readable(what: str, pem: str) -> list[x509.Certificate]:
    try:
        return read_chain(pem)
    except BadCertificate as error:
        raise ValueError(f"{what}: {error}") from error
