"""What an operator does by hand: the first administrator, a lost password, a new charger.

The commands open the database themselves, beside a central system that runs on it.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from sqlalchemy import Connection

from central.domain import chargers, users
from central.domain.charger_keys import generate_key
from central.domain.errors import ConflictError
from central.domain.passwords import Passwords
from central.domain.server_secrets import SecretName, obtain_secret
from central.domain.storage import Storage
from central.settings import Settings


async def first_admin(
    settings: Settings, storage: Storage, passwords: Passwords, now: datetime
) -> str | None:
    """Make the first administrator, where there is none.

    Returns:
        The password, if it was generated here: ADMIN_PASSWORD is not set.

    Raises:
        InvalidError: ADMIN_EMAIL, ADMIN_NAME or ADMIN_PASSWORD cannot be used.
        ConflictError: ADMIN_EMAIL is a user who is no (enabled) administrator.
    """
    if await storage.read(users.count_admins):
        return None
    given = settings.admin_password
    password = secrets.token_urlsafe(15) if given is None else given.get_secret_value()
    password_hash = await passwords.hash(password)

    def unit(conn: Connection) -> bool:
        # Another process may have been faster.
        if users.count_admins(conn):
            return False
        users.add_user(
            conn,
            email=settings.admin_email,
            name=settings.admin_name,
            password_hash=password_hash,
            now=now,
            is_admin=True,
        )
        return True

    try:
        made = await storage.write(unit)
    except ConflictError as error:
        raise ConflictError(
            f"{settings.admin_email} is a user who is no administrator",
            where="email",
            how="choose another, or make that one an administrator: evseloop central reset-admin",
        ) from error
    return password if made and given is None else None


async def reset_admin(storage: Storage, passwords: Passwords, settings: Settings) -> str:
    """Give the user ADMIN_EMAIL a new password and an administrator's rights; end their logins.

    Returns:
        The password, which is kept nowhere else.

    Raises:
        InvalidError: ADMIN_EMAIL or ADMIN_NAME cannot be used.
    """
    password = secrets.token_urlsafe(15)
    password_hash = await passwords.hash(password)
    now = datetime.now(UTC)

    def unit(conn: Connection) -> None:
        user = users.find_user(conn, settings.admin_email) or users.add_user(
            conn,
            email=settings.admin_email,
            name=settings.admin_name,
            password_hash=password_hash,
            now=now,
            is_admin=True,
        )
        users.set_rights(conn, user.id, is_admin=True, is_disabled=False)
        users.set_password(conn, user.id, password_hash, now)

    await storage.write(unit)
    return password


async def add_charger(storage: Storage, charge_point_id: str) -> str:
    """Admit a charger and return its key, which is kept nowhere else.

    Raises:
        InvalidError: The identity cannot be used.
        ConflictError: There is one of that name.
    """

    def unit(conn: Connection) -> str:
        new = generate_key(obtain_secret(conn, SecretName.CHARGER_KEYS))
        chargers.add_charger(conn, charge_point_id, datetime.now(UTC), key_hash=new.key_hash)
        return new.key

    return await storage.write(unit)
