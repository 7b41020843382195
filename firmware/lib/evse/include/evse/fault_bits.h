// Sets of faults, one bit each.
#pragma once

#include <stdint.h>

#include "hal/process.h"

namespace evse {

constexpr int kFaults = 18;

constexpr uint32_t bit(FaultCode fault) { return static_cast<uint32_t>(fault); }

constexpr uint32_t bit_if(bool condition, FaultCode fault) { return condition ? bit(fault) : 0; }

template <typename... Codes>
constexpr uint32_t bits(Codes... faults) {
  return (bit(faults) | ...);
}

}  // namespace evse
