"""The installed root certificates and the three messages about them (W M03, M04, M05)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from twin.charge_point.calls import Respond
from twin.charge_point.context import Context
from twin.charge_point.security.checks import BadCertificate, check_root, read_chain
from twin.charge_point.security.event_types import SecurityEvent
from twin.charge_point.security.hashes import hash_data, is_meant
from twin.charge_point.security.keys import MAX_ROOTS
from twin.charge_point.store import Store
from wire.frames import Payload

CENTRAL = "CentralSystemRootCertificate"
MANUFACTURER = "ManufacturerRootCertificate"

_EVENT_OF_A_BAD = {
    CENTRAL: SecurityEvent.INVALID_CENTRAL_CERTIFICATE,
    MANUFACTURER: SecurityEvent.INVALID_FIRMWARE_CERTIFICATE,
}


class Roots:
    """The roots in the store, by type."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, kind: str) -> list[x509.Certificate]:
        """Return the installed roots of a type, in the order of installation."""
        rows = self._store.database.execute(
            "SELECT pem FROM root_certificate WHERE kind = ? ORDER BY rowid", (kind,)
        ).fetchall()
        return [x509.load_pem_x509_certificate(row[0].encode()) for row in rows]

    def __len__(self) -> int:
        (count,) = self._store.database.execute("SELECT count(*) FROM root_certificate").fetchone()
        return int(count)

    def has(self, kind: str, root: x509.Certificate) -> bool:
        """Whether it is installed already."""
        return root in self.of(kind)

    def add(self, database: sqlite3.Connection, kind: str, root: x509.Certificate) -> None:
        """Install one, inside a commit; one that is there already stays."""
        pem = root.public_bytes(Encoding.PEM).decode()
        database.execute(
            "INSERT OR IGNORE INTO root_certificate VALUES (?, ?, ?)",
            (kind, fingerprint(root), pem),
        )

    def remove(self, database: sqlite3.Connection, kind: str, root: x509.Certificate) -> None:
        """Take one out, inside a commit."""
        database.execute(
            "DELETE FROM root_certificate WHERE kind = ? AND fingerprint = ?",
            (kind, fingerprint(root)),
        )

    def add_from_factory(self, kind: str, pem: str) -> None:
        """Install what the charger left the factory with.

        Each but once: one that was deleted over OCPP stays deleted.
        """
        for root in read_chain(pem) if pem else []:
            seen = f"factory {kind} {fingerprint(root)}"
            if self._store.setting(seen) is None:
                with self._store.commit() as database:
                    self.add(database, kind, root)
                    self._store.write_setting(database, seen, "installed")


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate, hexadecimal."""
    return certificate.fingerprint(SHA256()).hex()


class RootManagement:
    """Answers the messages about roots.

    Args:
        context: The charge point.
        roots: What is installed.
        own: Returns the charger's own certificate and its issuer, where there is one.
        in_use: Whether the connection depends on roots of the central system.
    """

    def __init__(
        self,
        context: Context,
        roots: Roots,
        own: Callable[[], tuple[x509.Certificate, x509.Certificate] | None],
        in_use: Callable[[], bool],
    ) -> None:
        self._context = context
        self._roots = roots
        self._own = own
        self._in_use = in_use
        context.roots = roots.of
        context.calls.handlers["InstallCertificate"] = self._install
        context.calls.handlers["GetInstalledCertificateIds"] = self._list
        context.calls.handlers["DeleteCertificate"] = self._delete

    def _install(self, payload: Payload, respond: Respond) -> None:
        kind: str = payload["certificateType"]
        try:
            chain = read_chain(payload["certificate"])
            if len(chain) != 1:
                raise BadCertificate(f"{len(chain)} certificates, one is installed at a time")
            (root,) = chain
            check_root(root, self._context.wall.now())
        except BadCertificate as error:
            respond({"status": "Rejected"})
            self._context.event(0, f"{kind} not installed: {error}")
            self._context.security_event(_EVENT_OF_A_BAD[kind], str(error))
            return
        if not self._roots.has(kind, root) and len(self._roots) >= MAX_ROOTS:
            # W M05: CertificateStoreMaxLength.
            respond({"status": "Rejected"})
            self._context.event(0, f"{kind} not installed: {MAX_ROOTS} roots are the most")
            return
        try:
            with self._context.store.commit() as database:
                self._roots.add(database, kind, root)
        except sqlite3.OperationalError as error:
            respond({"status": "Failed"})
            self._context.event(0, f"{kind} not installed: {error}")
            return
        respond({"status": "Accepted"})
        self._context.security_event(
            SecurityEvent.RECONFIGURATION, f"{kind} installed: {root.subject.rfc4514_string()}"
        )

    def _list(self, payload: Payload, respond: Respond) -> None:
        roots = self._roots.of(payload["certificateType"])
        if not roots:
            respond({"status": "NotFound"})
            return
        found = [hash_data(root, root) for root in roots]
        respond({"status": "Accepted", "certificateHashData": found})

    def _delete(self, payload: Payload, respond: Respond) -> None:
        asked: Payload = payload["certificateHashData"]
        own = self._own()
        if own is not None and is_meant(*own, asked):
            respond({"status": "Failed"})  # W M04: the charger's own cannot be deleted
            return
        meant = [
            (kind, root)
            for kind in (CENTRAL, MANUFACTURER)
            for root in self._roots.of(kind)
            if is_meant(root, root, asked)
        ]
        if not meant:
            respond({"status": "NotFound"})
            return
        if self._in_use() and [root for kind, root in meant if kind == CENTRAL] == self._roots.of(
            CENTRAL
        ):
            # Without it no central system would be believed any more.
            respond({"status": "Failed"})
            self._context.event(0, "the last root of the central system is not deleted")
            return
        with self._context.store.commit() as database:
            for kind, root in meant:
                self._roots.remove(database, kind, root)
        respond({"status": "Accepted"})
        for kind, root in meant:
            self._context.security_event(
                SecurityEvent.RECONFIGURATION, f"{kind} deleted: {root.subject.rfc4514_string()}"
            )
