"""Digital twin of an EV charger's electrics, of the vehicles at it, and its reference controller.

Here live the clock, the circuits (`electrics`), the vehicles (`vehicle`), the
plant that wires them and gives them time (`plant`; `evse` is its face), everything that can be
broken (`faults`), the recorder (`trace`) and, on top, the reference controller (`controller`, its
parts in `control`), the OCPP charge point (`charge_point`) and many of them (`fleet`). `link` is
the seam to controllers and charge points that are programs, `driver` what moves the clock while a
network is attached. Nothing here reads the machine's time or sleeps: all time comes from
`twin.clock`. Verdicts and limits do not live here, but in `hil` and `scenarios`.
"""
