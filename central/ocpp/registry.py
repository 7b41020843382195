"""Which charger is connected, and over which socket."""

from __future__ import annotations

from central.ocpp.connection import ChargerConnection


class Registry:
    """The chargers that are connected to this process; see `central.domain.charger_link`."""

    def __init__(self) -> None:
        self._connections: dict[str, ChargerConnection] = {}

    async def find(self, charge_point_id: str) -> ChargerConnection | None:
        """Return the connection of that charger, None if it is not connected."""
        connection = self._connections.get(charge_point_id)
        return connection if connection is not None and connection.is_open else None

    def is_connected(self, charge_point_id: str) -> bool:
        """Whether that charger is connected."""
        connection = self._connections.get(charge_point_id)
        return connection is not None and connection.is_open

    def security_profile(self, charge_point_id: str) -> int | None:
        """See `ChargerLinks.security_profile`."""
        connection = self._connections.get(charge_point_id)
        if connection is None or not connection.is_open:
            return None
        return connection.charge_point.security_profile

    async def disconnect(self, charge_point_id: str, reason: str) -> None:
        """See `ChargerLinks.disconnect`."""
        connection = self._connections.get(charge_point_id)
        if connection is not None:
            connection.make_way(reason)
            await connection.wait_drained()

    def connected(self) -> list[str]:
        """Return the identities of all connected chargers, sorted."""
        return sorted(
            identity for identity, connection in self._connections.items() if connection.is_open
        )

    def attach(self, connection: ChargerConnection) -> ChargerConnection | None:
        """Put a connection in charge of its charger; the one that it replaces makes way."""
        predecessor = self._connections.get(connection.charge_point_id)
        self._connections[connection.charge_point_id] = connection
        if predecessor is not None:
            predecessor.make_way()
        return predecessor

    def is_current(self, connection: ChargerConnection) -> bool:
        """Whether no newer connection has taken its place."""
        return self._connections.get(connection.charge_point_id) is connection

    def detach(self, connection: ChargerConnection) -> None:
        """Forget a connection, if it is the current one of its charger."""
        if self.is_current(connection):
            del self._connections[connection.charge_point_id]
