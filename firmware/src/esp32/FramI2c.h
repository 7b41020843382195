// Non-volatile memory: an MB85RC512T, 64 KiB of FRAM on an I2C bus of its own, or an MB85RC256V
// with half of that.
#pragma once

#include "I2cBus.h"
#include "hal/fram.h"

namespace evse::esp32 {

class FramI2c final : public hal::Fram {
 public:
  explicit FramI2c(I2cBus& bus) : bus_(bus) {}

  // Finds out which of the two it is. False: it does not answer.
  bool begin();

  int size() const override { return size_; }
  bool read(int address, uint8_t* data, int size) override;
  bool write(int address, const uint8_t* data, int size) override;

 private:
  static constexpr uint8_t kDevice = 0x50;  // A2, A1, A0 low (data sheet, "Device Address Word")
  static constexpr int kHalf = 32 * 1024;

  bool inside(int address, int size) const {
    return address >= 0 && size >= 0 && address <= size_ - size;
  }

  I2cBus& bus_;
  int size_ = 2 * kHalf;
};

}  // namespace evse::esp32
