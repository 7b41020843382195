"""OCPP 1.6, one file per functional block.

Each turns payloads into calls of `central.domain` and their results into payloads. No socket,
no frame and no rule of the business lives here.
"""
