"""The parts of a plant: circuits put together and given time.

`pilot_wire` carries the control pilot, `pilot_side` reads it for the controller (`raw_pilot` as a
stream of samples),
`power_path` everything from the mains to the plug (what flows: `power_flow`;
what the meter makes of a mains cycle: `cycling_flow`), `switchgear` the
contactors, `protection` the residual-current devices, `connector_lock` the lock,
`ticker` the controller's ticks (`granting` those of one that runs them itself). `pins` is what
the controller gets and drives; `wiring` puts all together. `instruments` reads them, `powering`
takes power and controller away and brings them back, `breaking` is for faults; `twin.evse` is the
face of it all.
"""
