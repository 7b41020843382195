"""How an EVSE of the twin is put together, rightly or deliberately wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hil.target import EvseFacts
from twin.charge_point import ChargePoint
from twin.control.hardware import Hardware
from twin.control.settings import ControllerSettings
from twin.controller import ReferenceController
from twin.evse import Evse
from twin.process import Controller
from twin.vehicle import Vehicle


@dataclass(frozen=True)
class Build:
    """How an EVSE under test is put together. The default is one as it should be.

    A deliberately wrong one differs here and nowhere else.

    Attributes:
        settings: of the controller.
        controller: class of the controller.
        config: facts of the plant to change, see `twin.evse_config.EvseConfig`.
        faults: faults of `twin.faults` that are there from the start, with their parameters.
        plant: changes the circuits of the plant, before time begins.
        vehicle: catalogue fields to change, by model.
        vehicle_faults: faults that come with a model when it is plugged in, by model.
        vehicle_class: class of every vehicle.
        charge_point: changes the charge point, before it starts.
        applies: EVSEs that are built like that; the others are as they should be.
    """

    settings: ControllerSettings = field(default_factory=ControllerSettings)
    controller: Callable[[ControllerSettings, Hardware], Controller] = ReferenceController
    config: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plant: Callable[[Evse], object] = lambda _: None
    vehicle: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    vehicle_faults: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    vehicle_class: type[Vehicle] = Vehicle
    charge_point: Callable[[ChargePoint], object] = lambda _: None
    applies: Callable[[EvseFacts], bool] = lambda _: True
