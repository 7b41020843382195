"""The circuits of an EVSE, computed from component values.

One file per circuit: pilot, proximity, supply, contactor, residual current,
meter, thermal, and `load`, the current through the main poles as a function of
time. Circuits know neither the controller nor the vehicle's habits, and no
circuit schedules anything: `twin.plant` wires them and gives them time.
"""
