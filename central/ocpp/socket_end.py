"""How the socket of a charger has ended: what the log says of it, and what is noted against it."""

from __future__ import annotations

from datetime import datetime

from websockets.frames import CloseCode

from central.ocpp.charge_point import ChargePoint
from central.ocpp.socket import ChargerSocket
from wire.times import format_time


def log_end(
    charge_point: ChargePoint, socket: ChargerSocket, heard_at: datetime, *, replaced: bool
) -> None:
    """Log how a socket has ended; `heard_at`: when the charger was last heard of."""
    sent, received = socket.end.sent, socket.end.rcvd
    if sent is not None and sent.code == CloseCode.MESSAGE_TOO_BIG:
        charge_point.log.warning(
            "frame too large",
            limit_bytes=charge_point.services.settings.max_frame_bytes,
            reason=sent.reason,
        )
    elif socket.link_was_dead:
        charge_point.log.warning(
            "link lost",
            reason="no answer to a ping",
            heard_at=format_time(heard_at),
            replaced=replaced,
        )
    else:
        charge_point.log.info(
            "disconnected",
            sent=None if sent is None else sent.code,
            received=None if received is None else received.code,
            replaced=replaced,
        )


async def note_end(charge_point: ChargePoint, socket: ChargerSocket, *, superseded: bool) -> None:
    """Note what the end of a socket tells against its charger.

    `superseded`: a newer socket of the charger has taken its place. One that was half open does
    not answer the closing then; who answers is a second charger with the same identity, or one
    that keeps two sockets.
    """
    end = socket.end
    if superseded and end.rcvd is not None and not end.rcvd_then_sent:
        await charge_point.note_violation(
            "", "IdentityInUse", "a second socket came while the first was alive and in use"
        )
    if end.sent is not None and end.sent.code == CloseCode.MESSAGE_TOO_BIG:
        # Its charger will come again, and send it again.
        limit = charge_point.services.settings.max_frame_bytes
        await charge_point.note_violation(
            "",
            "FrameTooLarge",
            f"a message of more than {limit} bytes closed the connection: where it carries "
            "revenue, raise OCPP_MAX_FRAME_BYTES",
        )
