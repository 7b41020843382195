// An FRAM as a file of this machine.
#pragma once

#include <stdint.h>

#include "hal/fram.h"

namespace evse::host {

class FramFile final : public hal::Fram {
 public:
  static constexpr int kSize = 64 * 1024;  // of an MB85RC512T

  FramFile() = default;
  FramFile(const FramFile&) = delete;
  FramFile& operator=(const FramFile&) = delete;
  ~FramFile();

  // False: it cannot be opened or made; `errno` says why.
  bool open(const char* directory);
  // The file was there, of whatever length: what it lacks is zeros, what is beyond is cut off.
  bool was_there() const { return was_there_; }
  bool had_another_size() const { return was_there_ && found_bytes_ != kSize; }

  int size() const override { return kSize; }
  bool read(int address, uint8_t* data, int size) override;
  bool write(int address, const uint8_t* data, int size) override;

 private:
  static bool inside(int address, int size) {
    return address >= 0 && size >= 0 && address <= kSize - size;
  }

  int file_ = -1;
  bool was_there_ = false;
  int64_t found_bytes_ = 0;
};

}  // namespace evse::host
