"""Keywords that compare the EVSE's register with the reference meter."""

from __future__ import annotations

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword, library
from robotlibcore import DynamicCore

from hil.target import Target
from scenarios.session import current
from scenarios.words import S, happen


@library(scope="GLOBAL")
class Metering(DynamicCore):  # type: ignore[misc]
    """Compares the register that an EVSE shows with a reference meter in its line."""

    def __init__(self) -> None:
        super().__init__([])

    @keyword
    def meter_error(self, energy_wh: float = 2000) -> float:
        """Charge on until so much energy has gone through; return the register's error, %.

        A register of 1 Wh takes at least 400 Wh to judge class B.
        """
        target = current().target
        shown_wh = target.fresh_report().energy_wh
        true_wh = target.reference_energy_wh()
        for _ in range(600):
            target.advance(60 * S)
            passed_wh = target.reference_energy_wh() - true_wh
            if passed_wh >= energy_wh:
                break
        else:
            raise AssertionError(f"only {passed_wh:.0f} Wh in 10 h")
        counted_wh = target.fresh_report().energy_wh - shown_wh
        passed_wh = target.reference_energy_wh() - true_wh
        logger.info(f"true {passed_wh:.2f} Wh, register {counted_wh:.2f} Wh")
        return 100 * (counted_wh / passed_wh - 1)

    @keyword
    def largest_step_back(self, *events: str) -> float:
        """Make events happen one after the other; return the register's largest fall, Wh."""
        target = current().target
        highest, fall = target.fresh_report().energy_wh, 0.0
        for event in events:
            happen(target, event)
            for _ in range(60):
                target.advance(S)
                shown = target.fresh_report().energy_wh
                fall = max(fall, highest - shown)
                highest = max(highest, shown)
        return fall

    @keyword
    def reset_while_charging(self) -> dict[str, float]:
        """Reset the controller in mid-charge; return what the register did, the worst of many.

        ``step_back``: the register's largest fall, Wh. ``lost`` and ``gained``: Wh of the true
        meter that the register has missed, or counted and the meter has not. The register is
        compared with its own gain, learnt before the reset.
        """
        session = current()
        target = session.target
        step_back = lost = gained = 0.0
        for seed in session.seeds(min(20, session.at_most or 20)):
            session.situation.build(target, seed, random_phase=True)
            target.advance(120 * S)
            first_wh, first_true_wh = _register_and_truth(target)
            target.advance(60 * S + seed % 97 * 100_000)
            before_wh, before_true_wh = _register_and_truth(target)
            ratio = (before_wh - first_wh) / (before_true_wh - first_true_wh)
            target.reset_controller()
            target.advance(2 * S)
            after_wh, after_true_wh = _register_and_truth(target)
            excess_wh = after_wh - before_wh - (after_true_wh - before_true_wh) * ratio
            logger.info(f"before {before_wh:.3f}, after {after_wh:.3f}, excess {excess_wh:.3f} Wh")
            step_back = max(step_back, before_wh - after_wh)
            lost, gained = max(lost, -excess_wh), max(gained, excess_wh)
        return {"step_back": step_back, "lost": lost, "gained": gained}

    @keyword
    def power_cut(self, off: timedelta = timedelta(seconds=5)) -> dict[str, float]:
        """Cut the power while charging and bring it back; return what the register did.

        ``loss_over_allowance``: lost Wh beyond 10 s of power or 10 Wh, whichever is larger,
        below 0 where it lost less. ``gain``: Wh that the register has and the true meter has not.
        The register is compared with its own gain, learnt before the cut.
        """
        session = current()
        target = session.target
        excess, gain = float("-inf"), 0.0
        for number, seed in enumerate(session.seeds(min(20, session.at_most or 20))):
            session.situation.build(target, seed, random_phase=True)
            target.advance(120 * S)
            first_shown = target.fresh_report().energy_wh
            first_true = target.reference_energy_wh()
            # Over any interval between two saves, whose instants may be the same each time.
            target.advance(60 * S + number * 7_100_000 % (60 * S) + seed % 97 * 10_000)
            before = target.fresh_report()
            ratio = (before.energy_wh - first_shown) / (target.reference_energy_wh() - first_true)
            power_w, before_wh = sum(before.power_w), before.energy_wh
            target.cut_power()
            target.advance(int(off.total_seconds() * S))
            true_at_cut = target.reference_energy_wh()
            target.restore_power()
            target.advance(2 * S)
            after_wh = target.fresh_report().energy_wh
            passed_wh = (target.reference_energy_wh() - true_at_cut) * ratio
            allowance_wh = max(10.0, power_w * 10 / 3600)
            lost_wh = before_wh - (after_wh - passed_wh)
            logger.info(f"before {before_wh:.3f}, after {after_wh:.3f}, lost {lost_wh:.3f} Wh")
            excess = max(excess, lost_wh - allowance_wh)
            gain = max(gain, after_wh - before_wh - passed_wh)
        return {"loss_over_allowance": excess, "gain": max(0.0, round(gain, 3))}


def _register_and_truth(target: Target) -> tuple[float, float]:
    return target.fresh_report().energy_wh, target.reference_energy_wh()
