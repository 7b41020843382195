"""Authorization: who may charge, asked of the central system or remembered (OCPP 1.6 3.5, 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from twin.charge_point.calls import Answered, Outcome, Respond, Unanswered
from twin.charge_point.context import Context
from twin.charge_point.local_list import LocalList
from wire.frames import Payload
from wire.times import parse_time

MAX_CACHED = 500
"""Tags in the cache; one more, and what was learnt longest ago is forgotten."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a tag may charge.

    Attributes:
        accepted: It may.
        why: AuthorizationStatus, or what was decided without the central system.
        parent_id_tag: The tag's group, where known.
    """

    accepted: bool
    why: str
    parent_id_tag: str | None = None


class Authorization:
    """Asks the list, the cache and the central system, in that order (section 3.5).

    Answers are remembered in a cache that survives a reboot (section 3.5.1).
    """

    def __init__(self, context: Context, local_list: LocalList) -> None:
        self._context = context
        self._local_list = local_list
        context.calls.handlers["ClearCache"] = self._clear

    def decide(self, id_tag: str, on_decision: Callable[[Decision], None]) -> None:
        """Find out whether a tag may charge, and tell `on_decision`, at once or later."""
        online = self._context.calls.online
        if online and self._context.configuration.boolean("LocalPreAuthorize"):
            known = self._remembered(id_tag)
            if known is not None and known.accepted:
                on_decision(known)
                return
        if not online:
            on_decision(self._offline(id_tag))
            return

        def answered(outcome: Outcome) -> None:
            match outcome:
                case Answered(payload):
                    tag_info = payload["idTagInfo"]
                    self.learn(id_tag, tag_info)
                    status = tag_info["status"]
                    parent = tag_info.get("parentIdTag")
                    on_decision(Decision(status == "Accepted", status, parent))
                case Unanswered():
                    on_decision(self._offline(id_tag))
                case _:
                    on_decision(Decision(accepted=False, why="the central system failed"))

        self._context.calls.send("Authorize", {"idTag": id_tag}, answered)

    def learn(self, id_tag: str, tag_info: Payload) -> None:
        """Remember what the central system says of a tag (errata 3.23).

        What is in the list is not put into the cache (section 3.5.3); where the
        central system says otherwise than its own list, it is told so (section 7.6).
        `ConcurrentTx` says where a tag is in use now, nothing of the tag: it is not kept.
        """
        if tag_info["status"] == "ConcurrentTx":
            return
        listed = self._local_list.find(id_tag)
        if listed is not None:
            if listed.status != tag_info["status"]:
                for listener in self._context.signals.list_conflict:
                    listener(id_tag)
            return
        if not self._context.configuration.boolean("AuthorizationCacheEnabled"):
            return
        try:
            if "expiryDate" in tag_info:
                parse_time(tag_info["expiryDate"])
        except ValueError as error:
            self._context.event(0, f"tag {id_tag} is not remembered, its expiryDate: {error}")
            with self._context.store.commit() as database:
                database.execute("DELETE FROM cached_tag WHERE folded = ?", (id_tag.casefold(),))
            return
        with self._context.store.commit() as database:
            database.execute(
                "INSERT OR REPLACE INTO cached_tag VALUES (?, ?, ?, ?)",
                (
                    id_tag.casefold(),
                    tag_info["status"],
                    tag_info.get("expiryDate"),
                    tag_info.get("parentIdTag"),
                ),
            )
            # Replacing gives a new rowid: the smallest is what was learnt longest ago.
            database.execute(
                "DELETE FROM cached_tag WHERE rowid IN"
                " (SELECT rowid FROM cached_tag ORDER BY rowid DESC LIMIT -1 OFFSET ?)",
                (MAX_CACHED,),
            )

    def _offline(self, id_tag: str) -> Decision:
        """Decide without the central system (sections 3.5.2, 9.1.1 and 9.1.11)."""
        known = self._remembered(id_tag)
        configuration = self._context.configuration
        if known is None:
            allowed = configuration.boolean("AllowOfflineTxForUnknownId")
            return Decision(allowed, "unknown, offline")
        if known.accepted and not configuration.boolean("LocalAuthorizeOffline"):
            return Decision(accepted=False, why="offline authorization is switched off")
        return known

    def _remembered(self, id_tag: str) -> Decision | None:
        listed = self._local_list.find(id_tag)
        if listed is not None:
            accepted = listed.status == "Accepted"
            return Decision(accepted, f"{listed.status}, listed", listed.parent_id_tag)
        if not self._context.configuration.boolean("AuthorizationCacheEnabled"):
            return None
        row = self._context.store.database.execute(
            "SELECT status, expiry, parent_id_tag FROM cached_tag WHERE folded = ?",
            (id_tag.casefold(),),
        ).fetchone()
        if row is None:
            return None
        status, expiry, parent = row
        if expiry is not None and parse_time(expiry) <= self._context.wall.now():
            return Decision(accepted=False, why="Expired", parent_id_tag=parent)
        return Decision(status == "Accepted", f"{status}, remembered", parent)

    def _clear(self, payload: Payload, respond: Respond) -> None:  # noqa: ARG002 -- it is empty
        if not self._context.configuration.boolean("AuthorizationCacheEnabled"):
            respond({"status": "Rejected"})  # errata 3.23
            return
        with self._context.store.commit() as database:
            database.execute("DELETE FROM cached_tag")
        respond({"status": "Accepted"})
