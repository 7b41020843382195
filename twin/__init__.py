"""Digital twin of an EV charger's electrics, of the vehicles at it, and its reference controller.

Here live the clock, the circuits (`electrics`), the vehicles (`vehicle`), the
plant that wires them (`evse`), everything that can be broken (`faults`), the
recorder (`trace`) and, on top, the reference controller and the OCPP charge
point. Nothing here reads the machine's time or sleeps: all time comes from
`twin.clock`. Verdicts and limits do not live here, but in `hil` and `scenarios`.
"""
