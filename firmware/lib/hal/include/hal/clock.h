// Time: what runs since power-on, and what a battery has kept.
#pragma once

#include <stdint.h>

namespace evse::hal {

class Clock {
 public:
  // Microseconds since power-on; never goes back. Timers and time-outs count this.
  virtual uint64_t now_us() = 0;

  // UTC of a clock with a battery, microseconds since 1970; -1: there is none, or it has lost it.
  virtual int64_t battery_utc_us() = 0;

  // Sets that clock; without one nothing happens.
  virtual void set_battery_utc_us(int64_t utc_us) = 0;

 protected:
  ~Clock() = default;
};

}  // namespace evse::hal
