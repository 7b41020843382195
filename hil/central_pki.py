"""The certificates of a central system under test, and those that nobody should believe."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from hil.certificates import Authority, Certified

HOSTS = ("127.0.0.1", "localhost")

Flaw = Literal["foreign authority", "wrong name", "expired"]
"""Why a certificate proves nothing."""

Signer = Literal["manufacturer", "stranger"]
"""Who signs firmware."""


class CentralPki:
    """One authority for a central system with TLS and for its chargers; and their manufacturer's.

    Args:
        folder: keeps the files; made if need be, for its owner alone.
        epoch: UTC when the twin's clock stands at 0.

    Attributes:
        environment: what the central system has to be told of it.
        server: files of the central system's certificate, and of its key.
        manufacturer_root: PEM of the root that leads to who signs firmware.
    """

    def __init__(self, folder: Path, epoch: datetime) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._epoch = epoch
        self._authority = Authority("evseloop scenario root", epoch)
        self._chargers = self._authority.authority("evseloop scenario charger CA")
        manufacturer = Authority("evseloop scenario manufacturer", epoch)
        self.manufacturer_root = manufacturer.root.pem
        self._signers: dict[Signer, Certified] = {
            "manufacturer": manufacturer.signer("firmware signing"),
            "stranger": Authority("evseloop scenario manufacturer", epoch).signer("a stranger"),
        }
        self.server = server, server_key = self._authority.server(*HOSTS).write(folder, "server")
        charger_ca, charger_ca_key = self._chargers.write(folder, "charger-ca")
        self.environment = {
            "OCPP_TLS_CERT": str(server.resolve()),
            "OCPP_TLS_KEY": str(server_key.resolve()),
            "OCPP_CHARGER_CA_CERT": str(charger_ca.resolve()),
            "OCPP_CHARGER_CA_KEY": str(charger_ca_key.resolve()),
        }

    @property
    def root(self) -> str:
        """PEM of the root that chargers believe."""
        return self._authority.root.pem

    def charger(self, identity: str) -> tuple[str, str]:
        """Make the certificate with which a charger leaves the factory; return it and its key."""
        made = self._authority.client(identity, self._chargers)
        return made.pem + self._chargers.pem, made.key_pem

    def sign(self, image: bytes, signer: Signer) -> tuple[str, str]:
        """Sign firmware; return the signature, base64, and the PEM of who has signed."""
        signing = self._signers[signer]
        return base64.b64encode(signing.signature(image)).decode("ascii"), signing.pem

    def impostor(self, flaw: Flaw) -> tuple[Path, Path]:
        """Make a server's certificate that proves nothing; return its file and that of its key."""
        made: Certified
        if flaw == "foreign authority":
            made = Authority("evseloop scenario root", self._epoch).server(*HOSTS)
        elif flaw == "wrong name":
            made = self._authority.server("central.example.org")
        else:
            made = self._authority.server(*HOSTS, end=self._epoch - timedelta(hours=1))
        return made.write(self.folder, flaw.replace(" ", "-"))
