"""OCPP 1.6 on the wire: frames, error codes, compiled schemas and times.

What lives here has no I/O and no state: it turns text into messages, messages
into text, and says what is wrong with either. Sockets, queues, time-outs and
what a message means belong to the two sides that speak it (`central`, `twin`).
"""
