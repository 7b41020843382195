// A charger and a vehicle without faults, at the pins: what the controller is measured against.
#pragma once

#include <stdint.h>

#include "hal/pins.h"

namespace evse::chip {

class Plant {
 public:
  enum class Vehicle : uint8_t { Gone, Plugged, Ready };

  void vehicle(Vehicle vehicle) { vehicle_ = vehicle; }

  // What the pins show one tick after `out`; each 20 ticks a new mains cycle.
  void tick(const Outputs& out, Inputs& in) {
    ++ticks_;
    const bool negative_only = out.pilot_mode == PilotMode::SteadyNegative;
    const int32_t high_mv[] = {12000, 8980, 5990};
    in.pilot_n_high = negative_only ? 0 : 400;
    in.pilot_high_mv = negative_only ? 0 : high_mv[static_cast<int>(vehicle_)];
    in.pilot_n_low = out.pilot_mode == PilotMode::SteadyPositive ? 0 : 400;
    in.pilot_low_mv = in.pilot_n_low > 0 ? -12000 : 0;
    in.pilot_age_us = 1000;
    in.proximity_mv = vehicle_ == Vehicle::Gone ? 3300 : 595;  // 220 Ohm: 32 A
    in.residual_trip = out.residual_test;
    in.mirror_main_open = !out.contactor_main;
    in.mirror_l2l3_open = !out.contactor_l2l3;
    in.lock_feedback = out.lock;
    in.earth_sense = true;
    in.temperature_valid = true;
    in.temperature_contactor_cc = 4000;
    in.temperature_connector_cc = 3500;
    in.supply_present = true;
    in.frequency_mhz = 50000;
    if (ticks_ % 20 != 0) return;
    // Never twice the same, so that nothing is spared that a real mains would cost.
    const int64_t volt_mv = 230000 + static_cast<int64_t>(ticks_ % 7) * 10;
    for (int line = 0; line < 3; ++line) {
      const bool on = line == 0 ? out.contactor_main : out.contactor_l2l3;
      const int64_t amp_ma = on && vehicle_ == Vehicle::Ready ? 15900 + ticks_ % 11 : 0;
      in.cycle_n[line] = 200;
      in.cycle_v2_e3[line] = 200 * (volt_mv * volt_mv / 1000);
      in.cycle_i2_e6[line] = 200 * amp_ma * amp_ma;
      in.cycle_vi_e3[line] = 200 * (volt_mv * amp_ma / 1000);
      in.total_vi_mws[line] += volt_mv * amp_ma / 1000 / 50;
    }
  }

 private:
  Vehicle vehicle_ = Vehicle::Gone;
  uint32_t ticks_ = 0;
};

}  // namespace evse::chip
