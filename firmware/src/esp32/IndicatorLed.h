// One lamp: what it says of the charging process by how it blinks.
#pragma once

#include <stdint.h>

#include "hal/pins.h"

namespace evse::esp32 {

// Sixteen eighths of a second, the lowest bit first.
constexpr uint16_t blinking(Indicator indicator) {
  switch (indicator) {
    case Indicator::Off:
      return 0x0000;
    case Indicator::Ready:
      return 0x0001;  // a wink each two seconds
    case Indicator::Plugged:
      return 0x0101;
    case Indicator::Charging:
      return 0xFFFF;
    case Indicator::Suspended:
      return 0x0F0F;
    case Indicator::Fault:
      return 0x5555;
    case Indicator::Unavailable:
      return 0x0005;
  }
  return 0;
}

constexpr bool lit(Indicator indicator, uint32_t now_ms) {
  return (blinking(indicator) >> (now_ms / 125 % 16) & 1) != 0;
}

}  // namespace evse::esp32
