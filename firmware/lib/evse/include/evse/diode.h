// The vehicle's diode: what tells a vehicle from anything else that is resistive.
#pragma once

#include <stdint.h>

#include "evse/limits.h"
#include "evse/sustained.h"
#include "hal/pins.h"

namespace evse {

class Diode {
 public:
  // `pwm`: the generator makes a negative half. `vehicle_now`: the upper plateau is one of B, C
  // or D in this tick; a shorted pilot has no good lower plateau either, and is another fault.
  void tick(uint64_t now_us, const Inputs& in, bool pwm, bool vehicle_now) {
    const bool read = pwm && in.pilot_n_low > 0 && in.pilot_age_us <= kPilotStaleUs;
    const bool whole = in.pilot_low_mv <= kDiodeMv;
    proven_ = good_.lasts(read && whole, now_us, kDiodeUs);
    missing_ = bad_.lasts(read && !whole && vehicle_now, now_us, kDiodeUs);
  }

  bool proven() const { return proven_; }
  bool missing() const { return missing_; }

 private:
  Sustained good_;
  Sustained bad_;
  bool proven_ = false;
  bool missing_ = false;
};

}  // namespace evse
