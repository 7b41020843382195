// The register: energy that has gone through, from the converter's running totals.
#pragma once

#include <stdint.h>

#include "evse/memory.h"
#include "hal/pins.h"

namespace evse {

class Meter {
 public:
  explicit Meter(int lines) : lines_(lines) {}

  void reset(const Memory& memory);
  void tick(const Inputs& in);

  int64_t energy_mwh() const { return energy_mwh_; }
  int64_t converter_mws() const { return counted_mws_; }

 private:
  void count(int64_t passed_mws);

  int lines_;
  bool begun_ = false;  // the converter's total has been read since the reset
  int64_t energy_mwh_ = 0;
  // The total up to which the register has counted, without what is not a whole mWh yet.
  int64_t counted_mws_ = -1;
  int64_t seen_mws_ = 0;
};

}  // namespace evse
