// Vehicles that draw more than they may.
#pragma once

#include <stdint.h>

#include "evse/sustained.h"

namespace evse {

class OverCurrent {
 public:
  // What may be drawn from now on, mA. After a reduction the old limit counts for 8 s more.
  void limit(uint64_t now_us, uint32_t limit_ma);
  // The contactor closes: what follows is inrush.
  void closes(uint64_t now_us) { closed_us_ = now_us; }
  // `highest_ma`: of the lines, over their last cycle.
  void tick(uint64_t now_us, uint32_t highest_ma, bool closed);

  bool over() const { return over_; }
  bool shorted() const { return shorted_; }
  // The largest limit that counts now.
  uint32_t limit_ma(uint64_t now_us) const;

 private:
  struct Grace {
    uint32_t limit_ma = 0;
    uint64_t until_us = 0;
  };

  uint32_t limit_ma_ = 0;
  // Duties change every 5 s at most, so no more than two reductions have their grace at once.
  Grace grace_[2];
  uint64_t closed_us_ = 0;
  Sustained above_;
  Sustained far_above_;
  bool over_ = false;
  bool shorted_ = false;
};

}  // namespace evse
