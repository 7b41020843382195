"""What goes over the wire between a charger and its central system: recorded, judged, drawn.

`proxy` stands between the two and passes every byte on as it came; `tls` reads TLS that passes;
`recording` keeps what they saw; `schemas` and the `rules` judge a recording; `diagram` draws one.
`impostor` is a central system that is none. Neither side's own code for frames is used here: what
both read wrongly in the same way is still found. Not here: what a scenario makes of a broken rule
(`scenarios`).
"""
