"""The seam between the twin and programs that stand in it: controllers, and OCPP sides.

A pin or a field of the report is changed in `pins.toml` or `process.toml`. From them come `pins`
(`generate`), the firmware's headers (`generate_cpp`), the tables of docs/link.md (`describe`), and
how each lies on the wire (`layout`, `codec`).

The co-simulation link, to a controller: `frames` are its frames, `session` the twin's end of one
link, `controller` what the plant takes for its controller. How time is granted is
`twin.plant.granting`.

The business link, to a program that decides who may charge: `business_frames` and `business` are
frames and session, `business_run` one run of the program, `business_network` and `business_files`
what the twin does for it on real sockets, `business_charge_point` the charge point that all of it
makes, `business_charger` a whole charger of programs. Below both, `channel` carries frames, and
`firmware` starts and kills programs of this machine.

Neither physics nor control logic lives here.
"""
