"""The parts of a plant: circuits put together and given time.

`pilot_side` carries the control pilot (`raw_pilot` as a stream of samples),
`power_path` everything from the mains to the plug (what flows: `power_flow`;
what the meter makes of a mains cycle: `cycling_flow`), `switchgear` the
contactors, `protection` the residual-current devices, `connector_lock` the lock,
`ticker` the controller's ticks. `wiring` puts them together. `instruments` reads them,
`powering` takes power and controller away and brings them back; `twin.evse` is the face of it all.
"""
