// The vehicle's state, as the upper plateau of the control pilot shows it.
#pragma once

#include <stdint.h>

#include "evse/sustained.h"
#include "hal/pins.h"
#include "hal/process.h"

namespace evse {

// The state of a plateau (IEC 61851-1 Table A.4), with hysteresis around the state that it was
// taken for before.
PilotState classify(int32_t high_mv, PilotState before);

class Pilot {
 public:
  // `suspended`: nothing is looked at, and nothing that was seen is forgotten (wake-up).
  void tick(uint64_t now_us, const Inputs& in, bool suspended);

  // A state counts once it has stood for 20 ms. Without an upper plateau, as in state F, and
  // with samples that are too old, the last one stays.
  PilotState state() const { return state_; }
  // Any state has been seen since the reset.
  bool known() const { return known_; }
  // The pilot has been looked at for long enough since it last could not be.
  bool looked() const { return looked_; }
  // It is being looked at in this tick.
  bool visible() const { return visible_; }
  // The plateau of this tick is one of a vehicle: B, C or D, filtered or not.
  bool vehicle_now() const { return visible_ && is_vehicle(now_); }
  bool vehicle() const { return known_ && is_vehicle(state_); }
  bool gone() const { return known_ && state_ == PilotState::A; }

  static bool is_vehicle(PilotState state) {
    return state == PilotState::B || state == PilotState::C || state == PilotState::D;
  }

 private:
  PilotState state_ = PilotState::A;
  PilotState now_ = PilotState::A;
  bool known_ = false;
  bool visible_ = false;
  bool looked_ = false;
  Sustained sighted_;
  Sustained same_;
};

}  // namespace evse
