"""The charger's own certificates and private keys, in the store alone.

The store's file is its owner's alone (mode 0600). A private key is in no
message, no event, no log and no diagnostics.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from twin.charge_point.security.checks import OwnKey, read_chain, read_key
from twin.charge_point.security.roots import Roots, fingerprint
from twin.charge_point.store import Store

_CURRENT = "current"
_PREVIOUS = "previous"
_REQUESTED = "requested"
_UNSENT = "unsent"
"""In place of the chain that there is none of yet."""
_FACTORY = "factory certificate"


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate of the charger and its private key.

    Attributes:
        chain: The certificate, then what leads to a root.
        key: The private key to it.
    """

    chain: tuple[x509.Certificate, ...]
    key: OwnKey = field(repr=False)

    @property
    def certificate(self) -> x509.Certificate:
        """The charger's own."""
        return self.chain[0]


class Identities:
    """What the store holds: the certificate in use, the one before it, a key that was asked for."""

    def __init__(self, store: Store, roots: Roots) -> None:
        self._store = store
        self._roots = roots

    @property
    def current(self) -> Identity | None:
        """The certificate in use."""
        return self._read(_CURRENT)

    @property
    def has_previous(self) -> bool:
        """The one in use is new, and has not been seen to work."""
        return self._row(_PREVIOUS) is not None

    def issued(self) -> tuple[x509.Certificate, x509.Certificate] | None:
        """Return the certificate in use and its issuer; None without the one or the other."""
        current = self.current
        if current is None:
            return None
        known = [*current.chain[1:], *self._roots.of("CentralSystemRootCertificate")]
        for issuer in known:
            if issuer.subject == current.certificate.issuer:
                return current.certificate, issuer
        return None

    @property
    def requested(self) -> OwnKey | None:
        """The private key of a request that has not been answered by a certificate."""
        row = self._row(_REQUESTED)
        return None if row is None else read_key(row[1])

    @property
    def unsent(self) -> bool:
        """A request is still to be made: the central system has not answered the last."""
        row = self._row(_REQUESTED)
        return row is not None and row[0] == _UNSENT

    def request(self, key: OwnKey) -> None:
        """Keep the key of a new request; an older one is forgotten."""
        with self._store.commit() as database:
            self._write(database, _REQUESTED, _UNSENT, key)

    def request_sent(self) -> None:
        """The central system has the request."""
        with self._store.commit() as database:
            database.execute("UPDATE own_certificate SET chain = '' WHERE place = ?", (_REQUESTED,))

    def forget_request(self) -> None:
        """Forget the key of a request that was refused."""
        with self._store.commit() as database:
            database.execute("DELETE FROM own_certificate WHERE place = ?", (_REQUESTED,))

    def replace(self, chain: Sequence[x509.Certificate], key: OwnKey) -> None:
        """Take a new certificate into use; the one before is kept until `confirm`."""
        current = self._row(_CURRENT)
        with self._store.commit() as database:
            if current is not None and not self.has_previous:
                database.execute(
                    "INSERT INTO own_certificate VALUES (?, ?, ?)", (_PREVIOUS, *current)
                )
            self._write(database, _CURRENT, _pem(chain), key)
            database.execute("DELETE FROM own_certificate WHERE place = ?", (_REQUESTED,))

    def confirm(self) -> None:
        """The one in use has been seen to work: forget the one before."""
        if self.has_previous:
            with self._store.commit() as database:
                database.execute("DELETE FROM own_certificate WHERE place = ?", (_PREVIOUS,))

    def go_back(self) -> None:
        """Take the one before into use again."""
        previous = self._row(_PREVIOUS)
        assert previous is not None
        with self._store.commit() as database:
            database.execute(
                "INSERT OR REPLACE INTO own_certificate VALUES (?, ?, ?)", (_CURRENT, *previous)
            )
            database.execute("DELETE FROM own_certificate WHERE place = ?", (_PREVIOUS,))

    def take_from_factory(self, certificate: str, key: str) -> None:
        """Take what the charger left the factory with, but once: what was replaced stays so."""
        if not certificate:
            return
        chain = read_chain(certificate)
        mark = fingerprint(chain[0])
        if self._store.setting(_FACTORY) != mark:
            with self._store.commit() as database:
                self._write(database, _CURRENT, _pem(chain), read_key(key))
                self._store.write_setting(database, _FACTORY, mark)

    def _row(self, place: str) -> tuple[str, str] | None:
        row = self._store.database.execute(
            "SELECT chain, key FROM own_certificate WHERE place = ?", (place,)
        ).fetchone()
        return None if row is None else (row[0], row[1])

    def _read(self, place: str) -> Identity | None:
        row = self._row(place)
        return None if row is None else Identity(tuple(read_chain(row[0])), read_key(row[1]))

    @staticmethod
    def _write(database: sqlite3.Connection, place: str, chain: str, key: OwnKey) -> None:
        database.execute(
            "INSERT OR REPLACE INTO own_certificate VALUES (?, ?, ?)",
            (place, chain, _key_pem(key)),
        )


def _pem(chain: Sequence[x509.Certificate]) -> str:
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in chain)


def _key_pem(key: OwnKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
