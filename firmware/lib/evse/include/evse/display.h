// The two lines of the display and the lamp.
#pragma once

#include <stdint.h>

#include "hal/pins.h"
#include "hal/process.h"

namespace evse {

class Display {
 public:
  // Written anew when the phase or a fault changes, and once a second for what is measured.
  void tick(uint64_t now_us, const Report& report, Outputs& outputs);

 private:
  void write_lines(const Report& report, Outputs& outputs) const;

  bool shown_ = false;
  Phase phase_ = Phase::Idle;
  uint32_t faults_ = 0;
  int64_t energy_mwh_ = 0;
  uint64_t written_us_ = 0;
};

}  // namespace evse
