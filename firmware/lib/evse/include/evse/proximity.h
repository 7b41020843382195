// The cable in a socket, as its proximity resistor says it (IEC 61851-1 Annex B).
#pragma once

#include <stdint.h>

#include "evse/sustained.h"
#include "hal/pins.h"

namespace evse {

class Proximity {
 public:
  // `phases`: fitted; on one phase the largest cable carries 70 A.
  explicit Proximity(int phases) : largest_ma_(phases == 1 ? 70000 : 63000) {}

  // `vehicle_now`: the control pilot shows a vehicle; `vehicle`: it has for some time.
  void tick(uint64_t now_us, const Inputs& in, bool vehicle_now, bool vehicle);

  // Something is plugged in, valid or not.
  bool present() const { return present_; }
  // 0: none, or none that is valid.
  uint32_t rating_ma() const { return rating_ma_; }
  // A vehicle is plugged in, and the resistance is none that a cable has.
  bool invalid() const { return invalid_; }

 private:
  uint32_t classify(uint16_t mv) const;

  uint32_t largest_ma_;
  uint32_t now_ma_ = 0;
  uint32_t rating_ma_ = 0;
  bool present_ = false;
  bool invalid_ = false;
  Sustained same_;
  Sustained in_;
  Sustained out_;
  Sustained outside_;
};

}  // namespace evse
