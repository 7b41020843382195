#include "charger/memory_bytes.h"

namespace evse {

namespace {

constexpr uint8_t kLayout = 1;

void put(uint8_t*& p, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) *p++ = static_cast<uint8_t>(value >> (8 * i));
}

uint64_t get(const uint8_t*& p, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= static_cast<uint64_t>(*p++) << (8 * i);
  return value;
}

}  // namespace

void encode(const Memory& memory, uint8_t (&data)[kMemoryBytes]) {
  uint8_t* p = data;
  put(p, kLayout, 1);
  put(p, static_cast<uint64_t>(memory.energy_mwh), 8);
  put(p, static_cast<uint64_t>(memory.converter_mws), 8);
  put(p, memory.welded ? 1 : 0, 1);
  for (const FaultEntry& entry : memory.log) {
    put(p, entry.number, 1);
    put(p, entry.uptime_s, 4);
  }
}

bool decode(const uint8_t (&data)[kMemoryBytes], Memory& memory) {
  const uint8_t* p = data;
  if (get(p, 1) != kLayout) return false;
  memory.energy_mwh = static_cast<int64_t>(get(p, 8));
  memory.converter_mws = static_cast<int64_t>(get(p, 8));
  memory.welded = get(p, 1) != 0;
  for (FaultEntry& entry : memory.log) {
    entry.number = static_cast<uint8_t>(get(p, 1));
    entry.uptime_s = static_cast<uint32_t>(get(p, 4));
  }
  return true;
}

}  // namespace evse
