"""The OCPP 1.6J server: sockets of chargers in, calls to `central.domain` out.

What lives here speaks OCPP and knows nothing of tables or HTTP. `server` accepts and
authenticates, `connection` keeps the order of one charger's messages, `routing` says who
handles what, `v16` has one file per functional block. What a message means for sessions,
tags and money is decided in `central.domain`.
"""
