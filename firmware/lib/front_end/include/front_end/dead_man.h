// Releases the contactors when the control task has stopped ticking.
#pragma once

#include <stdint.h>

namespace evse::front_end {

// The timer's interrupt calls `beat` each millisecond, the control task `ticked` in each tick.
// Whatever holds the task up (a flash operation, a driver that waits, a fault in our code), after
// 20 ms the coils are off. The rest of the 100 ms of IEC 61851-1 Table A.6 sequence 8.1 is then
// for the contactor. Inline, so that it lies in the RAM of the interrupt that calls it.
class DeadMan {
 public:
  static constexpr uint32_t kLimitMs = 20;

  // True: the coils have to be off now.
  __attribute__((always_inline)) bool beat() {
    if (silent_ms_ < kLimitMs) silent_ms_ = silent_ms_ + 1;
    return silent_ms_ >= kLimitMs;
  }

  void ticked() { silent_ms_ = 0; }

 private:
  volatile uint32_t silent_ms_ = kLimitMs;  // Until the first tick the coils are off.
};

}  // namespace evse::front_end
