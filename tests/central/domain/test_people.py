"""Users, their passwords and their tokens."""

import asyncio
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from central.domain import id_tags, tokens, users
from central.domain.errors import BusyError, ConflictError, DeniedError, InvalidError, NotFoundError
from central.domain.passwords import Passwords
from central.domain.server_secrets import SecretName, obtain_secret

SECRET = b"s" * 32
WALL = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
async def user(storage, now):
    return await storage.write(
        users.add_user, email="Ann@Example.org", name="Ann", password_hash="hash", now=now
    )


async def test_a_user_is_found_by_address_whatever_its_case_and_has_a_tag(storage, user):
    assert await storage.read(users.find_user, " ann@example.ORG ") == user
    (tag,) = await storage.read(id_tags.list_id_tags, user_id=user.id)
    assert len(tag.id_tag) <= 20


async def test_an_address_is_taken_once_and_the_second_gets_no_tag(storage, now, user):
    with pytest.raises(ConflictError):
        await storage.write(
            users.add_user, email="ANN@example.org", name="B", password_hash="h", now=now
        )
    assert len(await storage.read(id_tags.list_id_tags)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"email": "ann"},
        {"email": "@example.org"},
        {"email": "a b@example.org"},
        {"email": f"{'x' * 250}@example.org"},
        {"email": "a\x00@example.org"},
        {"name": ""},
        {"name": "x" * 201},
        {"phone": "1" * 41},
    ],
)
async def test_what_cannot_be_used_is_refused(storage, now, change):
    fields = {"email": "a@example.org", "name": "A", "password_hash": "h", "now": now} | change
    with pytest.raises(InvalidError):
        await storage.write(users.add_user, **fields)
    assert await storage.read(users.list_users) == []


async def test_admins_are_counted_while_they_may_log_in(storage, now, user):
    assert await storage.read(users.count_admins) == 0
    await storage.write(users.set_rights, user.id, is_admin=True, is_disabled=False)
    assert await storage.read(users.count_admins) == 1
    await storage.write(users.set_rights, user.id, is_admin=True, is_disabled=True)
    assert await storage.read(users.count_admins) == 0


async def test_nobody_is_not_changed(storage, now):
    for change in (
        storage.write(users.set_password, 10**6, "h", now),
        storage.write(users.set_rights, 10**6, is_admin=True, is_disabled=False),
        storage.read(users.get_user, 10**6),
    ):
        with pytest.raises(NotFoundError):
            await change


async def test_a_token_shows_its_user_until_it_expires(storage, user):
    token = tokens.issue_token(SECRET, user.id, WALL, lifetime=timedelta(hours=1))
    claims = tokens.read_token(SECRET, token, WALL + timedelta(minutes=59))
    assert await storage.read(tokens.authenticate, claims) == user
    with pytest.raises(DeniedError, match="expired"):
        tokens.read_token(SECRET, token, WALL + timedelta(hours=1))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "rubbish",
        "a.b.c",
        tokens.issue_token(b"x" * 32, 1, WALL),
        jwt.encode({"sub": "1", "jti": "j", "iat": 1, "exp": 4e9}, None, algorithm="none"),
        jwt.encode({"sub": "1", "exp": 4e9}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "x", "jti": "j", "iat": 1, "exp": 4e9}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": "1", "jti": "j", "iat": 1, "exp": 1e300}, SECRET, algorithm="HS256"),
    ],
)
def test_a_token_that_is_not_ours_is_denied(token):
    with pytest.raises(DeniedError):
        tokens.read_token(SECRET, token, WALL)


async def test_a_revoked_token_is_denied_and_others_are_not(storage, user):
    first, second = (
        tokens.read_token(SECRET, tokens.issue_token(SECRET, user.id, WALL), WALL) for _ in range(2)
    )
    await storage.write(tokens.revoke_token, first)
    await storage.write(tokens.revoke_token, first)
    with pytest.raises(DeniedError):
        await storage.read(tokens.authenticate, first)
    assert await storage.read(tokens.authenticate, second) == user


async def test_tokens_from_before_a_new_password_are_denied(storage, user):
    old = tokens.read_token(SECRET, tokens.issue_token(SECRET, user.id, WALL), WALL)
    changed = WALL + timedelta(minutes=1)
    await storage.write(users.set_password, user.id, "new", changed)
    with pytest.raises(DeniedError):
        await storage.read(tokens.authenticate, old)
    new = tokens.read_token(SECRET, tokens.issue_token(SECRET, user.id, changed), changed)
    assert (await storage.read(tokens.authenticate, new)).password_hash == "new"


async def test_tokens_of_the_disabled_and_of_the_gone_are_denied(storage, user):
    claims = tokens.read_token(SECRET, tokens.issue_token(SECRET, user.id, WALL), WALL)
    nobody = tokens.read_token(SECRET, tokens.issue_token(SECRET, 10**6, WALL), WALL)
    await storage.write(users.set_rights, user.id, is_admin=False, is_disabled=True)
    for denied in (claims, nobody):
        with pytest.raises(DeniedError):
            await storage.read(tokens.authenticate, denied)


async def test_revoked_tokens_are_forgotten_once_they_would_have_expired(storage, user):
    claims = tokens.read_token(SECRET, tokens.issue_token(SECRET, user.id, WALL), WALL)
    await storage.write(tokens.revoke_token, claims)
    assert await storage.write(tokens.purge_revoked, WALL) == 0
    assert await storage.write(tokens.purge_revoked, claims.expires_at) == 1


async def test_a_secret_is_made_once_and_is_the_same_for_all(storage):
    found = await asyncio.gather(*(storage.write(obtain_secret, SecretName.JWT) for _ in range(8)))
    other = await storage.write(obtain_secret, SecretName.CHARGER_KEYS)
    assert len(set(found)) == 1
    assert len(found[0]) == 32
    assert other != found[0]


async def test_a_password_is_verified_and_stored_as_argon2id_with_salt():
    async with Passwords() as passwords:
        first = await passwords.hash("correct horse")
        second = await passwords.hash("correct horse")
        assert first.startswith("$argon2id$")
        assert first != second
        assert await passwords.verify("correct horse", first)
        assert not await passwords.verify("wrong horse", first)


async def test_nobodys_password_is_wrong_and_costs_as_much():
    async with Passwords() as passwords:
        assert not await passwords.verify("anything", None)
        assert not await passwords.verify("anything", "not a hash")


@pytest.mark.parametrize("password", ["", "seven77", "x" * 129])
async def test_a_password_of_wrong_length_is_refused(password):
    async with Passwords() as passwords:
        with pytest.raises(InvalidError):
            await passwords.hash(password)


async def test_only_so_many_wait_for_a_hash():
    async with Passwords(threads=1, max_waiting=3) as passwords:
        outcomes = await asyncio.gather(
            *(passwords.hash("correct horse") for _ in range(5)), return_exceptions=True
        )
        assert sum(isinstance(outcome, BusyError) for outcome in outcomes) == 2
        assert await passwords.hash("correct horse")
