"""Who a charger says it is."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ocpp.credentials import (
    BadCredentialsError,
    BadPathError,
    charge_point_id_of,
    credentials_of,
)


def basic(user: bytes, key: bytes) -> str:
    return "Basic " + base64.b64encode(user + b":" + key).decode()


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/CP1", "CP1"),
        ("/CP%201", "CP 1"),
        ("/CP%2F1", "CP/1"),
        ("/cp%C3%A9", "cpé"),
        ("/CP1?token=x", "CP1"),
    ],
)
def test_the_identity_is_the_percent_decoded_path(path, identity):
    assert charge_point_id_of(path) == identity


@pytest.mark.parametrize("path", ["/", "", "/a/b", "/%ff", "/" + "x" * 65, "/a%00", "/a%0A"])
def test_a_path_that_names_no_charger_is_refused(path):
    with pytest.raises(BadPathError):
        charge_point_id_of(path)


def test_the_example_of_the_standard_is_read():
    # OCPP-J 1.6 section 6.2: id AL1000, key 0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF.
    credentials = credentials_of("Basic QUwxMDAwOgABAgMEBQYH////////////////")
    assert credentials.user == "AL1000"
    assert credentials.key == bytes.fromhex("0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF")


@given(st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"])), st.binary())
def test_name_and_key_are_split_at_the_first_colon(user, key):
    credentials = credentials_of(basic(user.encode(), key))
    assert (credentials.user, credentials.key) == (user, key)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Bearer abc",
        "Basic ???",
        "Basic QQ",
        "Basic Q1AxQUJD",
        "Basic /zphYmM=",
        "Básic ü",
    ],
)
def test_a_header_that_cannot_be_read_is_refused_without_repeating_it(header):
    with pytest.raises(BadCredentialsError) as caught:
        credentials_of(header)
    secret = header.partition(" ")[2]
    assert not secret or secret not in str(caught.value)


def test_credentials_do_not_show_the_key():
    assert "secret" not in repr(credentials_of(basic(b"CP1", b"secret")))
