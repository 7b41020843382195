// Square root and quotient of integers, made for a chip without an FPU.
#pragma once

#include <stdint.h>

namespace evse {

// Rounded down; of squares above 2^32 the result has its upper 16 bits right, which is 31 ppm at
// worst: a chip of 32 bits makes 64 of them out of several instructions each.
inline uint32_t root(uint64_t square) {
  int shift = 0;
  uint32_t upper = static_cast<uint32_t>(square >> 32);
  while (upper != 0) {
    upper >>= 2;
    ++shift;
  }
  uint32_t rest = static_cast<uint32_t>(square >> (2 * shift));
  uint32_t result = 0;
  uint32_t bit = uint32_t{1} << 30;
  while (bit > rest) bit >>= 2;
  while (bit != 0) {
    const uint32_t trial = result + bit;
    result >>= 1;
    if (rest >= trial) {
      rest -= trial;
      result += bit;
    }
    bit >>= 2;
  }
  return result << shift;
}

// A quotient by 16 bits, digit by digit: the general division of 64 bits is ten times as dear.
inline uint64_t divided(uint64_t number, uint16_t by) {
  uint64_t quotient = 0;
  uint32_t rest = 0;
  for (int place = 48; place >= 0; place -= 16) {
    const uint32_t part = rest << 16 | (static_cast<uint32_t>(number >> place) & 0xFFFF);
    quotient = quotient << 16 | part / by;
    rest = part % by;
  }
  return quotient;
}

}  // namespace evse
