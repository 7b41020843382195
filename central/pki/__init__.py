"""Keys and certificates (Improved security for OCPP 1.6-J, section 2.5 and A02).

`strength` says which keys are long enough, `reading` what stands in a certificate or a request,
`authority` signs the requests of chargers, `making` and `directory` make certificates to try it
all out with, `tls` makes the TLS of the OCPP port. Nothing here knows of the database or the
network. Private keys are read from files and stay in memory.
"""
