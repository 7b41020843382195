// The bytes of `Memory` in non-volatile memory: little-endian, the same on every machine.
#pragma once

#include <stdint.h>

#include "evse/memory.h"

namespace evse {

// Layout, energy, converter's total, welded, log.
constexpr int kMemoryBytes = 1 + 8 + 8 + 1 + Memory::kLog * 5;

void encode(const Memory& memory, uint8_t (&data)[kMemoryBytes]);

// False: another layout than this firmware's.
bool decode(const uint8_t (&data)[kMemoryBytes], Memory& memory);

}  // namespace evse
