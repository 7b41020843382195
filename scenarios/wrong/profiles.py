"""Charge points that are wrong in local list, reservations and triggers."""

from __future__ import annotations

from typing import Any

from scenarios.wrong.charge_point import Payload, Tell, each_run, telling
from scenarios.wrong.entry import Wrong
from twin.charge_point.calls import Respond
from twin.charge_point.local_list import Listed
from twin.charge_point.running import Running


def _ignores_list(running: Running) -> None:
    _the_list(running).find = lambda _: None


def _accepts_whatever_is_listed(running: Running) -> None:
    the_list = _the_list(running)
    find = the_list.find

    def find_wrong(id_tag: str) -> Listed | None:
        found = find(id_tag)
        return None if found is None else Listed("Accepted", found.parent_id_tag)

    the_list.find = find_wrong


def _the_list(running: Running) -> Any:
    return running.sessions._authorization._local_list


def _reserves_for_anybody(running: Running) -> None:
    running._reservations.admits = lambda *_: True  # type: ignore[method-assign]


def _names_no_reservation(_: Running) -> Tell:
    def tell(_: str, payload: Payload) -> list[Payload]:
        return [{key: value for key, value in payload.items() if key != "reservationId"}]

    return tell


def _only_says_that_it_will(running: Running) -> None:
    def trigger(_: Payload, respond: Respond) -> None:
        respond({"status": "Accepted"})

    running.calls.handlers["TriggerMessage"] = trigger


ENTRIES = (
    Wrong(
        "ignores-list", "OCPP16.LISTED_TAG", "it takes the local list, and never looks into it",
        each_run(_ignores_list),
        {
            "OCPP16.ONE_SESSION": "who gets no energy offline makes no session",
            "OCPP16.STOP_REASON": "of which there is no stop either",
        },
    ),
    Wrong(
        "listed-is-accepted", "OCPP16.BLOCKED_TAG", "to it whatever is listed is accepted",
        each_run(_accepts_whatever_is_listed),
    ),
    Wrong(
        "reserves-for-anybody", "OCPP16.RESERVED_FOR_ANOTHER", "its reservations keep nobody away",
        each_run(_reserves_for_anybody),
    ),
    Wrong(
        "names-no-reservation", "OCPP16.RESERVATION_NAMED", "its starts name no reservation",
        telling(_names_no_reservation),
    ),
    Wrong(
        "promises-messages", "OCPP16.TRIGGERED", "it accepts every trigger, and sends nothing",
        each_run(_only_says_that_it_will),
    ),
)  # fmt: skip
"""The wrong charge points."""
