"""Central system for EV chargers: OCPP 1.6J on one port, REST on another, one event loop.

`settings` says what can be set, `system` opens what the ports stand on (`database` first),
`periodic` is done again and again, `process` runs it all, `app` and `api` are the REST side,
`ocpp` the chargers' side, `domain` is the business and `models` its tables. It meets the other
packages on the network only.
"""
