// Are the sensors alive? What they do not say must not be taken for good.
#pragma once

#include <stdint.h>

#include "evse/limits.h"
#include "evse/sustained.h"
#include "hal/pins.h"

namespace evse {

class Sensors {
 public:
  explicit Sensors(uint64_t reset_us = 0) : reset_us_(reset_us) {}

  // `mode`: what the pilot generator makes; `with_pilot`: there is one. `cycles`: every line had
  // samples in its last cycle; `supplied`: the mains has been there for long enough to have them.
  void tick(uint64_t now_us, const Inputs& in, PilotMode mode, bool with_pilot, bool cycles,
            bool supplied) {
    const bool blind =
        (with_pilot && pilot_blind(in, mode)) || !in.temperature_valid || (supplied && !cycles);
    const bool grace = now_us - reset_us_ < kSensorGraceUs;
    lost_ = blind_.lasts(blind && !grace, now_us, kSensorLostUs);
    good_ = !blind;
  }

  bool lost() const { return lost_; }
  bool good() const { return good_; }

 private:
  // A plateau that the generator makes has to be read.
  static bool pilot_blind(const Inputs& in, PilotMode mode) {
    return in.pilot_age_us > kPilotStaleUs ||
           (mode != PilotMode::SteadyNegative && in.pilot_n_high == 0) ||
           (mode != PilotMode::SteadyPositive && in.pilot_n_low == 0);
  }

  uint64_t reset_us_;
  Sustained blind_;
  bool lost_ = false;
  bool good_ = false;
};

}  // namespace evse
