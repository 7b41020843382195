// The mains ahead of the contactor: there, and within what vehicles are made for.
#pragma once

#include <stdint.h>

#include "evse/cycles.h"
#include "evse/sustained.h"
#include "hal/pins.h"

namespace evse {

class Supply {
 public:
  explicit Supply(int lines) : lines_(lines) {}

  void tick(uint64_t now_us, const Inputs& in, const Cycles& cycles);

  // Bits of `FaultCode` that have a cause now.
  uint32_t causes() const { return causes_; }
  // Present for long enough to be judged.
  bool settled() const { return settled_; }
  // Settled, and every line within its bounds in its last cycle.
  bool good() const { return good_; }

 private:
  void compare(uint64_t now_us, const Cycles& cycles);
  void judge(uint64_t now_us, const Cycles& cycles);

  int lines_;
  uint32_t compared_ = 0;  // the set of cycles
  bool low_now_ = false;
  bool high_now_ = false;
  bool within_ = false;
  Sustained present_;
  Sustained absent_;
  Sustained low_;
  Sustained high_;
  uint64_t low_until_us_ = 0;  // a relapse before this counts at once
  uint64_t high_until_us_ = 0;
  bool under_ = false;
  bool over_ = false;
  bool neutral_lost_ = false;
  bool phase_lost_ = false;
  bool settled_ = false;
  bool good_ = false;
  uint32_t causes_ = 0;
};

}  // namespace evse
