"""The targets: each stands behind the same protocol (`hil.target`).

`twin` is the reference controller on simulated electrics in virtual time, in this process; `build`
says how it is put together, wrongly too. `sil` puts a program of this machine in the controller's
place. `twin_charger` is either of them as a charger at a central system. Targets with hardware join
here.
"""
