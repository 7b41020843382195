// Integer square root.
#pragma once

#include <stdint.h>

namespace evse {

// Rounded down. One turn for every two bits of the square: no multiplication, no division.
constexpr uint32_t root(uint64_t square) {
  uint64_t bit = uint64_t{1} << 62;
  while (bit > square) bit >>= 2;
  uint64_t result = 0;
  while (bit != 0) {
    if (square >= result + bit) {
      square -= result + bit;
      result = (result >> 1) + bit;
    } else {
      result >>= 1;
    }
    bit >>= 2;
  }
  return static_cast<uint32_t>(result);
}

}  // namespace evse
