// The connector lock of a socket outlet (IEC 61851-1 clause 9.6: nobody pulls a plug under load).
#pragma once

#include <stdint.h>

#include "evse/limits.h"
#include "evse/sustained.h"

namespace evse {

class Lock {
 public:
  explicit Lock(bool fitted) : fitted_(fitted) {}

  // `wanted`: somebody charges, or wants the cable kept. `closed`: any pole may conduct.
  void tick(uint64_t now_us, bool wanted, bool closed, bool feedback) {
    if (!fitted_) return;
    driven_ = wanted || closed;
    home_ = driven_ && feedback;
    failed_ = astray_.lasts(driven_ && !feedback, now_us, kLockUs);
  }

  bool driven() const { return driven_; }
  // Where there is no lock, nothing has to be home.
  bool home() const { return !fitted_ || home_; }
  bool failed() const { return failed_; }

 private:
  bool fitted_;
  bool driven_ = false;
  bool home_ = false;
  bool failed_ = false;
  Sustained astray_;
};

}  // namespace evse
