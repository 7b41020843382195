"""The OCPP 1.6J server: sockets of chargers in, calls to `central.domain` out.

What lives here speaks OCPP and knows nothing of tables or HTTP. `server` accepts and
authenticates, `socket` makes messages of bytes, `connection` carries them both ways,
`answering` answers a charger's calls in their order (its docstring tells the way of a message),
`routing` says who handles what, `v16` has one file per functional block. What a message means
for sessions, tags and money is decided in `central.domain`.
"""
