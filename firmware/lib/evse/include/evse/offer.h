// The current that the pilot offers, as a duty (IEC 61851-1 Table A.7).
#pragma once

#include <stdint.h>

namespace evse {

// Rounded down, parts per million. Between 51 and 52.5 A the two formulas do not meet: 85 %.
uint32_t duty_ppm(uint32_t current_ma);

class Offer {
 public:
  // A new offer shows its duty at once.
  void begin(uint64_t now_us, uint32_t current_ma);
  void end() { current_ma_ = 0; }
  // Follow a target as often as duties may change; 6 A at least.
  void follow(uint64_t now_us, uint32_t current_ma);

  // What is offered; 0: nothing.
  uint32_t current_ma() const { return current_ma_; }
  uint32_t duty() const { return duty_ppm_; }

 private:
  uint32_t current_ma_ = 0;
  uint32_t duty_ppm_ = 0;
  uint64_t changed_us_ = 0;
};

}  // namespace evse
