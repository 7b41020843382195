"""Commands that change how a charger proves who it is: its key, its security profile."""

from __future__ import annotations

import asyncio
from typing import Any

from central.domain import key_change, security_profile
from central.domain.charger_link import CommandResult
from central.domain.errors import ConflictError
from central.ocpp.charge_point import ChargePoint
from central.ocpp.recorded_calls import RecordedCalls

# Answers after which the charger still has what it had (OCPP 1.6 section 5.3).
_DECLINED = frozenset({"Rejected", "NotSupported"})


class SecurityChanges:
    """Sends such commands of one connection, one at a time, and keeps what becomes of them."""

    def __init__(self, charge_point: ChargePoint, calls: RecordedCalls) -> None:
        self._charge_point = charge_point
        self._services = charge_point.services
        self._calls = calls
        # So that keys are pending in the order in which they were sent.
        self._turn = asyncio.Lock()

    async def change_key(
        self, action: str, payload: dict[str, Any], new_key: str, requested_by: int | None
    ) -> CommandResult:
        """Send a new AuthorizationKey.

        Raises:
            InvalidError: It cannot be a key.
            ConflictError: Too many are pending.
        """
        storage, keys = self._services.storage, self._services.keys
        identity = self._charge_point.charge_point_id
        async with self._turn:
            pending = await storage.read(key_change.list_pending_keys, identity)
            key_hash = await keys.find(new_key.encode(), pending) or await keys.hash_chosen(new_key)
            await storage.write(key_change.offer_key, identity, key_hash)

            async def settle_late(late: CommandResult) -> None:
                if late.status == "Accepted":
                    # Unless one that was sent later has taken its place.
                    await storage.write(key_change.confirm_key, identity, key_hash)
                elif late.status in _DECLINED and key_hash not in pending:
                    await storage.write(key_change.withdraw_key, identity, key_hash)

            result = await self._calls.call(action, payload, requested_by, settle_late)
            if result.status == "Accepted":
                # From now on the charger uses it, and the old one is refused (OCPP-J 1.6
                # section 6.2).
                await storage.write(key_change.settle_key, identity, key_hash)
            elif result.status in _DECLINED and key_hash not in pending:
                await storage.write(key_change.withdraw_key, identity, key_hash)
            # Otherwise it is unknown which one the charger has or, with RebootRequired, from
            # when: all are right until it comes with a new one.
            return result

    async def change_profile(
        self, action: str, payload: dict[str, Any], profile: int, requested_by: int | None
    ) -> CommandResult:
        """Order another SecurityProfile (security whitepaper, A05): one step up.

        Raises:
            ConflictError: It cannot be used here or by this charger, or is a step back.
        """
        storage, identity = self._services.storage, self._charge_point.charge_point_id
        highest = self._services.settings.highest_security_profile
        if profile > highest:
            raise ConflictError(
                f"security profile {profile} cannot be used here",
                where="value",
                how="set OCPP_TLS_CERT and OCPP_TLS_KEY"
                if highest < security_profile.TLS_BASIC
                else "set OCPP_TLS_CLIENT_CA or OCPP_CHARGER_CA_CERT",
            )
        async with self._turn:
            await storage.read(
                security_profile.check_order,
                identity,
                profile,
                self._charge_point.security_profile,
            )
            # Before it is sent: its answer may be lost. An order counts once the charger has
            # come with that profile.
            await storage.write(security_profile.note_order, identity, profile)

            async def settle(result: CommandResult) -> None:
                if result.status in _DECLINED:
                    await storage.write(security_profile.withdraw_order, identity, profile)

            result = await self._calls.call(action, payload, requested_by, settle)
            await settle(result)
            return result
