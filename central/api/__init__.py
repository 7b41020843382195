"""The REST API of the central system: routers, their bodies, and who may call them.

A route reads its input, calls `central.domain`, and shapes the answer; what the
business does is decided there. Nothing here speaks OCPP: chargers are reached
through `central.domain.charger_link`.
"""
