"""`evseloop central pki`, and what the central system says to files that it cannot use."""

import stat
from datetime import UTC, datetime

import pytest

from central.pki.authority import ChargerAuthority
from central.pki.directory import NAMES, make_directory
from central.pki.strength import PkiError
from central.pki.tls import server_context


def test_the_keys_are_their_owners_alone(made_pki):
    for name in NAMES:
        mode = (made_pki.directory / f"{name}.key").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600, name


def test_nothing_is_overwritten(made_pki):
    before = {file.name: file.read_bytes() for file in made_pki.directory.iterdir()}
    with pytest.raises(PkiError, match="not overwritten"):
        make_directory(made_pki.directory, ["localhost"], datetime.now(UTC))
    assert {file.name: file.read_bytes() for file in made_pki.directory.iterdir()} == before


def test_a_key_of_another_certificate_is_told_by_its_file(made_pki):
    place = made_pki.directory
    with pytest.raises(PkiError, match=r"server-ec\.key"):
        server_context([place / "server-rsa.pem"], [place / "server-ec.key"], None)
    with pytest.raises(PkiError, match=r"server-rsa\.key"):
        ChargerAuthority.load(place / "charger-ca.pem", place / "server-rsa.key")


def test_a_server_certificate_is_no_authority(made_pki):
    place = made_pki.directory
    with pytest.raises(PkiError, match="may not sign"):
        ChargerAuthority.load(place / "server-rsa.pem", place / "server-rsa.key")


def test_a_file_that_is_not_there_is_named(made_pki, tmp_path):
    with pytest.raises(PkiError, match=r"gone\.pem: No such file"):
        server_context([tmp_path / "gone.pem"], [made_pki.directory / "server-ec.key"], None)
