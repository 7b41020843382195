"""The targets: each stands behind the same protocol (`hil.target`).

`twin` is the reference controller on simulated electrics in virtual time, in
this process. Targets with real firmware or hardware join here.
"""
