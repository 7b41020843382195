"""Keys of chargers: generated ones cost microseconds, chosen ones are hardened and remembered."""

import pytest

from central.domain.charger_keys import ChargerKeys, generate_key
from central.domain.errors import InvalidError
from central.domain.passwords import Passwords

SERVER_KEY = b"k" * 32


class CountedPasswords(Passwords):
    """The real thing, counting how often it is asked."""

    def __init__(self):
        super().__init__()
        self.verified = 0

    async def verify(self, password, stored):
        self.verified += 1
        return await super().verify(password, stored)


@pytest.fixture
async def passwords():
    async with CountedPasswords() as passwords:
        yield passwords


@pytest.fixture
def keys(passwords):
    return ChargerKeys(SERVER_KEY, passwords)


async def test_a_generated_key_is_right_as_bytes_and_as_text_in_either_case(keys, passwords):
    new = generate_key(SERVER_KEY)
    for presented in (bytes.fromhex(new.key), new.key.encode(), new.key.upper().encode()):
        assert await keys.verify(presented, new.key_hash)
    assert passwords.verified == 0


@pytest.mark.parametrize("presented", [b"", b"wrong", b"\xff" * 20, b"0" * 40, b"x" * 10_000])
async def test_another_key_is_wrong(keys, presented):
    assert not await keys.verify(presented, generate_key(SERVER_KEY).key_hash)


def test_a_generated_key_has_20_bytes_and_is_neither_stored_nor_shown():
    first, second = generate_key(SERVER_KEY), generate_key(SERVER_KEY)
    assert len(bytes.fromhex(first.key)) == 20
    assert first.key != second.key
    assert first.key not in first.key_hash
    assert first.key not in repr(first)


async def test_a_key_under_another_servers_key_is_wrong(passwords):
    new = generate_key(SERVER_KEY)
    other = ChargerKeys(b"o" * 32, passwords)
    assert not await other.verify(new.key.encode(), new.key_hash)


@pytest.mark.parametrize(
    "chosen", ["sixteen letters!", "4F43415F4F4354545F61646D696E5F74657374", "ünïcödé-key-12"]
)
async def test_a_chosen_key_is_hardened_and_then_remembered(keys, passwords, chosen):
    stored = await keys.hash_chosen(chosen)
    assert stored.startswith("$argon2id$")
    for _ in range(3):
        assert await keys.verify(chosen.encode(), stored)
    assert passwords.verified == 1


async def test_a_chosen_key_in_hexadecimal_is_right_as_bytes(keys):
    stored = await keys.hash_chosen("4F43415F4F4354545F61646D696E5F74657374")
    assert await keys.verify(b"OCA_OCTT_admin_test", stored)


async def test_a_wrong_key_is_not_remembered_and_does_not_spoil_the_right_one(keys, passwords):
    stored = await keys.hash_chosen("sixteen letters!")
    assert not await keys.verify(b"sixteen letters?", stored)
    assert await keys.verify(b"sixteen letters!", stored)
    assert not await keys.verify(b"sixteen letters?", stored)
    assert passwords.verified == 3


@pytest.mark.parametrize("chosen", ["", "short", "x" * 21, "ab" * 15, "ab" * 21])
async def test_a_chosen_key_of_wrong_length_is_refused(keys, chosen):
    with pytest.raises(InvalidError):
        await keys.hash_chosen(chosen)
