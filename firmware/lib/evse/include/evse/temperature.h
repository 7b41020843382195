// Heat at the terminals: less current, then a soft stop, then an immediate one.
#pragma once

#include <stdint.h>

#include "hal/pins.h"

namespace evse {

class Temperature {
 public:
  void tick(const Inputs& in);

  // The hotter sensor, hundredths of a degree; the last valid one.
  int32_t hottest_cc() const { return hottest_cc_; }
  // From the soft stop on, until it is cool.
  bool too_hot() const { return too_hot_; }
  bool open_at_once() const { return open_at_once_; }
  // What is left of a current: each step takes a tenth of what is above 6 A.
  uint32_t derated_ma(uint32_t current_ma) const;

 private:
  static int32_t step(int32_t cc);

  int32_t hottest_cc_ = 0;
  int32_t step_ = 0;
  bool too_hot_ = false;
  bool open_at_once_ = false;
};

}  // namespace evse
