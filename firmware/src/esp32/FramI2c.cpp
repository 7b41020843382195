#include "FramI2c.h"

namespace evse::esp32 {

bool FramI2c::begin() {
  // A part of 32 KiB leaves the highest bit of an address alone: then both are the same byte. Nobody
  // else uses the last one of either half (ocpp/layout.h).
  constexpr uint8_t kLow = 0x5A;
  constexpr uint8_t kHigh = 0xA5;
  uint8_t found = 0;
  if (!write(kHalf - 1, &kLow, 1) || !write(2 * kHalf - 1, &kHigh, 1)) return false;
  if (!read(kHalf - 1, &found, 1)) return false;
  if (found != kLow) size_ = kHalf;
  return true;
}

bool FramI2c::read(int address, uint8_t* data, int size) {
  if (!inside(address, size)) return false;
  while (size > 0) {
    const int piece = size < I2cBus::kMostBytes ? size : I2cBus::kMostBytes;
    if (!bus_.read(kDevice, static_cast<uint16_t>(address), data, piece)) return false;
    data += piece;
    address += piece;
    size -= piece;
  }
  return true;
}

bool FramI2c::write(int address, const uint8_t* data, int size) {
  if (!inside(address, size)) return false;
  while (size > 0) {
    const int piece = size < I2cBus::kMostBytes ? size : I2cBus::kMostBytes;
    if (!bus_.write(kDevice, static_cast<uint16_t>(address), data, piece)) return false;
    data += piece;
    address += piece;
    size -= piece;
  }
  return true;
}

}  // namespace evse::esp32
