// A vehicle that has fallen asleep is woken by state F (IEC 61851-1 Table A.6, from B only).
#pragma once

#include <stdint.h>

#include "hal/pins.h"

namespace evse {

class WakeUp {
 public:
  // A new offer has one wake-up.
  void arm(uint64_t now_us);
  // The vehicle shows that it is awake, or the offer is over.
  void disarm() { step_ = Step::Spent; }
  // `in_b`: offered to, in state B.
  void tick(uint64_t now_us, bool in_b);

  // Under way: what the vehicle asks for does not count yet.
  bool running() const { return step_ >= Step::Before; }
  // What the generator makes while it is under way.
  PilotMode mode() const {
    return step_ == Step::StateF ? PilotMode::SteadyNegative : PilotMode::SteadyPositive;
  }

 private:
  enum class Step : uint8_t { Spent, Armed, Before, StateF, After };

  Step step_ = Step::Spent;
  uint64_t since_us_ = 0;
};

}  // namespace evse
