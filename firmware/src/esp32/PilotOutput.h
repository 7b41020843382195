// The control pilot's generator: an LEDC channel in front of a ±12 V driver.
#pragma once

#include <stdint.h>

#include "hal/pins.h"

namespace evse::esp32 {

// High is +12 V, low -12 V. During reset the board's pull-up makes it +12 V steady.
class PilotOutput {
 public:
  // False: the timer or the channel cannot be had.
  bool begin(int pin);

  // Writes only what has changed. A new duty counts from the next PWM period on.
  void drive(PilotMode mode, int32_t duty_ppm);

 private:
  static bool set(uint32_t steps);

  uint32_t steps_ = 0;
};

}  // namespace evse::esp32
