"""Configuration: GetConfiguration and ChangeConfiguration (OCPP 1.6 sections 5.3 and 5.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from twin.charge_point.calls import Calls, Respond
from twin.charge_point.keys import Access, Key, split
from twin.charge_point.store import Store
from wire.frames import Payload

_STORED = "key "
"""Prefix of a configuration key among the settings of the store."""


class Configuration:
    """The values of the configuration keys: factory settings under what was changed over OCPP.

    Args:
        keys: Every key of the profiles that are there.
        store: Keeps what was changed.
        factory: Settings that differ from the defaults of the table.
        computed: Values of the keys that cannot be set, by name.

    Raises:
        ValueError: A factory setting names no key, or has a value that it cannot have.
    """

    def __init__(
        self,
        keys: Iterable[Key],
        store: Store,
        factory: Mapping[str, str],
        computed: Mapping[str, str],
    ) -> None:
        self._keys = {key.name.lower(): key for key in keys}
        self._store = store
        self._computed = computed
        self._listeners: list[Callable[[str], None]] = []
        self._guards: dict[str, Callable[[str], bool]] = {}
        self._values: dict[str, str] = {}
        for key in self._keys.values():
            self._values[key.name] = computed.get(key.name, key.default)
        for name, value in factory.items():
            known = self._keys.get(name.lower())
            if known is None:
                raise ValueError(f"there is no configuration key {name!r}")
            if not known.accepts(value):
                raise ValueError(f"configuration key {known.name} cannot be {value!r}")
            self._values[known.name] = value
        for key in self._keys.values():
            stored = store.setting(_STORED + key.name) if key.kept else None
            if stored is not None:
                self._values[key.name] = stored

    def text(self, name: str) -> str:
        """Return the value of a key."""
        return self._values[name]

    def boolean(self, name: str) -> bool:
        """Return the value of a boolean key."""
        return self._values[name].lower() == "true"

    def integer(self, name: str) -> int:
        """Return the value of an integer key."""
        return int(self._values[name])

    def items(self, name: str) -> list[str]:
        """Return the items of a list key."""
        return split(self._values[name])

    def readable(self) -> dict[str, str]:
        """Return every key with its value, but those that are secret."""
        return {
            key.name: self._values[key.name]
            for key in self._keys.values()
            if key.access is not Access.WRITE
        }

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener(name)` after a key has been changed over OCPP."""
        self._listeners.append(listener)

    def guard(self, name: str, may_be: Callable[[str], bool]) -> None:
        """Have `may_be(value)` asked whether a key may be changed to a value of its type."""
        self._guards[name] = may_be

    def serve(self, calls: Calls) -> None:
        """Answer GetConfiguration and ChangeConfiguration."""
        calls.handlers["GetConfiguration"] = self._get
        calls.handlers["ChangeConfiguration"] = self._change

    def change(self, name: str, value: str) -> str:
        """Change a key as ChangeConfiguration does; return the ConfigurationStatus."""
        key = self._keys.get(name.lower())
        if key is None:
            return "NotSupported"
        if key.access is Access.READ or not key.accepts(value):
            return "Rejected"
        guard = self._guards.get(key.name)
        if guard is not None and not guard(value):
            return "Rejected"
        if key.kept:
            self._store.set_setting(_STORED + key.name, value)
        self._values[key.name] = value
        return "Accepted"

    def set_by_central(self, name: str, value: str) -> None:
        """Take over what the central system sets elsewhere: the heartbeat interval at boot."""
        self._values[name] = value

    def put_back(self, name: str, value: str) -> None:
        """Take back what was changed over OCPP and did not work out, for good."""
        self._store.set_setting(_STORED + name, value)
        self._values[name] = value

    def _get(self, payload: Payload, respond: Respond) -> None:
        asked: list[str] = payload.get("key") or [key.name for key in self._keys.values()]
        answer: Payload = {}
        for name in asked:
            key = self._keys.get(name.lower())
            if key is None:
                answer.setdefault("unknownKey", []).append(name)
            elif key.access is not Access.WRITE:
                entry = {
                    "key": key.name,
                    "readonly": key.access is Access.READ,
                    "value": self._values[key.name],
                }
                answer.setdefault("configurationKey", []).append(entry)
        respond(answer)

    def _change(self, payload: Payload, respond: Respond) -> None:
        status = self.change(payload["key"], payload["value"])
        respond({"status": status})
        if status == "Accepted":
            name = self._keys[payload["key"].lower()].name
            for listener in self._listeners:
                listener(name)
