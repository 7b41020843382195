"""The reference controller's parts, one protective function or duty each.

`settings` holds every limit with its clause, `transitions` the table of the
charging process, `faults` the policy towards each fault; the other modules each
watch or drive one thing at the pins. `twin.controller` puts them together.

No physics lives here, nothing of OCPP, and no knowledge of what a scenario
verifies: a controller knows the limits it was built with and nothing else.
"""
