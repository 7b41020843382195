// Non-volatile memory that is written byte by byte, without erasing: an I2C FRAM.
#pragma once

#include <stdint.h>

namespace evse::hal {

// On the board an MB85RC512T or its like (64 KiB, 10^13 writes a byte; one of 32 KiB does without
// new firmware, logs and security); on the host a file.
// Why not the flash of the ESP32: docs/decisions, "Nothing is written to flash while charging".
class Fram {
 public:
  virtual int size() const = 0;

  // False: the device does not answer, or the range is not inside it. `data` is then undefined.
  virtual bool read(int address, uint8_t* data, int size) = 0;

  // False: not or not wholly written. A power cut leaves the first bytes new, the rest old.
  virtual bool write(int address, const uint8_t* data, int size) = 0;

 protected:
  ~Fram() = default;
};

}  // namespace evse::hal
