// Non-volatile memory: an MB85RC256V, 32 KiB of FRAM on an I2C bus of its own.
#pragma once

#include <Wire.h>

#include "hal/fram.h"

namespace evse::esp32 {

class FramI2c final : public hal::Fram {
 public:
  static constexpr int kSize = 32 * 1024;

  explicit FramI2c(TwoWire& bus) : bus_(bus) {}

  int size() const override { return kSize; }
  bool read(int address, uint8_t* data, int size) override;
  bool write(int address, const uint8_t* data, int size) override;

 private:
  static constexpr uint8_t kDevice = 0x50;  // A2, A1, A0 low (data sheet, "Device Address Word")
  // The bus driver's buffer is 128 bytes, of which two are the address.
  static constexpr int kPiece = 96;

  static bool inside(int address, int size) {
    return address >= 0 && size >= 0 && address <= kSize - size;
  }

  TwoWire& bus_;
};

}  // namespace evse::esp32
