// Non-volatile memory in which the power can go at any byte written.
#pragma once

#include <stdint.h>
#include <string.h>

#include <vector>

#include "hal/fram.h"

namespace bench {

class Fram final : public evse::hal::Fram {
 public:
  explicit Fram(int size = 32 * 1024) : bytes(static_cast<size_t>(size), 0) {}

  int size() const override { return static_cast<int>(bytes.size()); }
  bool read(int address, uint8_t* data, int count) override {
    if (address < 0 || address + count > size()) return false;
    memcpy(data, bytes.data() + address, static_cast<size_t>(count));
    return true;
  }
  bool write(int address, const uint8_t* data, int count) override {
    if (address < 0 || address + count > size()) return false;
    for (int i = 0; i < count; ++i) {
      if (cut_after >= 0 && written >= cut_after) return false;
      bytes[static_cast<size_t>(address + i)] = data[i];
      ++written;
    }
    return true;
  }

  std::vector<uint8_t> bytes;
  int64_t written = 0;     // bytes so far
  int64_t cut_after = -1;  // then the power goes; -1: never
};

}  // namespace bench
