"""The messages of the benchmark of the central system, and the values that they must leave.

A charger's message number n is the same in every run, so what a charger must find again is
told by how many of its messages were answered.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
"""Timestamp of message 0; each further message is one second later."""

MEASURANDS = (
    ("Energy.Active.Import.Register", "Wh"),
    ("Current.Import", "A"),
    ("Voltage", "V"),
    ("Power.Active.Import", "W"),
)


def moment(number: int) -> datetime:
    """Return the timestamp of message `number`."""
    return FIRST + timedelta(seconds=number)


def values(charger: int, number: int) -> tuple[str, str, str, str]:
    """Return the four sampled values of a message, in the order of `MEASURANDS`."""
    return (
        str(1_000_000 * charger + number),
        f"{6 + number % 260 / 10:.1f}",
        f"{220 + (charger + number) % 200 / 10:.1f}",
        str(3_000 + number % 4_000),
    )


def meter_values(charger: int, number: int, transaction_id: int) -> str:
    """Write the MeterValues number `number` of a charger, with four sampled values."""
    energy, current, voltage, power = values(charger, number)
    stamp = moment(number).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'[2,"{number}","MeterValues",{{"connectorId":1,"transactionId":{transaction_id},'
        f'"meterValue":[{{"timestamp":"{stamp}","sampledValue":['
        f'{{"value":"{energy}","measurand":"Energy.Active.Import.Register","unit":"Wh"}},'
        f'{{"value":"{current}","measurand":"Current.Import","unit":"A","phase":"L1"}},'
        f'{{"value":"{voltage}","measurand":"Voltage","unit":"V","phase":"L1"}},'
        f'{{"value":"{power}","measurand":"Power.Active.Import","unit":"W"}}]}}]}}]'
    )


def answer(number: int) -> str:
    """Write the answer to message `number`."""
    return f'[3,"{number}",{{}}]'
