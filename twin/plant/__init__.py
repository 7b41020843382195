"""The parts of a plant: circuits put together and given time.

`pilot_side` carries the control pilot (`raw_pilot` as a stream of samples),
`power_path` everything from the mains to the plug, `protection` the
residual-current devices, `lock` the connector lock, `ticker` the controller's
ticks. `twin.evse` puts them together.
"""
