"""A directory with every certificate that security profiles 2 and 3 need, to try them out with."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from central.pki.making import (
    Identity,
    PrivateKey,
    Validity,
    make_authority,
    make_root,
    make_server,
    make_signer,
    new_ec_key,
    new_rsa_key,
)
from central.pki.reading import to_pem
from central.pki.strength import PkiError

CENTRAL_ROOT: Final = "central-root"
SERVER_RSA: Final = "server-rsa"
SERVER_EC: Final = "server-ec"
CHARGER_CA: Final = "charger-ca"
MANUFACTURER_ROOT: Final = "manufacturer-root"
FIRMWARE_SIGNER: Final = "firmware-signing"
NAMES: Final = (
    CENTRAL_ROOT,
    SERVER_RSA,
    SERVER_EC,
    CHARGER_CA,
    MANUFACTURER_ROOT,
    FIRMWARE_SIGNER,
)
"""Each is a NAME.pem and a NAME.key."""

AUTHORITY_LIFETIME: Final = timedelta(days=3650)
LEAF_LIFETIME: Final = timedelta(days=825)
BACKDATED: Final = timedelta(hours=1)


def make_directory(directory: Path, hosts: list[str], now: datetime) -> None:
    """Make all of `NAMES` in a directory, which is made if need be; keys are their owner's alone.

    Raises:
        PkiError: A file is there already, which is never overwritten; or it cannot be written.
    """
    files = [directory / f"{name}.{kind}" for name in NAMES for kind in ("pem", "key")]
    there = [file for file in files if file.exists()]
    if there:
        raise PkiError(
            f"{there[0]} is there already and is not overwritten; name another directory"
        )
    begin = now - BACKDATED
    authority = Validity(begin, now + AUTHORITY_LIFETIME)
    leaf = Validity(begin, now + LEAF_LIFETIME)
    root = make_root("evseloop test root", authority, path_length=1)
    manufacturer = make_root("evseloop test manufacturer", authority, path_length=0)
    made = {
        CENTRAL_ROOT: root,
        SERVER_RSA: _server(hosts, new_rsa_key(), root, leaf),
        SERVER_EC: _server(hosts, new_ec_key(), root, leaf),
        CHARGER_CA: make_authority("evseloop test charger CA", root, authority),
        MANUFACTURER_ROOT: manufacturer,
        FIRMWARE_SIGNER: make_signer("evseloop test firmware", manufacturer, leaf),
    }
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, identity in made.items():
            _write(directory / f"{name}.key", _key_pem(identity.key), 0o600)
            _write(directory / f"{name}.pem", to_pem([identity.certificate]), 0o644)
    except OSError as error:
        raise PkiError(f"{error.filename}: {error.strerror}") from error


def settings_for(directory: Path) -> dict[str, str]:
    """Give the settings of a central system that uses such a directory."""
    place = directory.absolute()
    return {
        "OCPP_TLS_CERT": f"{place / SERVER_RSA}.pem,{place / SERVER_EC}.pem",
        "OCPP_TLS_KEY": f"{place / SERVER_RSA}.key,{place / SERVER_EC}.key",
        "OCPP_CHARGER_CA_CERT": f"{place / CHARGER_CA}.pem",
        "OCPP_CHARGER_CA_KEY": f"{place / CHARGER_CA}.key",
    }


def _server(hosts: list[str], key: PrivateKey, root: Identity, validity: Validity) -> Identity:
    try:
        return make_server(hosts, key, root, validity)
    except ValueError as error:
        raise PkiError(f"--host: {error}") from error


def _key_pem(key: PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _write(path: Path, text: str, mode: int) -> None:
    # Made with its mode, not changed to it: nobody else could open it in between.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
