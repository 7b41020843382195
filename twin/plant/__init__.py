"""The parts of a plant: circuits put together and given time.

- The control pilot: `pilot_wire` carries it, `pilot_side` reads it for the controller (`raw_pilot`
  as a stream of samples).
- Power: `power_path` is everything from the mains to the plug (what flows: `power_flow`; faults in
  single lines: `line_faults`; what the meter makes of mains cycles: `cycling_flow`,
  `mains_cycle`), `switchgear` the contactors, `protection` the residual-current devices,
  `connector_lock` the lock.
- The controller: `pins` is what it gets and drives, `ticker` its ticks (`granting` those of one
  that runs them itself, `watch` how long what it sees stays as it is).
- All together: `wiring`. `instruments` and `measuring` read it, `recording` and `flow_recording`
  hand it to the trace, `powering` takes power and controller away and brings them back, `breaking`
  is for faults; `twin.evse` is the face of it all.
"""
