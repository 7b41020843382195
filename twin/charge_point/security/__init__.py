"""The security extension: whitepaper "Improved security for OCPP 1.6-J", edition 2 ("W" here).

`setup` says what a charger has of it when it leaves the factory. `extension`
wires the rest: `profiles` (security profiles 0 to 3 and the change between
them) over `tls`; `roots` and `identity` (what is installed, in the store),
`hashes` and `checks` (what is said of a certificate, and whether it is good);
`signing` (the charger's own certificate, from the request to its renewal);
`events` and `security_log`.

A charge point without the extension answers its messages with NotSupported and
sends none of them.

What does not live here: files and their signatures (firmware, logs), the
socket (`twin.charge_point.connection`).
"""
